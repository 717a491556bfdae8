"""Own words for notifications: a closed set of names, replaced once, and nothing that runs."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from app.adapters.webhooks.client import MOST_BYTES
from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.schema.ids import to_id
from app.services.notifications import templates
from app.services.notifications import texts as said
from app.services.notifications.channels import MAX_CHANNELS, MAX_DATASETS
from app.services.notifications.deliveries import DELAYS
from app.services.notifications.messages import Message, Told, headline
from app.services.notifications.notices import KEPT_DAYS
from app.services.notifications.texts import Text, Words

URL = "https://data.example.com"
PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text(encoding="utf-8")


def test_the_page_names_every_variable_and_the_numbers_of_the_code() -> None:
    assert [name for name in templates.VARIABLES if f"`{name}`" not in PAGE] == []
    assert DELAYS == (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800)
    for sentence in (
        "tried ten times over about 16 hours, after 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h,\n4 h and 8 h",
        f"makes at most {MAX_CHANNELS} channels",
        f"Up to {MAX_DATASETS} datasets",
        f"the log of {KEPT_DAYS} days",
        f"at most {MOST_BYTES >> 10} KiB",
    ):
        assert sentence in PAGE


def told(title: str, priority: str = "HIGH", *, reopened: bool = False) -> Told:
    return Told(uuid7(), uuid7(), title, priority, reopened, None)


def message(
    opened: tuple[Told, ...] = (), resolved: tuple[Told, ...] = (), *, muted: bool = False, name: str = "Orders"
) -> Message:
    moment = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    run, version = (None, None) if muted else (uuid7(), uuid7())
    return Message(uuid7(), uuid7(), name, "orders", run, version, None if muted else 7, "", opened, resolved, 3, moment)


def text(told_message: Message, *, subject: str | None = None, body: str | None = None) -> Text:
    return said.text_of(said.values_of(told_message, URL), Words("Team", subject, body))


@pytest.mark.parametrize(
    ("opened", "resolved", "muted", "expected"),
    [
        (1, 0, False, "Orders: 1 rule fails on version 7"),
        (2, 0, False, "Orders: 2 rules fail on version 7"),
        (0, 1, False, "Orders: 1 rule passes again on version 7"),
        (0, 3, False, "Orders: 3 rules pass again on version 7"),
        (2, 1, False, "Orders: 2 rules fail, 1 passes again on version 7"),
        (1, 2, False, "Orders: 1 rule fails, 2 pass again on version 7"),
        (1, 0, True, "Orders: 1 rule still fails"),
        (2, 0, True, "Orders: 2 rules still fail"),
    ],
)
def test_the_headline_says_what_changed(opened: int, resolved: int, muted: bool, expected: str) -> None:
    found = message(tuple(told("a") for _ in range(opened)), tuple(told("b") for _ in range(resolved)), muted=muted)
    assert headline(found) == expected


def test_the_usual_words() -> None:
    found = message((told("No nulls", "CRITICAL"), told("Range", "LOW", reopened=True)), (told("Fresh"),))
    assert text(found) == Text(
        "Orders: 2 rules fail, 1 passes again on version 7",
        "Orders, version 7\n\nFails now:\n- No nulls (CRITICAL)\n- Range (LOW, again)\n\nPasses again:\n- Fresh (HIGH)\n\n"
        "Open incidents of the dataset: 3\nhttps://data.example.com/datasets/orders/quality\n",
    )


def test_own_words_name_every_variable() -> None:
    found = message((told("No nulls", "CRITICAL"), told("Range", "LOW")), (told("Fresh"),))
    body = "\n".join(f"{name}={{{{ {name} }}}}" for name in templates.VARIABLES)
    assert templates.checked(body, "bodyTemplate") == body
    rendered = text(found, subject=" {{dataset.name}}\r\nBcc: x ", body=body)
    assert rendered.subject == "Orders Bcc: x"
    values = dict(line.split("=", 1) for line in rendered.body.split("\n") if "=" in line)
    assert {name: values[name] for name in templates.VARIABLES if "list" not in name and name != "changes"} == {
        "headline": "Orders: 2 rules fail, 1 passes again on version 7", "event": "INCIDENT_OPENED", "priority": "CRITICAL",
        "dataset.name": "Orders", "dataset.slug": "orders", "dataset.url": f"{URL}/datasets/orders", "version.number": "7",
        "version.label": "", "quality.url": f"{URL}/datasets/orders/quality", "opened.count": "2", "resolved.count": "1",
        "open.count": "3", "time": "2026-11-23 12:30:00 UTC", "channel.name": "Team",
    }  # fmt: skip
    assert set(said.example_values(URL)) | {"channel.name"} == set(templates.VARIABLES)


def test_what_a_value_holds_is_never_looked_at() -> None:
    found = message((told("{{dataset.slug}} {% x %} ${7*7}"),), name="{{channel.name}}")
    assert text(found, subject="{{dataset.name}}", body="{{opened.list}}") == Text(
        "{{channel.name}}", "- {{dataset.slug}} {% x %} ${7*7} (HIGH)"
    )


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{dataset.owner}}", "There is no variable 'dataset.owner'. There are: headline, changes,"),
        ("{{a}} {{b}} {{a}}", "There is no variable 'a', 'b'."),
        ("{{}}", "There is no variable ''."),
        ("{{ headline.__class__ }}", "There is no variable 'headline.__class__'."),
        ("{{headline", "A variable is written {{name}}"),
        ("headline}}", "A variable is written {{name}}"),
        ("{{{headline}}}", "There is no variable '{headline'."),
        ("x" * 10_001, "At most 10,000 characters."),
        ("a\x00b", "This text holds a character that cannot be stored"),
    ],
)
def test_a_template_that_could_not_be_filled_is_refused_when_it_is_saved(template: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        templates.checked(template, "bodyTemplate")
    assert refused.value.message.startswith(says)
    assert refused.value.path == ("bodyTemplate",)


def test_a_subject_is_short_and_blanks_are_no_template() -> None:
    assert [templates.checked(blank, "subjectTemplate") for blank in (None, "", " \n")] == [None, None, None]
    with pytest.raises(InvalidInput, match="At most 200"):
        templates.checked("x" * 201, "subjectTemplate")
    assert len(text(message((told("a"),), name="n" * 255)).subject) == 200


def test_fifty_rules_are_named_and_the_rest_is_counted() -> None:
    lines = text(message(tuple(told(f"Rule {n}") for n in range(52))), body="{{opened.list}}").body.split("\n")
    assert (len(lines), lines[0], lines[-1]) == (51, "- Rule 0 (HIGH)", "- and 2 more")


def test_in_slack_nobody_is_mentioned_by_a_name() -> None:
    body = orjson.loads(
        said.slack_body(text(message((told("<!channel> & <https://evil.example|here>"),)), body="{{opened.list}}"))
    )
    assert body["text"] == "Orders: 1 rule fails on version 7"
    assert body["blocks"][1]["text"] == {
        "type": "mrkdwn", "text": "- &lt;!channel&gt; &amp; &lt;https://evil.example|here&gt; (HIGH)",
    }  # fmt: skip


def test_a_webhook_names_objects_as_the_api_does_and_is_the_same_each_time() -> None:
    failing, recovered = told("a", reopened=True), told("b")
    found = message((failing,), (recovered,))
    moment = datetime(2026, 11, 23, 12, 31, tzinfo=UTC)
    body = said.webhook_body(found, text(found), moment)
    assert body == said.webhook_body(found, text(found), moment)
    parsed = orjson.loads(body)
    assert (parsed["type"], parsed["timestamp"]) == ("incident.opened", "2026-11-23T12:31:00+00:00")
    data = parsed["data"]
    assert found.version_id is not None
    assert found.run_id is not None
    assert (data["dataset"]["id"], data["version"], data["run"]) == (
        to_id("Dataset", found.dataset_id),
        {"id": to_id("DatasetVersion", found.version_id), "number": 7},
        {"id": to_id("QualityRun", found.run_id)},
    )
    assert data["opened"] == [
        {"incidentId": to_id("Incident", failing.incident_id), "ruleId": to_id("QualityRule", failing.rule_id), "title": "a",
         "priority": "HIGH", "reopened": True}
    ]  # fmt: skip
    assert [one["incidentId"] for one in data["resolved"]] == [to_id("Incident", recovered.incident_id)]
