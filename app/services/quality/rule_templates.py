"""Templates of rules: kept by administrators, bound to a tag or a semantic type, followed by all datasets that have it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import ledger
from app.core.errors import Conflict, InvalidInput, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.ledger import Claim
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.models.datasets import DatasetTag, FieldAnnotation
from app.models.quality import QualityRule
from app.models.rule_sources import RuleTemplate, RuleTemplateRule
from app.services import audit, cursors, texts
from app.services.accounts.users import require_administrator
from app.services.cursors import Page
from app.services.quality import rule_templating
from app.services.quality.definitions import (
    Draft,
    check_definition,
    clean_description,
    clean_name,
)

MAX_TEMPLATES = 200
MAX_RULES = 50
"""Of a template."""
FOLLOWED_AT_ONCE = 200
"""Datasets of one transaction."""
MAX_SEMANTIC_TYPE = 64
MISSING = say("NO_SUCH_TEMPLATE", "There is no such template.")
COLUMNS = (
    RuleTemplate.id, RuleTemplate.name, RuleTemplate.description, RuleTemplate.tag, RuleTemplate.semantic_type,
    RuleTemplate.enabled, RuleTemplate.created_by_id, RuleTemplate.created_at, RuleTemplate.updated_at, RuleTemplate.deleted_at,
)  # fmt: skip
_ORDER = "ruleTemplates"


@dataclass(frozen=True, kw_only=True)
class TemplateRule:
    """A rule of a template as it shall be. `id`: of the rule that it is now; None: a new one."""

    id: UUID | None = None
    draft: Draft
    description: str | None = None
    blocks_publication: bool = False


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What `update_template` changes; None leaves a property as it is."""

    name: str | None = None
    description: str | None = None
    enabled: bool | None = None
    rules: Sequence[TemplateRule] | None = None
    """All of them, in order; those that are not named are removed."""


async def create(
    session: AsyncSession,
    viewer: Viewer,
    *,
    name: str,
    description: str | None,
    tag: str | None,
    semantic_type: str | None,
    rules: Sequence[TemplateRule],
) -> UUID:
    """A template whose rules all datasets with the tag, or all columns of the semantic type, get within moments.

    Raises:
        Forbidden: no administrator. Conflict: the name is taken. LimitExceeded: there are too many.
        InvalidInput: a rule could never run; neither a tag nor a semantic type, or both.
    """
    require_administrator(viewer)
    await rule_templating.hold_off(session)
    count = select(func.count()).where(RuleTemplate.deleted_at.is_(None))
    if (await session.execute(count)).scalar_one() >= MAX_TEMPLATES:
        raise LimitExceeded(say("MOST_TEMPLATES", "There are at most {most} templates.", most=MAX_TEMPLATES))
    template_id = uuid7()
    values = {
        "id": template_id, "name": clean_name(name), "description": clean_description(description),
        "created_by_id": viewer.id, **_binding(tag, semantic_type),
    }  # fmt: skip
    await _named(session, lambda: session.execute(insert(RuleTemplate).values(values)))
    await _write_rules(session, template_id, rules, of_column=semantic_type is not None)
    await _changed(session, viewer, "rule_template.create", template_id, name=values["name"])
    return template_id


async def update_template(session: AsyncSession, viewer: Viewer, template_id: UUID, changes: Changes) -> UUID:
    """The template is changed, and within moments the rules that come from it. What it is bound to stays.

    Raises:
        Forbidden: no administrator. NotFound, Conflict, InvalidInput: see `create`.
    """
    require_administrator(viewer)
    await rule_templating.hold_off(session)
    row = await _get(session, template_id)
    values: dict[str, object] = {"updated_at": func.now()}
    if changes.name is not None:
        values["name"] = clean_name(changes.name)
    if changes.description is not None:
        values["description"] = clean_description(changes.description)
    if changes.enabled is not None:
        values["enabled"] = changes.enabled
    await _named(session, lambda: session.execute(update(RuleTemplate).where(RuleTemplate.id == template_id).values(values)))
    if changes.rules is not None:
        await _write_rules(session, template_id, changes.rules, of_column=row.semantic_type is not None)
    fields = sorted(name for name, value in vars(changes).items() if value is not None)
    await _changed(session, viewer, "rule_template.update", template_id, fields=fields)
    return template_id


async def delete_template(session: AsyncSession, viewer: Viewer, template_id: UUID) -> UUID:
    """The template is gone, and within moments the rules that come from it; their results stay.

    Raises:
        Forbidden: no administrator. NotFound.
    """
    require_administrator(viewer)
    await rule_templating.hold_off(session)
    row = await _get(session, template_id)
    await session.execute(
        update(RuleTemplate).where(RuleTemplate.id == template_id).values(deleted_at=func.now(), updated_at=func.now())
    )
    await _changed(session, viewer, "rule_template.delete", template_id, name=row.name)
    return template_id


async def list_templates(connection: AsyncConnection, *, first: int, after: str | None) -> Page[AnyRow]:
    """A page of all templates by name. Everybody who is signed in may see them: they say what is expected of datasets."""
    statement = (
        select(*COLUMNS).where(RuleTemplate.deleted_at.is_(None)).order_by(RuleTemplate.name, RuleTemplate.id).limit(first + 1)
    )
    if after is not None:
        position = tuple_(*cursors.decode(after, _ORDER, str, UUID))
        statement = statement.where(tuple_(RuleTemplate.name, RuleTemplate.id) > position)
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.name, row.id))


async def find(connection: AsyncConnection | AsyncSession, template_id: UUID) -> AnyRow | None:
    """The row of a template that was not deleted, or None."""
    statement = select(*COLUMNS).where(RuleTemplate.id == template_id, RuleTemplate.deleted_at.is_(None))
    return (await connection.execute(statement)).one_or_none()


async def follow(session: AsyncSession, claim: Claim) -> bool:
    """The next datasets have the template's rules as it says now; True when it was the last of them."""
    await ledger.hold(session, claim)
    template_id, after = UUID(claim.args["templateId"]), UUID(claim.args.get("after", str(UUID(int=0))))
    row = (await session.execute(select(*COLUMNS).where(RuleTemplate.id == template_id))).one()
    of_rules = (
        select(QualityRule.dataset_id)
        .join(RuleTemplateRule, RuleTemplateRule.id == QualityRule.template_rule_id)
        .where(RuleTemplateRule.template_id == template_id, QualityRule.deleted_at.is_(None))
    )
    if row.tag is not None:
        bound = select(DatasetTag.dataset_id).where(DatasetTag.name == row.tag)
    else:
        bound = select(FieldAnnotation.dataset_id).where(
            func.lower(FieldAnnotation.semantic_type) == func.lower(row.semantic_type)
        )
    both = of_rules.union(bound).subquery()
    statement = select(both.c.dataset_id).where(both.c.dataset_id > after).order_by(both.c.dataset_id).limit(FOLLOWED_AT_ONCE)
    dataset_ids = list((await session.execute(statement)).scalars())
    if dataset_ids:
        await rule_templating.apply(session, dataset_ids)
    await ledger.succeed(session, claim)
    if len(dataset_ids) == FOLLOWED_AT_ONCE:
        await _queue(session, template_id, after=dataset_ids[-1])
        return False
    return True


async def _get(session: AsyncSession, template_id: UUID) -> AnyRow:
    row = await find(session, template_id)
    if row is None:
        raise NotFound(MISSING)
    return row


async def _named(session: AsyncSession, write: Callable[[], Awaitable[object]]) -> None:
    try:
        async with session.begin_nested():
            await write()
    except IntegrityError as error:
        raise Conflict(
            say("TEMPLATE_NAME_TAKEN", "Another template has this name. Choose another one."), path=("name",)
        ) from error


def _binding(tag: str | None, semantic_type: str | None) -> dict[str, str | None]:
    if (tag is None) == (semantic_type is None):
        raise InvalidInput(say("TAG_OR_TYPE", "Give `tag` or `semanticType`."), path=("tag",))
    if tag is not None:
        return {"tag": texts.clean_tags([tag])[0], "semantic_type": None}
    kind = texts.clean_text(semantic_type, "semanticType", MAX_SEMANTIC_TYPE)
    if kind is None:
        raise InvalidInput(say("TAG_OR_TYPE", "Give `tag` or `semanticType`."), path=("semanticType",))
    return {"tag": None, "semantic_type": kind}


async def _write_rules(session: AsyncSession, template_id: UUID, rules: Sequence[TemplateRule], *, of_column: bool) -> None:
    if not 1 <= len(rules) <= MAX_RULES:
        raise InvalidInput(say("TEMPLATE_RULES", "A template has 1 to {most} rules.", most=MAX_RULES), path=("rules",))
    known = select(RuleTemplateRule.id).where(RuleTemplateRule.template_id == template_id, RuleTemplateRule.deleted_at.is_(None))
    before = set((await session.execute(known)).scalars())
    kept = {rule.id for rule in rules if rule.id is not None}
    if not kept <= before or len(kept) != sum(rule.id is not None for rule in rules):
        raise InvalidInput(say("RULE_NOT_OF_TEMPLATE", "A rule is none of this template, or named twice."), path=("rules",))
    for at, rule in enumerate(rules):
        await _check(rule, at, of_column=of_column)
        values: dict[str, object] = {
            "position": at, "name": clean_name(rule.draft.name), "description": clean_description(rule.description),
            "blocks_publication": rule.blocks_publication, **rule.draft.definition.values(),
        }  # fmt: skip
        if rule.id is None:
            await session.execute(insert(RuleTemplateRule).values(id=uuid7(), template_id=template_id, **values))
        else:
            await session.execute(update(RuleTemplateRule).where(RuleTemplateRule.id == rule.id).values(values))
    gone = before - kept
    if gone:
        await session.execute(update(RuleTemplateRule).where(RuleTemplateRule.id.in_(gone)).values(deleted_at=func.now()))


async def _check(rule: TemplateRule, at: int, *, of_column: bool) -> None:
    definition = rule.draft.definition
    try:
        if of_column and definition.field_paths:
            raise InvalidInput(
                say("TEMPLATE_RULE_FIELD", "The rule of a semantic type names no field: it is about each column of the type."),
                path=("fieldPath",),
            )
        tried = replace(definition, field_paths=("column",)) if of_column else definition
        await check_definition(tried, None)
    except InvalidInput as error:
        raise InvalidInput(error.message, path=("rules", str(at), *(error.path or ()))) from error


async def _queue(session: AsyncSession, template_id: UUID, *, after: UUID | None = None) -> None:
    """No key that keeps a second task away: one that runs may have read the template before this change."""
    args = {"templateId": str(template_id)} | ({} if after is None else {"after": str(after)})
    await ledger.enqueue(session, actor="rule_templates.follow", args=args, queue="interactive")


async def _changed(session: AsyncSession, viewer: Viewer, action: str, template_id: UUID, **details: object) -> None:
    await _queue(session, template_id)
    await audit.record(session, viewer, action, template_id, **details)
