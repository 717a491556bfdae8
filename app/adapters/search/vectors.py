"""A document as PostgreSQL stores it: folded, cut to size, its parts weighted."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.adapters.search.folding import fold, fold_line, identifier_words, pairs, parts, tokens, words
from app.adapters.search.protocol import Document

# What is searched of one document. Together less than the 1 MiB that a tsvector holds, whatever the script.
MAX_FIELD_NAMES = 16_384
MAX_DESCRIPTION = 32_768
MAX_METADATA = 16_384

MAX_START = 40
"""Characters of a name's start that a prefix is compared with."""
MAX_STARTS = 24


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Values of one row of `search_documents`; the texts are turned into lexemes by PostgreSQL, which knows the stems."""

    dataset_id: UUID
    version: int
    folded_name: str
    words: str
    body: str
    runs: str
    """The lexemes of unspaced text in tsvector's text form; their positions only carry the weight."""
    name_words: str
    label_words: str
    description_words: str
    metadata_words: str
    tags: list[str]
    field_names: list[str]
    metadata_lines: list[str]


def stored(document: Document) -> StoredDocument:
    """The row of a document."""
    description = (document.description or "")[:MAX_DESCRIPTION]
    field_names = _cut(document.field_names, MAX_FIELD_NAMES)
    metadata = _cut(document.metadata, MAX_METADATA)
    labels = [*document.tags, *field_names]
    name_words = identifier_words(document.name)
    folded_name, folded_description = fold_line(document.name), fold(description)
    folded_labels, folded_metadata = [fold_line(label) for label in labels], [fold_line(line) for line in metadata]
    return StoredDocument(
        dataset_id=document.dataset_id,
        version=document.version,
        folded_name=folded_name,
        words=" ".join([name_words, *map(identifier_words, document.tags)]),
        body="\n".join([folded_name, *folded_labels, " ".join(folded_description.split()), *folded_metadata]),
        runs=_runs([folded_name], folded_labels, [folded_description], folded_metadata),
        name_words=name_words,
        label_words=" ".join(map(identifier_words, labels)),
        description_words=words(folded_description),
        metadata_words=" ".join(map(identifier_words, metadata)),
        tags=list(document.tags),
        field_names=field_names,
        metadata_lines=metadata,
    )


def name_starts(name: str) -> list[str]:
    """The folded name from its second word on, from its third ..., each cut to 40 characters.

    In text without spaces every character may begin a word.
    """
    begins = {start for start, _ in parts(name)}
    begins.update(index for index, character in enumerate(name) if any(token.is_run for token in tokens(fold(character))))
    starts = (fold_line(name[begin : begin + 2 * MAX_START])[:MAX_START] for begin in sorted(begins - {0})[:MAX_STARTS])
    return list(dict.fromkeys(start for start in starts if start))


def _cut(texts: Iterable[str], characters: int) -> list[str]:
    """The first texts, whole while they fit into so many characters together; the one that does not is cut."""
    kept: list[str] = []
    for text in texts:
        if characters <= 0:
            break
        kept.append(text[:characters])
        characters -= len(text) + 1
    return kept


def _runs(*sections: list[str]) -> str:
    """Pairs of all runs as tsvector text, weighted by the section, strongest first: A, B, C, D."""
    positions: dict[str, list[str]] = {}
    for place, (weight, section) in enumerate(zip("ABCD", sections, strict=True), start=1):
        # Each weight has one position: rank counts where a pair stands, not how often.
        found = {pair for text in section for token in tokens(text) if token.is_run for pair in pairs(token.text)}
        for pair in found:
            positions.setdefault(pair, []).append(f"{place}{weight}")
    return " ".join(f"'{pair}':{','.join(places)}" for pair, places in positions.items())
