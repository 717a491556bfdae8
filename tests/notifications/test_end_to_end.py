"""From planted defects to everybody who is told, and back: over real SMTP, HTTP and WebSocket."""

from urllib.parse import urlsplit

from tests.notifications.receivers import Mailbox, Receiver
from tests.notifications.telling import channel, inbox, log
from tests.quality_runs.checking import BAD, GOOD, PUBLISH, rule, run_of, uploaded
from tests.support.people import People
from tests.support.socket import Socket
from tests.support.system import System, until

CHANGES = (
    "subscription { notificationsChanged { sequence unreadCount notification { kind title dataset { id } version { id } } } }"
)
RUNS = """subscription R($d: ID!) { qualityRunChanged(datasetId: $d) { sequence run { status version { id } } } }"""
STATUS = """subscription S($d: ID!) { datasetStatusChanged(datasetId: $d) { sequence dataset { status }
    version { id status isCurrent } } }"""
INCIDENT = "query I($d: ID!) { incidents(first: 5, filter: {datasetId: $d}) { edges { node { id state } } } }"


async def test_defects_are_refused_and_told_and_their_correction_too(
    telling: System, people: People, mailbox: Mailbox, receiver: Receiver
) -> None:
    owner = people.editor
    dataset_id = await owner.create("Fruit prices", visibility="RESTRICTED")
    made = await rule(owner, dataset_id, "nulls", name="Every price is there", fieldPath="price", blocksPublication=True)
    mail = (await channel(owner, "EMAIL", owner.email))["channel"]
    hook = await channel(owner, "WEBHOOK", receiver.url)
    async with (
        await Socket.signed_in(telling.url, owner.token) as notices,
        await Socket.signed_in(telling.url, owner.token) as runs,
        await Socket.signed_in(telling.url, owner.token) as status,
    ):
        await notices.subscribe(CHANGES)
        assert await notices.next() == {"sequence": 0, "unreadCount": 0, "notification": None}
        await runs.subscribe(RUNS, d=dataset_id)
        await status.subscribe(STATUS, d=dataset_id)
        assert (await status.next())["dataset"] == {"status": "DRAFT"}

        bad = await uploaded(owner, dataset_id, BAD)
        first = await run_of(owner, dataset_id, bad)
        assert first["status"] == "FAILED"
        refused = await owner.mutate(PUBLISH, versionId=bad)
        assert (refused["version"], [one["rule"]["id"] for one in refused["violations"]]) == (None, [made["id"]])
        assert await notices.next() == {
            "sequence": 1,
            "unreadCount": 1,
            "notification": {
                "kind": "INCIDENTS_OPENED", "title": "Fruit prices: 1 rule fails on version 1", "dataset": {"id": dataset_id},
                "version": {"id": bad},
            },
        }  # fmt: skip
        (letter,) = await mailbox.until(owner.email, 1)
        assert letter["Subject"] == "Fruit prices: 1 rule fails on version 1"
        slug = "fruit-prices"
        assert letter.get_content() == (
            "Fruit prices, version 1\n\nFails now:\n- Every price is there (CRITICAL)\n\nOpen incidents of the dataset: 1\n"
            f"{telling.url}/datasets/{slug}/quality\n"
        )
        (posted,) = await receiver.until(1)
        assert posted.is_signed_with(hook["signingSecret"])
        (incident,) = [edge["node"] for edge in (await owner.run(INCIDENT, d=dataset_id))["incidents"]["edges"]]
        assert incident["state"] == "ACTIVE"
        assert (posted.path, posted.headers["content-type"]) == ("/hook?token=receiver-canary", "application/json")
        told = posted.json
        assert (told["type"], told["data"]["text"]) == ("incident.opened", letter.get_content())
        assert {key: told["data"][key] for key in ("dataset", "version", "run", "opened", "resolved", "openCount")} == {
            "dataset": {"id": dataset_id, "name": "Fruit prices", "slug": slug},
            "version": {"id": bad, "number": 1},
            "run": {"id": first["id"]},
            "opened": [
                {"incidentId": incident["id"], "ruleId": made["id"], "title": "Every price is there", "priority": "CRITICAL", "reopened": False}
            ],
            "resolved": [],
            "openCount": 1,
        }  # fmt: skip

        good = await uploaded(owner, dataset_id, GOOD)
        assert (await run_of(owner, dataset_id, good))["status"] == "PASSED"
        published = await owner.mutate(PUBLISH, versionId=good)
        assert published["version"] == {"isCurrent": True}
        assert (await notices.next())["notification"]["title"] == "Fruit prices: 1 rule passes again on version 2"
        assert [mail["Subject"] for mail in await mailbox.until(owner.email, 2)] == [
            "Fruit prices: 1 rule fails on version 1",
            "Fruit prices: 1 rule passes again on version 2",
        ]
        assert (await receiver.until(2))[1].json["type"] == "incident.resolved"
        assert (await owner.run(INCIDENT, d=dataset_id))["incidents"]["edges"][0]["node"]["state"] == "RESOLVED"

        seen = [await runs.next() for _ in range(6)]
        assert [(one["run"]["version"]["id"], one["run"]["status"]) for one in seen] == [
            (version, state) for version, last in ((bad, "FAILED"), (good, "PASSED")) for state in ("QUEUED", "RUNNING", last)
        ]
        event = await status.next()
        while event["dataset"]["status"] != "ACTIVE":
            event = await status.next()
        assert event["version"] == {"id": good, "status": "READY", "isCurrent": True}

    async def ended() -> bool:
        logs = [await log(owner, one["id"]) for one in (mail, hook["channel"])]
        return [[one["status"] for one in deliveries] for deliveries in logs] == [["DELIVERED"] * 2] * 2

    await until(ended, "the deliveries to be in the logs")
    assert [(one["status"], one["attempts"], one["responseCode"]) for one in await log(owner, hook["channel"]["id"])] == [
        ("DELIVERED", 1, 204),
        ("DELIVERED", 1, 204),
    ]
    assert [one["kind"] for one in await inbox(owner)] == ["INCIDENTS_RESOLVED", "INCIDENTS_OPENED"]
    assert await inbox(people.other) == []
    assert urlsplit(receiver.url).query not in str(
        await owner.run("query N($i: ID!) { node(id: $i) { ... on NotificationChannel { target } } }", i=hook["channel"]["id"])
    )
