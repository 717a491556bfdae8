"""What taking over a contract would change."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.quality.contracts.entries import ContractRule
from app.quality.contracts.reading import Contract


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Rules by what would become of them, in the order of their ids."""

    added: tuple[ContractRule, ...]
    changed: tuple[tuple[ContractRule, ContractRule], ...]
    """As they are, and as they would be."""
    removed: tuple[ContractRule, ...]
    unchanged: tuple[ContractRule, ...]
    notes: tuple[str, ...]


def differences(current: Sequence[ContractRule], contract: Contract) -> Differences:
    """The dry run of an import: what it would do to a dataset with the rules `current`."""
    before = {rule.spec.id: rule for rule in current}
    after = {rule.spec.id: rule for rule in (*contract.implied, *contract.rules)}
    both = sorted(before.keys() & after.keys())
    return Differences(
        added=tuple(after[key] for key in sorted(after.keys() - before.keys())),
        changed=tuple((before[key], after[key]) for key in both if before[key] != after[key]),
        removed=tuple(before[key] for key in sorted(before.keys() - after.keys())),
        unchanged=tuple(before[key] for key in both if before[key] == after[key]),
        notes=contract.notes,
    )
