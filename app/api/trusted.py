"""Documents that are asked for by their hash, and trusted ones: the only ones that people in a browser may run.

A manifest is what the page's build writes (frontend/dist/trusted-documents.json): SHA-256 -> document. It is compared by
meaning, not by letter: clients print documents in their own way, and add `__typename` to every selection.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    SelectionSetNode,
    Visitor,
    parse,
    print_ast,
    strip_ignored_characters,
    visit,
)

KEPT = 512


class UnreadableManifest(Exception):
    """One sentence for the person who starts the api."""


class TrustedDocuments:
    """The documents of the manifests."""

    def __init__(self, files: Sequence[Path]):
        """
        Raises:
            UnreadableManifest: a file is missing, damaged, or a hash in it is not that of its document.
        """
        self._by_hash: dict[str, str] = {}
        for file in files:
            self._by_hash |= _read(file)
        self._meant = {_meaning(text) for text in self._by_hash.values()}
        self._accepts = lru_cache(maxsize=KEPT)(self._examine)

    def accepts(self, query: str) -> bool:
        """True for a document of a manifest, however it is printed."""
        return self._accepts(query)

    def find(self, sha256: str) -> str | None:
        """The document with this hash."""
        return self._by_hash.get(sha256.lower())

    def _examine(self, query: str) -> bool:
        try:
            return _meaning(query) in self._meant
        except GraphQLError:
            return False


class PageDocuments:
    """The operations of the page as it is built now, by name; any other may be run as well."""

    def __init__(self, file: Path):
        self._file = file
        self._read_ns = 0
        self._by_hash: dict[str, str] = {}

    def find(self, sha256: str) -> str | None:
        """The document with this hash; None too while the page is not built."""
        try:
            written_ns = self._file.stat().st_mtime_ns
            if written_ns != self._read_ns:
                self._by_hash, self._read_ns = _read(self._file), written_ns
        except (OSError, UnreadableManifest):
            return None
        return self._by_hash.get(sha256.lower())


def _read(file: Path) -> dict[str, str]:
    try:
        found = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise UnreadableManifest(f"{file} (DATAKURA_TRUSTED_DOCUMENTS) cannot be read: {error}.") from error
    if not isinstance(found, dict):
        raise UnreadableManifest(f"{file} (DATAKURA_TRUSTED_DOCUMENTS) is no manifest.")
    for sha256, text in found.items():
        if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != sha256:
            raise UnreadableManifest(f"{file} (DATAKURA_TRUSTED_DOCUMENTS): {sha256[:70]} is not the hash of its document.")
    return found


def _meaning(query: str) -> bytes:
    document: DocumentNode = visit(parse(query, no_location=True, max_tokens=2_000), _WithoutTypenames())
    # Fragments come in any order.
    printed = sorted(strip_ignored_characters(print_ast(definition)) for definition in document.definitions)
    return hashlib.sha256("\n".join(printed).encode()).digest()


class _WithoutTypenames(Visitor):
    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
        kept = tuple(
            selection
            for selection in node.selections
            if not (isinstance(selection, FieldNode) and selection.name.value == "__typename" and not selection.alias)
        )
        return SelectionSetNode(selections=kept or node.selections)
