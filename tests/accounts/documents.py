"""Operations on accounts, and how they are refused."""

from redis.asyncio import Redis

from app.services.rate_limits import PREFIX
from tests.support.client import Client
from tests.support.people import Person
from tests.support.system import System

ERRORS = "errors { code message path }"
VIEWER = "{ viewer { email } }"
ENROL = f"mutation {{ enrollTotp {{ secret otpauthUri qrCodeSvg {ERRORS} }} }}"
CONFIRM = (
    f"mutation M($input: ConfirmTotpInput!) {{ confirmTotp(input: $input) {{ recoveryCodes viewer {{ mfaEnabled }} {ERRORS} }} }}"
)
VERIFY = f"mutation M($input: VerifyTotpInput!) {{ verifyTotp(input: $input) {{ session {{ accessToken viewer {{ mfaEnabled }} }} {ERRORS} }} }}"
STEP_UP = f"mutation M($input: StepUpInput!) {{ stepUp(input: $input) {{ {ERRORS} }} }}"
DISABLE = f"mutation {{ disableTotp {{ viewer {{ mfaEnabled }} {ERRORS} }} }}"
RENEW = f"mutation {{ renewRecoveryCodes {{ recoveryCodes {ERRORS} }} }}"
CREATE_KEY = f"""mutation M($input: CreateApiKeyInput!) {{ createApiKey(input: $input) {{
    apiKey {{ id name prefix scopes expiresAt lastUsedAt revokedAt }} secret {ERRORS} }} }}"""
REVOKE_KEY = f"mutation M($input: RevokeApiKeyInput!) {{ revokeApiKey(input: $input) {{ apiKey {{ id revokedAt }} {ERRORS} }} }}"
CREATE_USER = f"mutation M($input: CreateUserInput!) {{ createUser(input: $input) {{ user {{ id email displayName role active }} {ERRORS} }} }}"
UPDATE_USER = (
    f"mutation M($input: UpdateUserInput!) {{ updateUser(input: $input) {{ user {{ id role active displayName }} {ERRORS} }} }}"
)
TEAM = "team { id name description members(first: 100) { edges { node { email } } } }"
CREATE_TEAM = f"mutation M($input: CreateTeamInput!) {{ createTeam(input: $input) {{ {TEAM} {ERRORS} }} }}"
UPDATE_TEAM = f"mutation M($input: UpdateTeamInput!) {{ updateTeam(input: $input) {{ {TEAM} {ERRORS} }} }}"
DELETE_TEAM = f"mutation M($input: DeleteTeamInput!) {{ deleteTeam(input: $input) {{ deletedId {ERRORS} }} }}"
ADD_MEMBER = f"mutation M($input: TeamMemberInput!) {{ addTeamMember(input: $input) {{ {TEAM} {ERRORS} }} }}"
REMOVE_MEMBER = f"mutation M($input: TeamMemberInput!) {{ removeTeamMember(input: $input) {{ {TEAM} {ERRORS} }} }}"
CHANGE_PASSWORD = f"mutation M($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ {ERRORS} }} }}"
SESSIONS = "{ sessions { id createdAt lastUsedAt expiresAt ipAddress userAgent isCurrent } }"
REVOKE_SESSION = f"mutation M($input: RevokeSessionInput!) {{ revokeSession(input: $input) {{ revokedId {ERRORS} }} }}"
EVERYWHERE = f"mutation {{ signOutEverywhere {{ {ERRORS} }} }}"


async def refused(client: Client, mutation: str, **input: object) -> tuple[str, str]:
    """(code, message) of a mutation's only error; nothing else is in its payload."""
    payload = await (client.mutate(mutation, **input) if "$input" in mutation else only(client, mutation))
    (error,) = payload.pop("errors")
    assert all(value in (None, []) for value in payload.values()), payload
    return error["code"], error["message"]


async def done(client: Client, mutation: str, **input: object) -> dict:
    """The payload of a mutation that was done."""
    payload = await (client.mutate(mutation, **input) if "$input" in mutation else only(client, mutation))
    assert payload.pop("errors") == [], payload
    return payload


async def only(client: Client, operation: str) -> dict:
    """The only field of an operation without input."""
    (payload,) = (await client.run(operation)).values()
    return payload


async def code_after(client: Client, mutation: str, **input: object) -> str:
    """How a mutation ended: "", or the code of its only error, wherever that stands."""
    body = (await client.post(mutation, {"input": input} if "$input" in mutation else {})).json()
    if body.get("data") is None:
        return str(body["errors"][0]["extensions"]["code"])
    (payload,) = body["data"].values()
    return str(payload["errors"][0]["code"]) if payload["errors"] else ""


async def later(system: System) -> None:
    """Every window in which something is counted has passed."""
    async with Redis.from_url(system.environment["DATAKURA_REDIS_URL"]) as redis:
        if keys := [key async for key in redis.scan_iter(f"{PREFIX}*")]:
            await redis.delete(*keys)


async def proved_long_ago(system: System, person: Person) -> None:
    """The session of this person has gone on for eleven minutes since they proved who they are."""
    await execute(
        system, "UPDATE sign_in_sessions SET authenticated_at = now() - interval '11 minutes' WHERE id = $1", person.session_id
    )


async def execute(system: System, statement: str, *values: object) -> None:
    """A statement on the database of the system."""
    connection = await system.database()
    await connection.execute(statement, *values)
    await connection.close()


async def fetch(system: System, statement: str, *values: object) -> list[tuple]:
    """Rows of the database of the system."""
    connection = await system.database()
    rows = await connection.fetch(statement, *values)
    await connection.close()
    return [tuple(row) for row in rows]
