"""Texts of notifications: `{{ name }}` of a closed set of variables, and nothing else: no code, no conditions."""

import re
from collections.abc import Mapping

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.services import texts

MAX_SUBJECT, MAX_BODY = 200, 10_000
VARIABLES: dict[str, str] = {
    "headline": say("VARIABLE_HEADLINE", "One line: what changed on which dataset."),
    "changes": say("VARIABLE_CHANGES", "The rules that fail now and those that pass again, one a line."),
    "event": say("VARIABLE_EVENT", "INCIDENT_OPENED, or INCIDENT_RESOLVED when nothing fails anew."),
    "priority": say(
        "VARIABLE_PRIORITY", "The highest priority of what fails now: LOW, MEDIUM, HIGH or CRITICAL; empty when nothing does."
    ),
    "dataset.name": say("VARIABLE_DATASET_NAME", "Name of the dataset."),
    "dataset.slug": say("VARIABLE_DATASET_SLUG", "Its name in addresses."),
    "dataset.url": say("VARIABLE_DATASET_URL", "Its page."),
    "version.number": say("VARIABLE_VERSION_NUMBER", "Number of the version that was checked."),
    "version.label": say("VARIABLE_VERSION_LABEL", "Its label; empty when it has none."),
    "quality.url": say("VARIABLE_QUALITY_URL", "The page with the dataset's rules and incidents."),
    "opened.count": say("VARIABLE_OPENED_COUNT", "How many rules fail now that did not before."),
    "opened.list": say("VARIABLE_LIST", "Those rules, one a line."),
    "resolved.count": say("VARIABLE_RESOLVED_COUNT", "How many rules pass again."),
    "resolved.list": say("VARIABLE_LIST", "Those rules, one a line."),
    "open.count": say("VARIABLE_OPEN_COUNT", "How many incidents of the dataset are open, all together."),
    "time": say("VARIABLE_TIME", "When it was found, UTC."),
    "channel.name": say("VARIABLE_CHANNEL_NAME", "Name of the channel that tells it."),
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
        raise InvalidInput(say("TEXT_LENGTH", "At most {most:,} characters.", most=longest), path=(field,))
    texts.reject_nul(template, field)
    unknown = [name for name in dict.fromkeys(_names(template)) if name not in VARIABLES]
    if unknown:
        raise InvalidInput(
            say(
                "NO_SUCH_VARIABLE",
                "There is no variable {names}. There are: {variables}.",
                names=", ".join(repr(name[:40]) for name in unknown[:5]),
                variables=", ".join(VARIABLES),
            ),
            path=(field,),
        )
    left = _PLACE.sub("", template)
    if "{{" in left or "}}" in left:
        raise InvalidInput(
            say("VARIABLE_BRACES", "A variable is written {{{{name}}}}: two braces open it, and two close it."), path=(field,)
        )
    return template


def render(template: str, values: Mapping[str, str]) -> str:
    """The text, every variable replaced once: what a value holds is never looked at."""
    return _PLACE.sub(lambda match: values.get(match[1].strip(), ""), template)


def line(text: str) -> str:
    """The text in one line, as a subject has to be."""
    return " ".join(text.split())[:MAX_SUBJECT]


def _names(template: str) -> list[str]:
    return [match[1].strip() for match in _PLACE.finditer(template)]
