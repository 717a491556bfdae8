"""Where rules come from beside people: templates, contracts, and suggestions that were turned down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, one_of
from app.models.quality import RuleColumns
from app.quality.spec import Operator, Severity


class RuleTemplate(Base):
    """Rules for all datasets with a tag, or all columns of a semantic type."""

    __tablename__ = "rule_templates"
    __table_args__ = (
        CheckConstraint("num_nonnulls(tag, semantic_type) = 1", name="binding"),
        Index("ix_rule_templates_tag", "tag", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_rule_templates_semantic_type", "semantic_type", postgresql_where=text("deleted_at IS NULL")),
        Index("uq_rule_templates_name", "name", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    tag: Mapped[str | None] = mapped_column(String(64))
    semantic_type: Mapped[str | None] = mapped_column(String(64))
    """Lower case: columns are compared so."""
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None]


class RuleTemplateRule(RuleColumns, Base):
    """A rule of a template. A removed one stays, for the datasets' rules that refer to it."""

    __tablename__ = "rule_template_rules"
    __table_args__ = (
        one_of("operator", Operator),
        one_of("severity", Severity),
        Index("ix_rule_template_rules_template", "template_id", "position"),
    )

    id: Mapped[Id]
    template_id: Mapped[UUID] = mapped_column(ForeignKey("rule_templates.id", ondelete="CASCADE"))
    position: Mapped[int]
    deleted_at: Mapped[datetime | None]


class DismissedSuggestion(Base):
    """A suggested rule that somebody does not want; it is not suggested again."""

    __tablename__ = "dismissed_suggestions"

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    suggestion_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    """Made of the dataset and the suggestion's key: a column's name may be longer than an index takes."""
    dismissed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    dismissed_at: Mapped[CreatedAt]


class DataContract(Base):
    """The contract that was imported last: what of it is no rule of ours is kept here, as it was written."""

    __tablename__ = "data_contracts"

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    yaml: Mapped[str] = mapped_column(Text)
    object_name: Mapped[str] = mapped_column(Text)
    """Which of its tables is the dataset."""
    imported_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    imported_at: Mapped[CreatedAt]
