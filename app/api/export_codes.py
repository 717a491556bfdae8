"""`python -m app.api.export_codes [FILE]`: writes codes.json, all that `say` can say; with --check, fails when it is not current."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import orjson

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT / "codes.json"
_CODE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class WrongSentence(Exception):
    """A call of `say` that no catalogue could follow: where it stands, and what is wrong."""


def codes() -> dict[str, str]:
    """Sentences by code.

    Raises:
        WrongSentence: a code or sentence is no literal, two sentences share a code, or names and values differ.
    """
    found: dict[str, str] = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        for call in _calls(path):
            place = f"{path.relative_to(ROOT)}:{call.lineno}"
            code, sentence = _literals(call, place)
            named = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
            given = {keyword.arg for keyword in call.keywords}
            if named != given:
                raise WrongSentence(f"{place}: {code} names {sorted(named)} and is given {sorted(map(str, given))}.")
            if found.setdefault(code, sentence) != sentence:
                raise WrongSentence(f"{place}: {code} already stands for {found[code]!r}.")
    return dict(sorted(found.items()))


def _calls(path: Path) -> Iterator[ast.Call]:
    text = path.read_text(encoding="utf-8")
    if "say(" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            yield node


def _literals(call: ast.Call, place: str) -> tuple[str, str]:
    texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(texts) != 2 or len(call.args) != 2 or not set(texts[0]) <= _CODE:
        raise WrongSentence(f"{place}: code and sentence are two literals, the code in upper case.")
    return texts[0], texts[1]


def main(arguments: list[str]) -> int:
    """Exit status 0, or 1 when `--check` finds a difference."""
    check = "--check" in arguments
    names = [argument for argument in arguments if argument != "--check"]
    path = Path(names[0]) if names else DEFAULT
    text = orjson.dumps(codes(), option=orjson.OPT_INDENT_2) + b"\n"
    if check and (not path.exists() or path.read_bytes() != text):
        print(f"{path.name} is not current: run `make schema` and commit it.", file=sys.stderr)
        return 1
    if not check:
        path.write_bytes(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
