"""Texts of notifications: `{{ name }}` of a closed set of variables, and nothing else: no code, no conditions."""

import re
from collections.abc import Mapping

from app.core.errors import InvalidInput
from app.services import texts

MAX_SUBJECT, MAX_BODY = 200, 10_000
VARIABLES: dict[str, str] = {
    "headline": "One line: what changed on which dataset.",
    "changes": "The rules that fail now and those that pass again, one a line.",
    "event": "INCIDENT_OPENED, or INCIDENT_RESOLVED when nothing fails anew.",
    "priority": "The highest priority of what fails now: LOW, MEDIUM, HIGH or CRITICAL; empty when nothing does.",
    "dataset.name": "Name of the dataset.",
    "dataset.slug": "Its name in addresses.",
    "dataset.url": "Its page.",
    "version.number": "Number of the version that was checked.",
    "version.label": "Its label; empty when it has none.",
    "quality.url": "The page with the dataset's rules and incidents.",
    "opened.count": "How many rules fail now that did not before.",
    "opened.list": "Those rules, one a line.",
    "resolved.count": "How many rules pass again.",
    "resolved.list": "Those rules, one a line.",
    "open.count": "How many incidents of the dataset are open, all together.",
    "time": "When it was found, UTC.",
    "channel.name": "Name of the channel that tells it.",
}
SUBJECT = "{{headline}}"
BODY = """{{dataset.name}}, version {{version.number}}

{{changes}}

Open incidents of the dataset: {{open.count}}
{{quality.url}}
"""
_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def checked(template: str | None, field: str) -> str | None:
    """The template; None for nothing but blanks: then the usual text is used.

    Raises:
        InvalidInput: too long, a variable that does not exist, or a brace that is not closed.
    """
    if template is None or not template.strip():
        return None
    longest = MAX_SUBJECT if field == "subjectTemplate" else MAX_BODY
    if len(template) > longest:
        raise InvalidInput(f"At most {longest:,} characters.", path=(field,))
    texts.reject_nul(template, field)
    unknown = [name for name in dict.fromkeys(_names(template)) if name not in VARIABLES]
    if unknown:
        raise InvalidInput(
            f"There is no variable {', '.join(repr(name[:40]) for name in unknown[:5])}. There are: {', '.join(VARIABLES)}.",
            path=(field,),
        )
    left = _PLACE.sub("", template)
    if "{{" in left or "}}" in left:
        raise InvalidInput("A variable is written {{name}}: two braces open it, and two close it.", path=(field,))
    return template


def render(template: str, values: Mapping[str, str]) -> str:
    """The text, every variable replaced once: what a value holds is never looked at."""
    return _PLACE.sub(lambda match: values.get(match[1].strip(), ""), template)


def line(text: str) -> str:
    """The text in one line, as a subject has to be."""
    return " ".join(text.split())[:MAX_SUBJECT]


def _names(template: str) -> list[str]:
    return [match[1].strip() for match in _PLACE.finditer(template)]
