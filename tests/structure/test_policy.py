"""Every field of the schema has a rule in `app.api.policy`, and every rule a field."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from graphql import GraphQLObjectType

from app.api import policy
from app.api.policy import POLICY, Who
from app.api.schema import make_schema
from app.context import Context
from app.core import guard
from app.core.ids import uuid7
from app.core.viewer import Role, Scope, Viewer
from app.models import Base
from app.resolvers.nodes import FINDERS

ROOT = Path(__file__).parents[2]
ROOTS = {"Query", "Mutation", "Subscription"}
UNSCOPED = {
    "api_keys", "audit_chains", "audit_checkpoints", "audit_events", "audit_links", "external_identities", "idempotency_keys", "inboxes", "mails", "mfa_challenges", "notices", "notification_channels", "notification_deliveries", "one_time_links",
    "recovery_codes", "refresh_tokens", "rule_template_rules", "rule_templates", "sign_in_sessions", "signing_keys", "tasks", "team_members", "teams", "users",
}  # fmt: skip
"""Tables that hold nothing of a dataset. What the guard protects is all the others."""


def fields() -> set[tuple[str, str]]:
    """(type, field) of everything that can be asked for."""
    types = make_schema()._schema.type_map.values()
    return {
        (one.name, name) for one in types if isinstance(one, GraphQLObjectType) and one.name[:2] != "__" for name in one.fields
    }


def test_every_field_has_a_rule_and_every_rule_a_field() -> None:
    without_rule = sorted(fields() - set(POLICY))
    without_field = sorted(set(POLICY) - fields())
    assert (without_rule, without_field) == ([], []), "add or remove them in app/api/policy.py"


def test_no_field_has_two_rules() -> None:
    entries = [key for key, _ in policy._entries()]
    assert len(entries) == len(set(entries))


def test_roots_say_who_and_all_else_follows_its_parent() -> None:
    following = {Who.PARENT, Who.MANAGER, Who.CONCERNED, Who.UNMASKED}
    assert [key for key, who in POLICY.items() if (key[0] in ROOTS) is (who in following)] == []


OPEN_TO_KEYS = {Who.WRITER, Who.WATCHER, Who.SELF, Who.ADMINISTRATOR, Who.EDITOR, Who.WRITE, Who.UPLOADER, Who.MANAGE, Who.OWNER}
"""Rules of mutations, all of which begin with the scope WRITE."""


def test_mutations_are_for_people_or_for_keys_that_may_write() -> None:
    rules = {name: who for (root, name), who in POLICY.items() if root == "Mutation"}
    # Who calls these is nobody yet, or gives up what the request itself brought: a key bounds nothing of it.
    assert {name for name, who in rules.items() if who is Who.ANYBODY} == {
        "signIn", "verifyTotp", "refreshSession", "signOut", "requestPasswordReset", "resetPassword", "acceptInvitation",
    }  # fmt: skip
    assert set(rules.values()) - {Who.ANYBODY} == OPEN_TO_KEYS | {Who.PERSON}


def viewer_with(scope: Scope | None) -> Viewer:
    """An administrator, as a person or by a key."""
    return Viewer(uuid7(), "a@example.com", "a", Role.ADMIN, scope=scope)


@pytest.mark.parametrize("scope", Scope)
async def test_a_key_is_refused_in_front_of_every_mutation_that_is_not_for_it(scope: Scope) -> None:
    types = make_schema()._schema
    assert types.mutation_type is not None
    reached, refused = set(), {}
    for name, field in types.mutation_type.fields.items():
        # There is nothing behind it: what is not refused fails for want of it.
        context = Context(resources=None, viewer_or_none=viewer_with(scope))  # type: ignore[arg-type]
        try:
            assert field.resolve is not None
            payload = await field.resolve(None, SimpleNamespace(context=context))
        except (AttributeError, TypeError):
            reached.add(name)
            continue
        refused[name] = [error.code.value for error in payload.errors]
    rules = {name: who for (root, name), who in POLICY.items() if root == "Mutation"}
    kept = {Who.PERSON} if scope > Scope.READ else OPEN_TO_KEYS | {Who.PERSON}
    # It answers without looking at anything.
    expected = {name: ["FORBIDDEN"] for name, who in rules.items() if who in kept}
    assert {name: codes for name, codes in refused.items() if rules[name] is not Who.ANYBODY} == expected
    assert {name for name in reached if rules[name] is not Who.ANYBODY} == set(rules) - set(expected) - {
        name for name, who in rules.items() if who is Who.ANYBODY
    }


def test_a_mutation_without_a_rule_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(POLICY, ("Mutation", "createDataset"))
    with pytest.raises(LookupError, match=r"^The mutation createDataset has no rule"):
        make_schema()


def test_every_table_is_guarded_or_named_as_one_that_holds_nothing_of_a_dataset() -> None:
    assert {table.name for table in Base.metadata.tables.values() if not guard.is_scoped(table)} == UNSCOPED


def test_every_object_with_an_id_is_found_by_it() -> None:
    types = make_schema()._schema.type_map.values()
    nodes = {one.name for one in types if isinstance(one, GraphQLObjectType) and "Node" in {face.name for face in one.interfaces}}
    assert nodes == set(FINDERS)


AS_SYSTEM = {
    "accounts/accounts", "accounts/external_sign_in", "accounts/failures", "accounts/links", "accounts/sessions", "accounts/sign_in", "accounts/signing_keys",
    "audit/chain", "audit/checkpoints", "datasets/search", "healing", "ingest/ingests", "live", "notifications/live",
    "quality/results", "quality/tables", "quality/ticks", "uploads/storage_cleanup",
}  # fmt: skip
"""Services that act for the system itself, which the guard does not examine: before anybody is signed in, or in the background."""


def test_only_known_services_act_for_the_system() -> None:
    services = ROOT / "app/services"
    acting = {
        str(path.relative_to(services).with_suffix(""))
        for path in services.rglob("*.py")
        if re.search(r"\bSystem\(", path.read_text())
    }
    assert acting == AS_SYSTEM
    answering = [path for name in ("schema", "resolvers", "loaders") for path in (ROOT / "app" / name).rglob("*.py")]
    # Signing out late: who has no access token any more is known by the refresh token alone.
    assert [path.stem for path in answering if re.search(r"\bSystem\(", path.read_text())] == ["accounts"]
