"""`python -m app.api.export_schema [FILE]`: writes schema.graphql; with --check, fails when it is not current."""

import sys
from pathlib import Path

from app.api.schema import make_schema

DEFAULT = Path(__file__).parents[2] / "schema.graphql"


def main(arguments: list[str]) -> int:
    """Exit status 0, or 1 when `--check` finds a difference."""
    check = "--check" in arguments
    names = [argument for argument in arguments if argument != "--check"]
    path = Path(names[0]) if names else DEFAULT
    text = make_schema().as_str() + "\n"
    if check:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            print(f"{path.name} is not current: run `make schema` and commit it.", file=sys.stderr)
            return 1
        return 0
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
