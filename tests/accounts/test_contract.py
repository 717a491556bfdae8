"""Every promised operation on accounts, run word for word, one after the other as people would."""

import time
from datetime import UTC, datetime, timedelta

import pyotp

from tests.support.client import Client
from tests.support.contract import operations
from tests.support.people import Person
from tests.support.system import System

OPERATIONS = operations()


async def run(client: Client, operation: str, /, **variables: object) -> dict:
    """The value of the operation's only root field; a mutation has no errors."""
    (value,) = (await client.run(OPERATIONS[operation], **variables)).values()
    assert value.pop("errors", []) == [], value
    return value


async def test_an_account_from_its_making_to_its_end(system: System, boss: Person) -> None:
    password = "a staple of batteries"
    wanted = {"email": "contract@example.com", "displayName": "Connie", "role": "EDITOR", "password": password}
    user = (await run(boss, "CreateUser", input=wanted))["user"]
    assert user == {"id": user["id"], "email": "contract@example.com", "displayName": "Connie", "role": "EDITOR", "active": True}
    async with Client(system.url) as person, Client(system.url) as program:
        await person.sign_in("contract@example.com", password)
        enrolled = await run(person, "EnrollTotp")
        confirmed = await run(person, "ConfirmTotp", input={"code": pyotp.TOTP(enrolled["secret"]).now()})
        assert (len(confirmed["recoveryCodes"]), confirmed["viewer"]) == (10, {"mfaEnabled": True})
        signed_in = await run(person, "SignIn", input={"email": "contract@example.com", "password": password})
        assert signed_in["session"] is None
        challenge = signed_in["mfaChallenge"]
        assert timedelta(0) < datetime.fromisoformat(challenge["expiresAt"]) - datetime.now(UTC) <= timedelta(minutes=5)
        code = pyotp.TOTP(enrolled["secret"]).at(int(time.time()) + 30)
        session = (await run(person, "VerifyTotp", input={"challengeToken": challenge["token"], "code": code}))["session"]
        person.token = session["accessToken"]
        viewer = await run(person, "Viewer")
        assert viewer | {"id": ""} == {
            "id": "",
            "email": "contract@example.com",
            "displayName": "Connie",
            "role": "EDITOR",
            "mfaEnabled": True,
        }
        made = await run(person, "CreateApiKey", input={"name": "load", "scopes": ["READ", "WRITE"], "expiresAt": None})
        program.token = made["secret"]
        assert made["secret"].startswith(made["apiKey"]["prefix"])
        assert (await run(program, "Viewer"))["email"] == "contract@example.com"
        revoked = await run(person, "RevokeApiKey", input={"id": made["apiKey"]["id"]})
        assert revoked["apiKey"]["revokedAt"] is not None
        assert await program.run(OPERATIONS["Viewer"]) == {"viewer": None}
        changed = await run(boss, "UpdateUser", input={"id": user["id"], "role": "VIEWER", "active": False, "displayName": None})
        assert changed["user"] == {"id": user["id"], "role": "VIEWER", "active": False}
        assert await person.run(OPERATIONS["Viewer"]) == {"viewer": None}
    page = await run(boss, "Users", first=1, after=None)
    assert page["pageInfo"]["hasNextPage"] is True
    events = await run(boss, "AuditEvents", first=100, after=None, filter={"targetId": user["id"]})
    actions = {edge["node"]["action"] for edge in events["edges"]}
    assert {"user.create", "totp.enrol", "totp.confirm", "user.update"} <= actions
