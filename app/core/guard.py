"""No statement of an account reaches datasets, or what belongs to them, without a decision about access.

A SELECT has to carry the predicate `Visible` and to be joined by key with the datasets that it speaks of. Whatever else
touches these tables has to follow a decision (`services.access.require`) about the dataset in the same transaction. The
engine asks `check` before it sends a statement: one that nobody thought about is an exception, not a leak.

A statement is examined once per compiled form, which the engine caches: afterwards the check costs a dictionary look-up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, Table
from sqlalchemy.engine import Compiled
from sqlalchemy.sql import operators
from sqlalchemy.sql.cache_key import NO_CACHE
from sqlalchemy.sql.dml import Delete, Insert, Update, UpdateBase
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ClauseElement,
    ColumnClause,
    Grouping,
    TextClause,
)
from sqlalchemy.sql.selectable import (
    AliasedReturnsRows,
    CompoundSelect,
    FromClause,
    Join,
    Lateral,
    Select,
    SelectBase,
)
from sqlalchemy.sql.visitors import anon_map

from app.core.viewer import Principal, System

T = TypeVar("T")
ROOT = "datasets"
VIEWER_PARAMETER = "visible_to"
"""Bind parameter of the predicate: the account whose eyes it has. Absent for those who see everything."""
_KEYS = {"id", "dataset_id", "version_id"}
_WORD = re.compile(r"\w+")
_INSERTED = re.compile(r"dataset_id(_m\d+)?")
"""How SQLAlchemy names the values of the column in an INSERT, of one row and of many."""
_protected: set[str] = set()


class Kept(Grouping[T]):
    """An expression that is kept for many statements, and so is what a statement's cache key says of it.

    Walking through the predicate anew for every statement took as long as all else that deciding about access adds.
    """

    inherit_cache = True
    _known: tuple[object, tuple[object, ...], list[BindParameter[object]]] | None = None

    def _gen_cache_key(
        self, anonymous: anon_map, bindparams: list[BindParameter[object]]
    ) -> tuple[object, ...] | None:  # as SQLAlchemy's own, with the walk below this element done once
        number, found = anonymous.get_anon(self)
        if found:
            return (number, self.__class__)
        # A copy has other elements inside, or is of a class that says more: what was known of the original is not true of it.
        if self._known is None or self._known[0] is not self.element:
            own, parameters = anon_map(), list[BindParameter[object]]()
            key = self.element._gen_cache_key(own, parameters)
            if key is None or NO_CACHE in own:
                anonymous[NO_CACHE] = True
                return None
            self._known = (self.element, key, parameters)
        bindparams.extend(self._known[2])
        return (number, self.__class__, self._known[1], self._annotations_cache_key if self._annotations else ())


class Visible(Kept[bool]):
    """The predicate over `datasets`: what an account may see. Made by `app.models.visibility` and by nothing else."""

    inherit_cache = True


class Undecided(Exception):
    """A statement reaches datasets without a decision about access: an error in this program, never the caller's."""


@dataclass(slots=True)
class Decisions:
    """Whose connection it is, and what was decided on it."""

    principal: Principal
    decided: set[UUID] = field(default_factory=set)
    """Datasets on which the principal's level was found sufficient in this transaction."""

    def decide(self, dataset_id: UUID) -> None:
        """Statements on this dataset may follow."""
        self.decided.add(dataset_id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a statement needs."""

    undecided: tuple[str, ...] = ()
    """Tables that it reads without the predicate, or writes."""
    datasets: tuple[str, ...] = ()
    """Bind parameters that name the datasets of these tables."""
    sees_everything: bool = False
    """Its predicate is that of an administrator."""
    has_viewer: bool = False
    """Its predicate is that of the account in VIEWER_PARAMETER."""


_HARMLESS = Verdict()
_verdicts: WeakKeyDictionary[Compiled, Verdict] = WeakKeyDictionary()


def protect(metadata: MetaData) -> None:
    """Statements that are plain SQL are searched for the names of these tables, too."""
    _protected.update(table.name for table in metadata.tables.values() if is_scoped(table))


@cache
def is_scoped(table: Table) -> bool:
    """True for `datasets` and whatever belongs to a dataset: by a chain of foreign keys, or by the name of a column."""
    seen, waiting = {table}, [table]
    while waiting:
        one = waiting.pop()
        if one.name == ROOT or {"dataset_id", "version_id"} & set(one.columns.keys()):
            return True
        more = {key.column.table for key in one.foreign_keys} - seen
        seen |= more
        waiting += more
    return False


def check(
    decisions: Decisions | None, statement: str, compiled: Compiled | None, parameters: Sequence[Mapping[str, object]]
) -> None:
    """Nothing when the connection may send this statement.

    Raises:
        Undecided: nobody asks, or no decision covers what the statement touches.
    """
    if decisions is None:
        raise Undecided(f"A statement without a principal: {statement[:200]}")
    principal = decisions.principal
    if isinstance(principal, System):
        return
    verdict = _text_verdict(statement) if compiled is None else _verdict(compiled)
    if verdict.sees_everything and not principal.is_admin:
        raise Undecided(f"An administrator's predicate in a statement of {principal.id}: {statement[:200]}")
    if verdict.has_viewer and any(row.get(VIEWER_PARAMETER) != principal.id for row in parameters):
        raise Undecided(f"Another account's predicate in a statement of {principal.id}: {statement[:200]}")
    if not verdict.undecided:
        return
    named = {row[name] for row in parameters for name in verdict.datasets}
    if not decisions.decided or not named <= decisions.decided:
        raise Undecided(
            f"{', '.join(verdict.undecided)}: read through the predicate (join `datasets`, where access.visible(viewer)), or call "
            f"access.require for this dataset in the transaction before: {statement[:200]}"
        )


def _verdict(compiled: Compiled) -> Verdict:
    verdict = _verdicts.get(compiled)
    if verdict is None:
        statement = compiled.statement
        if isinstance(statement, SelectBase | UpdateBase):
            verdict = _Examination(compiled).verdict(statement)
        else:
            verdict = _text_verdict(statement.text if isinstance(statement, TextClause) else str(compiled))
        _verdicts[compiled] = verdict
    return verdict


def _text_verdict(statement: str) -> Verdict:
    names = tuple(sorted(_protected.intersection(_WORD.findall(statement))))
    return Verdict(undecided=names) if names else _HARMLESS


class _Examination:
    """One statement with everything inside."""

    def __init__(self, compiled: Compiled):
        self._names: Mapping[BindParameter[object], str] = getattr(compiled, "bind_names", {})
        self._undecided: list[str] = []
        self._datasets: list[str] = []
        self._sees_everything = self._has_viewer = False

    def verdict(self, statement: SelectBase | UpdateBase) -> Verdict:
        """What the statement needs."""
        if isinstance(statement, UpdateBase):
            self._write(statement)
        else:
            self._read(statement, frozenset())
        return Verdict(tuple(self._undecided), tuple(self._datasets), self._sees_everything, self._has_viewer)

    def _write(self, statement: UpdateBase) -> None:
        table = statement.table
        outer: frozenset[FromClause] = frozenset()
        if isinstance(table, Table) and is_scoped(table):
            self._undecided.append(table.name)
            outer = frozenset([table])
            if isinstance(statement, Insert):
                self._datasets += filter(_INSERTED.fullmatch, self._names.values())
        if isinstance(statement, Update | Delete) and statement.whereclause is not None:
            self._name_datasets(_conjuncts(statement.whereclause))
        self._descend(statement, outer)

    def _read(self, statement: SelectBase, outer: frozenset[FromClause]) -> bool:
        """Whether it reads scoped tables; `outer`: what of the statements around it is decided."""
        if isinstance(statement, CompoundSelect):
            reads = [self._read(part, outer) for part in statement.selects]  # each, not only up to the first
            return any(reads)
        if not isinstance(statement, Select):
            raise Undecided(f"A {type(statement).__name__} cannot be examined; write it as a select().")
        leaves: list[FromClause] = []
        conjuncts = [] if statement.whereclause is None else list(_conjuncts(statement.whereclause))
        for source in statement.get_final_froms():
            _flatten(source, leaves, conjuncts, filters=True)
        correlated = frozenset(statement._correlate) & outer if statement._correlate else outer
        roots = set(correlated)
        for conjunct in conjuncts:
            if isinstance(conjunct, Visible):
                self._note(conjunct)
                roots.update(leaf for leaf in leaves if isinstance(leaf, Table) and leaf.name == ROOT)
        derived = [leaf for leaf in leaves if not _is_lateral(leaf) and self._read_inner(leaf, frozenset())]
        roots.update(derived)
        # What a lateral subquery may lean on is what is decided beside it; a table that is nobody's decides nothing.
        beside = _reached(roots, conjuncts).intersection(leaves)
        laterals = [leaf for leaf in leaves if _is_lateral(leaf) and self._read_inner(leaf, outer | _decided(beside, derived))]
        roots.update(laterals)
        own = [leaf for leaf in leaves if leaf not in correlated and _is_scoped(leaf)]
        reached = _reached(roots, conjuncts)
        missing = [leaf for leaf in own if leaf not in reached]
        if missing:
            self._undecided += [getattr(leaf, "name", "?") for leaf in missing]
            self._name_datasets(conjuncts)
        self._descend(statement, outer | _decided(reached.intersection(leaves), [*derived, *laterals]))
        return bool(own or derived or laterals)

    def _read_inner(self, leaf: FromClause, outer: frozenset[FromClause]) -> bool:
        inner = _inner_select(leaf)
        return inner is not None and self._read(inner, outer)

    def _descend(self, element: ClauseElement, outer: frozenset[FromClause]) -> None:
        """Subqueries in columns and conditions. Those that are tables were read already."""
        for child in element.get_children():
            if isinstance(child, SelectBase):
                self._read(child, outer)
            elif isinstance(child, ClauseElement) and not isinstance(child, FromClause | Visible):
                self._descend(child, outer)
            elif isinstance(child, Join):
                self._descend_join(child, outer)

    def _descend_join(self, join: Join, outer: frozenset[FromClause]) -> None:
        if join.onclause is not None:
            self._descend(join.onclause, outer)
        for side in (join.left, join.right):
            if isinstance(side, Join):
                self._descend_join(side, outer)

    def _note(self, predicate: Visible) -> None:
        if any(parameter.key == VIEWER_PARAMETER for parameter in _parameters(predicate)):
            self._has_viewer = True
        else:
            self._sees_everything = True

    def _name_datasets(self, conjuncts: Sequence[ClauseElement] | Iterator[ClauseElement]) -> None:
        for conjunct in conjuncts:
            if isinstance(conjunct, BinaryExpression) and conjunct.operator is operators.eq:
                column, value = conjunct.left, conjunct.right
                if isinstance(column, ColumnClause) and isinstance(value, BindParameter) and value in self._names:
                    table = column.table
                    if column.name == "dataset_id" or (column.name == "id" and getattr(table, "name", None) == ROOT):
                        self._datasets.append(self._names[value])


def _parameters(element: ClauseElement) -> Iterator[BindParameter[object]]:
    for child in element.get_children():
        if isinstance(child, BindParameter):
            yield child
        elif isinstance(child, ClauseElement):
            yield from _parameters(child)


def _conjuncts(clause: object) -> Iterator[ClauseElement]:
    """What has to hold: the parts of an AND."""
    if isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for part in clause.clauses:
            yield from _conjuncts(part)
    elif type(clause) is Grouping:
        yield from _conjuncts(clause.element)
    elif isinstance(clause, ClauseElement):
        yield clause


def _flatten(source: FromClause, leaves: list[FromClause], conjuncts: list[ClauseElement], *, filters: bool) -> None:
    """The tables of a FROM; conditions of inner joins filter as those of WHERE do, an outer join's only link."""
    if not isinstance(source, Join):
        leaves.append(source)
        return
    inner = not (source.isouter or source.full)
    _flatten(source.left, leaves, conjuncts, filters=filters and not source.full)
    _flatten(source.right, leaves, conjuncts, filters=filters and inner)
    if source.onclause is not None:
        found = _conjuncts(source.onclause)
        conjuncts += [clause for clause in found if (filters and inner) or not isinstance(clause, Visible)]


def _inner_select(leaf: FromClause) -> SelectBase | None:
    element: object = leaf
    while isinstance(element, AliasedReturnsRows):
        element = element.element
    return element if isinstance(element, SelectBase) else None


def _is_lateral(leaf: FromClause) -> bool:
    element: object = leaf
    while isinstance(element, AliasedReturnsRows):
        if isinstance(element, Lateral):
            return True
        element = element.element
    return False


def _is_scoped(leaf: FromClause) -> bool:
    element: object = leaf
    while isinstance(element, AliasedReturnsRows):
        element = element.element
    return isinstance(element, Table) and is_scoped(element)


def _decided(reached: Iterable[FromClause], derived: Sequence[FromClause]) -> frozenset[FromClause]:
    """Of a FROM, what a subquery may be tied to: rows of datasets, not of tables that are nobody's."""
    return frozenset(leaf for leaf in reached if _is_scoped(leaf)).union(derived)


def _reached(roots: set[FromClause], conjuncts: Sequence[ClauseElement]) -> set[FromClause]:
    """What is joined by key with one of the roots, however far, but not by way of a table that is nobody's."""
    links = [pair for conjunct in conjuncts if (pair := _link(conjunct)) is not None]
    pairs = [pair for pair in links if all(_is_scoped(leaf) or leaf in roots for leaf in pair)]
    reached = set(roots)
    while True:
        more = {b for a, b in pairs if a in reached} | {a for a, b in pairs if b in reached}
        if more <= reached:
            return reached
        reached |= more


def _link(conjunct: ClauseElement) -> tuple[FromClause, FromClause] | None:
    """The tables of `child.dataset_id = datasets.id`."""
    if not isinstance(conjunct, BinaryExpression) or conjunct.operator is not operators.eq:
        return None
    left, right = conjunct.left, conjunct.right
    if not isinstance(left, ColumnClause) or not isinstance(right, ColumnClause) or left.table is None or right.table is None:
        return None
    by_key = {left.name, right.name} <= _KEYS or _refers(left, right) or _refers(right, left)
    return (left.table, right.table) if by_key else None


def _refers(column: ColumnClause[object], other: ColumnClause[object]) -> bool:
    return any(key.column.name == other.name and key.column.table == other.table for key in column.foreign_keys)
