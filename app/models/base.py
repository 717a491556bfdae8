"""What all tables share: naming of constraints, column types, ids."""

import enum
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, MetaData, String, Uuid, func
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from app.core.ids import uuid7

Json = dict[str, object] | list[object] | str | int | float | bool | None


class Base(DeclarativeBase):
    """Declarative base; relationships would be `lazy="raise"`, and there are none: reads are Core rows."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), UUID: Uuid(), str: String()}


Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
CreatedAt = Annotated[datetime, mapped_column(server_default=func.now())]
JsonB = Annotated[Json, mapped_column(JSONB(none_as_null=True))]


def text_enum(cls: type[enum.StrEnum], *, length: int = 24) -> SqlEnum:
    """An enum stored as its text: readable in SQL, and a new member needs no `ALTER TYPE`."""
    return SqlEnum(cls, native_enum=False, create_constraint=False, length=length, values_callable=lambda e: [m.value for m in e])


def one_of(column: str, cls: type[enum.StrEnum]) -> CheckConstraint:
    """The CHECK that keeps a text enum closed."""
    values = ", ".join(f"'{member.value}'" for member in cls)
    return CheckConstraint(f"{column} IN ({values})", name=column)
