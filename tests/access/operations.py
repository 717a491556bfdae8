"""Operations that together reach every statement of the program, and how each mutation is called."""

from dataclasses import dataclass

from graphql import GraphQLSchema, get_named_type, is_leaf_type

from app.core.ids import uuid7
from app.schema.ids import to_id
from tests.access.world import CANARY, World

VERSION = """fragment Version on DatasetVersion { id number error { message } rejectedRows { text } warnings dataset { id }
    createdBy { id } files { id name downloadUrl } schemaFields { fieldPath description } profile { rowCount fieldProfiles { min topValues { value } } }
    rows(first: 2) { rows } latestQualityRun { id status } suggestedRules { key reason } }"""
DATASET = """fragment Dataset on Dataset { id name owner { id } viewerLevel watched accessGrants { id } tags { name } metadataEntries { key value }
    latestQualityMetrics { metricName } qualityMetrics(first: 5) { edges { node { rule { name } } } } health { status }
    qualityRules(first: 5) { edges { node { name parameters template { name } lastResult { message }
        recentResults(first: 2) { value version { id } run { id } } } } } checkSchedules { cron }
    qualityRuns(first: 5) { edges { node { results { name message } } } }
    currentVersion { ...Version } versions(first: 5) { edges { node { id label } } } }"""


CONTRACT = """{"kind": "DataContract", "apiVersion": "v3.1.0", "id": "a", "version": "1.0.0", "status": "active",
    "schema": [{"name": "table", "properties": [{"name": "email", "description": "changed"}]}]}"""


@dataclass(frozen=True)
class Ids:
    """What a mutation is tried on."""

    dataset: str
    version: str
    failed: str
    upload: str
    grant: str
    rule: str
    incident: str
    schedule: str
    user: str
    """Who may be granted access, or own datasets."""


def ids(world: World) -> Ids:
    """Of the world's own dataset."""
    return Ids(
        world.dataset,
        world.version,
        world.failed,
        world.upload,
        world.grant,
        world.rule,
        world.incident,
        world.schedule,
        world.people["writer"].id,
    )


def reads(world: World) -> list[tuple[str, dict[str, object]]]:
    """(document, variables) of every way to ask for the restricted dataset."""
    fragments = DATASET + VERSION
    return [
        ("query($id: ID!) { dataset(id: $id) { ...Dataset } }" + fragments, {"id": world.dataset}),
        ("query($slug: String!) { datasetBySlug(slug: $slug) { ...Dataset } }" + fragments, {"slug": world.slug}),
        (
            'query($n: String!) { datasets(first: 5, filter: {nameContains: $n}) { edges { node { ...Dataset } } } }' + fragments,
            {"n": CANARY},
        ),
        ("query($q: String!) { searchDatasets(query: $q, first: 5) { totalCount facets { buckets { label } } edges { highlights { fragment } "
         "node { ...Dataset } } } }" + fragments, {"q": CANARY}),
        ("query($q: String!) { searchDatasets(query: $q, first: 5) { totalCount } }", {"q": "canery"}),
        ("query($p: String!) { suggestDatasets(prefix: $p) { ...Dataset } }" + fragments, {"p": CANARY[:3]}),
        ("query($id: ID!) { datasetVersion(id: $id) { ...Version } }" + VERSION, {"id": world.version}),
        ("query($id: ID!) { datasetVersion(id: $id) { ...Version } }" + VERSION, {"id": world.failed}),
        ("query($a: ID!) { compareVersions(base: $a, head: $a) { schemaChanges { fieldPath } } }", {"a": world.version}),
        ("query($id: ID!) { incidents(first: 5, filter: {datasetId: $id}) { edges { node { title comments { text } } } } }", {"id": world.dataset}),
        ("query($id: ID!) { dataContract(datasetId: $id) { yaml notes } }", {"id": world.dataset}),
        ("query($id: ID!) { checkSchedules(first: 5, filter: {datasetId: $id}) { edges { node { cron lastRun { id } rules { name } } } } }", {"id": world.dataset}),
        ("query { ruleTemplates(first: 5) { edges { node { name datasetCount ruleCount } } } }", {}),
        ("query($id: ID!) { datasetActivity(datasetId: $id, first: 5) { edges { node { names actor { displayName } version { label } } } } }", {"id": world.dataset}),
        ("query($id: ID!) { qualityRun(id: $id) { status results { name } } }", {"id": world.run}),
        ("query($id: ID!) { upload(id: $id) { fileName } }", {"id": world.upload}),
        *(
            ("query($id: ID!) { node(id: $id) { __typename id ... on FileObject { downloadUrl } } }", {"id": one})
            for one in (world.dataset, world.version, world.upload, world.grant, world.rule, world.run, world.result, world.incident, world.schedule, *world.files)
        ),
    ]  # fmt: skip


def mutations(on: Ids) -> dict[str, dict[str, object]]:
    """Mutation -> an input that is in order, so that only access decides."""
    return {
        "createDataset": {"name": f"By {uuid7()}", "visibility": "RESTRICTED"},
        "updateDataset": {"id": on.dataset, "revision": 1, "description": "changed"},
        "setMetadata": {"datasetId": on.dataset, "entries": [{"key": "changed", "value": 1}]},
        "removeMetadata": {"datasetId": on.dataset, "keys": [CANARY]},
        "updateSchemaField": {"versionId": on.version, "fieldPath": "email", "description": "changed"},
        "startUpload": {"datasetId": on.dataset, "fileName": "a.csv", "sizeBytes": 10},
        "retryVersion": {"versionId": on.failed},
        "rereadVersion": {"versionId": on.version, "options": {}},
        "publishVersion": {"versionId": on.version},
        "createQualityRule": {"datasetId": on.dataset, "name": "New", "type": "nulls", "fieldPath": "email"},
        "updateQualityRule": {"id": on.rule, "name": "changed"},
        "deleteQualityRule": {"id": on.rule},
        "backTestQualityRules": {
            "datasetId": on.dataset,
            "rules": [{"name": "Try", "type": "row_count", "operator": "EQUAL", "threshold": 1}],
        },
        "muteQualityRule": {"id": on.rule, "until": "2999-01-01T00:00:00Z"},
        "acceptQualityRuleSuggestion": {"versionId": on.version, "key": "nulls:email"},
        "dismissQualityRuleSuggestion": {"datasetId": on.dataset, "key": "nulls:email"},
        "importDataContract": {"datasetId": on.dataset, "yaml": CONTRACT},
        "updateIncident": {"id": on.incident, "stage": "FIXED"},
        "commentIncident": {"id": on.incident, "text": "changed"},
        "watchDataset": {"datasetId": on.dataset},
        "unwatchDataset": {"datasetId": on.dataset},
        "createCheckSchedule": {"datasetId": on.dataset, "cron": "0 0 1 1 *", "timezone": "UTC"},
        "updateCheckSchedule": {"id": on.schedule, "enabled": False},
        "deleteCheckSchedule": {"id": on.schedule},
        "runQualityChecks": {"versionId": on.version},
        "dryRunQualityRules": {
            "versionId": on.version,
            "rules": [{"name": "Try", "type": "row_count", "operator": "EQUAL", "threshold": 1}],
        },
        "completeUpload": {"uploadId": on.upload, "parts": [{"number": 1, "etag": "x"}]},
        "abortUpload": {"uploadId": on.upload},
        "grantAccess": {"datasetId": on.dataset, "userId": on.user, "level": "READ"},
        "revokeAccess": {"grantId": on.grant},
        "transferOwnership": {"datasetId": on.dataset, "userId": on.user},
        "archiveDataset": {"id": on.dataset},
        "deleteDataset": {"id": on.dataset},
        "restoreDataset": {"id": on.dataset},
    }


def account_mutations() -> dict[str, dict[str, object] | None]:
    """Mutations that are about no dataset; None: without an input. Nothing that they name exists."""
    user, team, session, key = (to_id(name, uuid7()) for name in ("User", "Team", "SignInSession", "ApiKey"))
    channel, delivery = (to_id(name, uuid7()) for name in ("NotificationChannel", "NotificationDelivery"))
    events = ["INCIDENT_OPENED"]
    member = {"teamId": team, "userId": user}
    return {
        "signIn": {"email": "nobody@example.com", "password": "a wrong password"},
        "verifyTotp": {"challengeToken": "x", "code": "123456"},
        "refreshSession": None,
        "signOut": None,
        "requestPasswordReset": {"email": "nobody@example.com"},
        "resetPassword": {"token": "x", "password": "a new password"},
        "acceptInvitation": {"token": "x", "password": "a new password"},
        "signOutEverywhere": None,
        "changePassword": {"currentPassword": "a wrong password", "newPassword": "a new password"},
        "stepUp": {"code": "123456"},
        "enrollTotp": None,
        "confirmTotp": {"code": "123456"},
        "disableTotp": None,
        "renewRecoveryCodes": None,
        "createApiKey": {"name": "A key", "scopes": ["READ"]},
        "revokeSession": {"id": session},
        "revokeApiKey": {"id": key},
        "createNotificationChannel": {"name": "Hook", "type": "WEBHOOK", "target": "https://example.com/a", "events": events},
        "updateNotificationChannel": {"id": channel, "enabled": False},
        "deleteNotificationChannel": {"id": channel},
        "rotateSigningSecret": {"channelId": channel},
        "sendTestNotification": {"channelId": channel},
        "replayNotificationDelivery": {"id": delivery},
        "markNotificationsRead": {"upToSequence": 1},
        "createUser": {"email": f"{uuid7()}@example.com", "displayName": "x", "role": "VIEWER"},
        "updateUser": {"id": user, "displayName": "x"},
        "createTeam": {"name": f"Team {uuid7()}"},
        "updateTeam": {"id": team, "name": "x"},
        "deleteTeam": {"id": team},
        "addTeamMember": member,
        "createRuleTemplate": {
            "name": f"Template {uuid7()}",
            "tag": f"tag-{uuid7()}",
            "rules": [{"name": "Rows", "type": "row_count", "operator": "EQUAL", "threshold": 1}],
        },
        "updateRuleTemplate": {"id": to_id("RuleTemplate", uuid7()), "name": "x"},
        "deleteRuleTemplate": {"id": to_id("RuleTemplate", uuid7())},
        "removeTeamMember": member,
        "endUserSessions": {"userId": user},
        "sendUserLink": {"userId": user},
        "resetUserSecondFactor": {"userId": user},
        "replayTask": {"id": to_id("Task", uuid7())},
        "rebuildSearchIndex": None,
        "setStorageQuota": {"userId": user, "quotaBytes": 1},
    }


def mutation(schema: GraphQLSchema, name: str) -> str:
    """A document that calls the mutation with `$input` and asks for everything that its payload says."""
    assert schema.mutation_type is not None
    field = schema.mutation_type.fields[name]
    payload = get_named_type(field.type)
    parts = []
    for key, one in payload.fields.items():  # type: ignore[union-attr]
        leaf = is_leaf_type(get_named_type(one.type))
        parts.append(key if leaf else "errors { code message path }" if key == "errors" else f"{key} {{ __typename }}")
    inner = f"{name}{'(input: $input)' if field.args else ''} {{ {' '.join(parts)} }}"
    argument = f"($input: {field.args['input'].type})" if field.args else ""
    return f"mutation{argument} {{ {inner} }}"
