"""Data contracts (ODCS): a dataset's rules and schema as a document, and what importing one changes."""

import enum
from collections.abc import Iterator
from datetime import datetime
from typing import cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.quality.contracts.entries import ContractRule
from app.schema.accounts import User
from app.schema.base import Info, UserError, errors_field, optional
from app.schema.ids import from_id
from app.schema.phrases import Phrase
from app.services.quality.contracts import Changes, Written

MAX_BYTES = 4 << 20


@strawberry.enum(description="What an import does to a rule.")
class DataContractChangeKind(enum.Enum):
    ADDED = strawberry.enum_value("ADDED", description="The contract has it, the dataset does not.")
    CHANGED = strawberry.enum_value("CHANGED", description="Both have it, and it says something else.")
    REMOVED = strawberry.enum_value("REMOVED", description="The dataset has it, the contract does not.")


@strawberry.type(description="A property of a rule that an import changes.")
class DataContractPropertyChange:
    name: str = strawberry.field(description="As in `QualityRule`: threshold, parameters, severity ...")
    before: JSON | None = strawberry.field(description="What it is; null when it is absent.")
    after: JSON | None = strawberry.field(description="What it becomes; null when it goes.")


@strawberry.type(description="A rule that an import adds, changes or removes.")
class DataContractRuleChange:
    kind: DataContractChangeKind = strawberry.field(description="What happens to it.")
    key: str = strawberry.field(description="The rule's id in the contract.")
    name: str = strawberry.field(description="Name to show.")
    type: str = strawberry.field(description="Name of its `QualityRuleType`.")
    field_paths: list[str] = strawberry.field(description="The columns that it is about.")
    properties: list[DataContractPropertyChange] = strawberry.field(
        description="What differs; of a rule that is added or removed all that it says."
    )

    @classmethod
    def of(
        cls, kind: DataContractChangeKind, before: ContractRule | None, after: ContractRule | None
    ) -> "DataContractRuleChange":
        """From the rule as it is and as it would be."""
        one = after or before
        assert one is not None
        old, new = dict(_properties(before)), dict(_properties(after))
        changed = [
            DataContractPropertyChange(name=name, before=cast(JSON, old.get(name)), after=cast(JSON, new.get(name)))
            for name in dict.fromkeys((*old, *new))
            if old.get(name) != new.get(name)
        ]
        return cls(
            kind=kind, key=one.spec.id, name=one.name or one.spec.id, type=one.spec.type, field_paths=list(one.spec.field_paths),
            properties=changed,
        )  # fmt: skip


def _properties(rule: ContractRule | None) -> Iterator[tuple[str, object]]:
    if rule is None:
        return
    one = rule.spec
    yield from (
        ("name", rule.name), ("description", rule.description), ("type", one.type), ("fieldPaths", list(one.field_paths)),
        ("parameters", dict(one.parameters)), ("operator", one.operator), ("threshold", one.threshold),
        ("upperThreshold", one.upper_threshold), ("warnThreshold", one.warn_threshold),
        ("warnUpperThreshold", one.warn_upper_threshold), ("severity", one.severity), ("filter", one.filter),
        ("blocksPublication", rule.blocks_publication), ("enabled", rule.enabled),
    )  # fmt: skip


@strawberry.type(description="What importing a contract changes of a dataset.")
class DataContractChanges:
    applied: bool = strawberry.field(description="True when it was changed; false for a dry run.")
    rules: list[DataContractRuleChange] = strawberry.field(
        description="Rules that are added, changed or removed, each by their keys."
    )
    unchanged_count: int = strawberry.field(description="Rules that stay as they are.")
    described_fields: list[str] = strawberry.field(description="Columns that get the contract's description.")
    notes: list[str] = strawberry.field(description="Entries of the contract that are kept and not checked, with the reason.")
    note_phrases: list[Phrase] = strawberry.field(description="The same for a page in another language.")

    @classmethod
    def of(cls, changes: Changes, *, applied: bool) -> "DataContractChanges":
        """From the service."""
        kind, found = DataContractChangeKind, changes.rules
        rules = [DataContractRuleChange.of(kind.ADDED, None, one) for one in found.added]
        rules += [DataContractRuleChange.of(kind.CHANGED, before, after) for before, after in found.changed]
        rules += [DataContractRuleChange.of(kind.REMOVED, one, None) for one in found.removed]
        return cls(
            applied=applied,
            rules=rules,
            unchanged_count=len(found.unchanged),
            described_fields=list(changes.described),
            notes=list(found.notes),
            note_phrases=list(map(Phrase.of, found.notes)),
        )


@strawberry.type(description="A dataset's rules and schema as a contract of the Open Data Contract Standard 3.1.")
class DataContract:
    yaml: str | None = strawberry.field(
        description="The document: what was imported, with rules and fields as they are now. Null while a column of the dataset is "
        "sensitive and you hold less than WRITE."
    )
    notes: list[str] = strawberry.field(description="Entries that are kept and not checked, with the reason.")
    note_phrases: list[Phrase] = strawberry.field(description="The same for a page in another language.")
    imported_at: datetime | None = strawberry.field(description="When a contract was imported last; null when none was.")
    importer_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, written: Written, *, concealed: bool) -> "DataContract":
        """From the service."""
        return cls(
            yaml=None if concealed else written.yaml, notes=list(written.notes), note_phrases=list(map(Phrase.of, written.notes)),
            imported_at=written.imported_at, importer_id=written.imported_by_id,
        )  # fmt: skip

    @strawberry.field(description="Who imported it; null when nobody did, or the account is gone.")
    async def imported_by(self, info: Info) -> User | None:
        if self.importer_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.importer_id))


@strawberry.input(description="A contract for a dataset.")
class ImportDataContractInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    yaml: list[str] = strawberry.field(
        description="A contract of ODCS 3, as YAML or JSON. One longer than 64 KiB is given in pieces, which are put together as they are."
    )
    object_name: str | None = strawberry.field(default=None, description="Which of its tables, where it describes several.")
    dry_run: bool = strawberry.field(default=False, description="True: only what would change is told.")

    def dataset(self) -> UUID:
        """Row id. Raises InvalidInput."""
        return from_id(self.dataset_id, "Dataset", "datasetId")

    def text(self) -> str:
        """The whole document. Raises InvalidInput: it is too long."""
        whole = "".join(self.yaml)
        if len(whole) > MAX_BYTES:
            raise InvalidInput(say("CONTRACT_MOST", "A contract has at most {most} MiB.", most=MAX_BYTES >> 20), path=("yaml",))
        return whole


@strawberry.type(description="Outcome of `importDataContract`.")
class ImportDataContractPayload:
    changes: DataContractChanges | None = strawberry.field(
        default=None, description="What was changed, or would be; null with errors, and for a request that was answered before."
    )
    errors: list[UserError] = errors_field()
