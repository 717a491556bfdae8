"""The statements of a search in PostgreSQL: one for a page with all its counts, one for suggestions."""

from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Double,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.sql.selectable import CTE

from app.adapters.search import matching
from app.adapters.search.folding import fold_line, tokens
from app.adapters.search.protocol import Mode, Position, SearchFilter
from app.adapters.search.query import Query
from app.adapters.search.vectors import MAX_START
from app.core.viewer import Viewer
from app.models.datasets import Dataset
from app.models.health import HealthState, checked_datasets, freshness, has_health
from app.models.search import SearchDocument, SearchNameStart
from app.models.visibility import visible

FACETS = ("status", "visibility", "owner", "tags")
STATES = ("health", "freshness")
MAX_TAG_BUCKETS = 20
MAX_OWNER_BUCKETS = 50


def page(
    query: Query, mode: Mode, viewer: Viewer, filter: SearchFilter, *, first: int, after: Position | None
) -> CompoundSelect[tuple[object, ...]]:
    """Rows (kind, value, number, score, created_at, dataset_id).

    Kinds: "found" (count before the filter), "total" (count behind it), "hit" (up to `first` + 1), and one per facet.
    """
    found = _found(query, mode, viewer, filter)
    conditions = _conditions(found, filter)
    statements = [_count("found", found), _count("total", found, *conditions.values())]
    statements += [_facet(name, found, [c for other, c in conditions.items() if other != name]) for name in FACETS]
    here = tuple_(found.c.score, found.c.created_at, found.c.dataset_id)
    hits = select(found.c.score, found.c.created_at, found.c.dataset_id).where(*conditions.values())
    if after is not None:
        there = (
            literal(after.score, Double),
            literal(after.created_at, Dataset.created_at.type),
            literal(after.dataset_id, Dataset.id.type),
        )
        hits = hits.where(here < tuple_(*there))
    best = hits.order_by(found.c.score.desc(), found.c.created_at.desc(), found.c.dataset_id.desc()).limit(first + 1).subquery()
    statements.append(select(literal("hit").label("kind"), cast(null(), Text), cast(null(), Dataset.revision.type), *best.c))
    return union_all(*statements)


def states(query: Query, mode: Mode, viewer: Viewer, filter: SearchFilter) -> CompoundSelect[tuple[object, ...]]:
    """Rows as of `page`, of the kinds "found", "health" and "freshness"."""
    found = _found(query, mode, viewer, filter)
    conditions = _conditions(found, filter)
    checked = checked_datasets(viewer)
    state = func.coalesce(checked.c.state, HealthState.UNCHECKED.value)
    health = select(state.label("value"), func.count().label("number")).select_from(
        found.outerjoin(checked, checked.c.dataset_id == found.c.dataset_id)
    )
    fresh = select(freshness(found.c.current_published_at).label("value"), func.count().label("number")).select_from(found)
    counted = {"health": health, "freshness": fresh}
    return union_all(
        _count("found", found),
        *[_largest(name, counted[name].where(*[c for other, c in conditions.items() if other != name]), 10) for name in STATES],
    )


def _found(query: Query, mode: Mode, viewer: Viewer, filter: SearchFilter) -> CTE:
    """What the words leave of what the viewer may see. The filter only marks: each facet is counted without its own condition."""
    similar = mode is Mode.SIMILAR
    return (
        select(
            SearchDocument.dataset_id,
            (matching.similar_score(query) if similar else matching.score(query)).label("score"),
            Dataset.created_at,
            Dataset.status,
            Dataset.visibility,
            Dataset.owner_id,
            SearchDocument.tags,
            Dataset.current_published_at,
            and_(True, *_rest(filter)).label("rest"),
            # What is not asked for is not looked up.
            *([] if filter.health is None else [has_health(viewer, list(filter.health)).label("healthy")]),
        )
        .join(Dataset, Dataset.id == SearchDocument.dataset_id)
        .where(visible(viewer), matching.matches_similarly(query) if similar else matching.matches(query))
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _rest(filter: SearchFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filter.name_contains:
        conditions.append(Dataset.name.icontains(_storable(filter.name_contains), autoescape=True))
    if filter.created_after is not None:
        conditions.append(Dataset.created_at > filter.created_after)
    if filter.updated_after is not None:
        conditions.append(Dataset.updated_at > filter.updated_after)
    return conditions


def _storable(text: str) -> str:
    """`text` without what PostgreSQL refuses: NUL and halves of surrogate pairs, which no stored text holds."""
    return text.replace("\x00", "\ufffd").encode(errors="replace").decode()


def _conditions(found: CTE, filter: SearchFilter) -> dict[str, ColumnElement[bool]]:
    """By facet name, and `rest` for what has no facet."""
    conditions: dict[str, ColumnElement[bool]] = {"rest": found.c.rest}
    if filter.status is not None:
        conditions["status"] = found.c.status.in_(filter.status)
    if filter.visibility is not None:
        conditions["visibility"] = found.c.visibility == filter.visibility
    if filter.owner_ids is not None:
        conditions["owner"] = found.c.owner_id.in_(filter.owner_ids)
    if filter.health is not None:
        conditions["health"] = found.c.healthy
    if filter.freshness is not None:
        wanted_ages = [fresh.value for fresh in filter.freshness]
        conditions["freshness"] = freshness(found.c.current_published_at).in_(wanted_ages)
    if filter.tags:
        wanted = [_storable(tag.casefold()) for tag in filter.tags]
        conditions["tags"] = cast(found.c.tags, ARRAY(Text)).op("@>", is_comparison=True)(cast(wanted, ARRAY(Text)))
    return conditions


def _count(kind: str, found: CTE, *conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(
        literal(kind).label("kind"),
        cast(null(), Text).label("value"),
        func.count().label("number"),
        cast(null(), Double).label("score"),
        cast(null(), Dataset.created_at.type).label("created_at"),
        cast(null(), Dataset.id.type).label("dataset_id"),
    ).select_from(found).where(*conditions)  # fmt: skip


def _facet(name: str, found: CTE, conditions: list[ColumnElement[bool]]) -> Select[tuple[object, ...]]:
    if name == "tags":
        tag = func.unnest(found.c.tags).table_valued("name", name="tag").render_derived().lateral()
        counted = select(tag.c.name.label("value"), func.count().label("number")).select_from(found).join(tag, literal(True))
        limit = MAX_TAG_BUCKETS
    else:
        value = cast({"status": found.c.status, "visibility": found.c.visibility, "owner": found.c.owner_id}[name], Text)
        counted = select(value.label("value"), func.count().label("number")).select_from(found)
        limit = MAX_OWNER_BUCKETS
    return _largest(name, counted.where(*conditions), limit)


def _largest(name: str, counted: Select[str, int], limit: int) -> Select[tuple[object, ...]]:
    largest = counted.group_by("value").order_by(func.count().desc(), "value").limit(limit).subquery()
    return select(
        literal(name),
        largest.c.value,
        largest.c.number,
        cast(null(), Double),
        cast(null(), Dataset.created_at.type),
        cast(null(), Dataset.id.type),
    )


def names_with_prefix(prefix: str, viewer: Viewer, *, limit: int) -> Select[UUID] | None:
    """Ids of datasets whose name begins so, in the order of names; None when nothing was typed."""
    folded = fold_line(prefix[:255])
    if not folded:
        return None
    return (
        select(SearchDocument.dataset_id)
        .join(Dataset, Dataset.id == SearchDocument.dataset_id)
        .where(_begins(SearchDocument.folded_name, folded), visible(viewer))
        .order_by(SearchDocument.folded_name, SearchDocument.dataset_id)
        .limit(limit)
    )


def words_with_prefix(prefix: str, viewer: Viewer, *, limit: int) -> Select[UUID] | None:
    """Ids of datasets of whose name a later word begins so, in the order of these words; may name one twice."""
    folded = fold_line(prefix[:255])
    first = next(tokens(folded), None)
    if first is None:
        return None
    return (
        select(SearchNameStart.dataset_id)
        .join(Dataset, Dataset.id == SearchNameStart.dataset_id)
        .where(_begins(SearchNameStart.start, folded[first.start :][:MAX_START]), visible(viewer))
        .order_by(SearchNameStart.start, SearchNameStart.dataset_id)
        .limit(limit)
    )


def _begins(column: SQLColumnExpression[str], prefix: str) -> ColumnElement[bool]:
    """A range of the index, by code point; LIKE with a parameter is one only while the statement is planned anew."""
    return and_(column >= prefix, column < prefix + "\U0010ffff")
