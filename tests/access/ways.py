"""How each type of the schema is reached from the roots of queries, and one document a root that asks for all of them."""

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type

from tests.access.matrix import SCHEMA, object_type
from tests.access.world import CANARY, World

Way = tuple[tuple[str, str], ...]
"""(type, field) from Query down to a type."""
FIRST = (
    "datasetVersion", "dataset", "upload", "compareVersions", "searchDatasets", "datasets", "auditEvents", "sessions", "apiKeys",
    "users", "teams",
)  # fmt: skip
"""From these roots types are looked for before all others."""
NOTIFICATIONS = {
    "NotificationChannel", "NotificationChannelConnection", "NotificationChannelEdge", "NotificationDelivery",
    "NotificationDeliveryConnection", "NotificationDeliveryEdge", "Notification", "NotificationConnection", "NotificationEdge",
}  # fmt: skip
OF_ACCOUNTS = NOTIFICATIONS | {"SignInSession", "ApiKey"}
"""Types of which everybody sees their own."""
OF_ALL = {
    "FilePreview", "PreviewColumn", "RuleTemplate", "RuleTemplateRule", "RuleTemplateConnection", "RuleTemplateEdge",
    "QualityRuleType", "User", "UserActivity", "UserConnection", "UserEdge", "Team", "TeamConnection", "TeamEdge",
    "NotificationPreview", "NotificationVariable", "SignInOptions", "CheckScheduleTimes",
}  # fmt: skip
"""Types of which everybody sees the same, whatever they may do with the dataset."""
OF_ADMINISTRATORS = {
    "AuditEvent", "AuditEventConnection", "AuditEventEdge", "AuditTrail", "TaskQueue", "Task", "TaskConnection", "TaskEdge",
    "StorageReport", "StorageUse", "StorageUseConnection", "StorageUseEdge", "SystemHealth", "SystemDependency", "SystemProcess",
    "SearchIndexState",
}  # fmt: skip
_THEIR_ROOTS = ("sessions", "apiKeys", "teams", "users", "qualityRuleTypes", "ruleTemplates", "notification", "previewFile", "signInOptions", "checkScheduleTimes")  # fmt: skip
EXTRA = {("User", "apiKeys"): "{ id }"}
"""What is asked for of objects that another way leads to."""


def arguments(world: World) -> dict[tuple[str, str], str]:
    """For each field that needs any."""
    return {
        ("Query", "dataset"): f'(id: "{world.dataset}")',
        ("Query", "datasetBySlug"): f'(slug: "{world.slug}")',
        ("Query", "datasetVersion"): f'(id: "{world.version}")',
        ("Query", "compareVersions"): f'(base: "{world.version}", head: "{world.version}")',
        ("Query", "node"): f'(id: "{world.dataset}")',
        ("Query", "upload"): f'(id: "{world.upload}")',
        ("Query", "datasets"): f'(first: 5, filter: {{nameContains: "{CANARY}"}})',
        ("Query", "searchDatasets"): f'(query: "{CANARY}", first: 5)',
        ("Query", "suggestDatasets"): f'(prefix: "{CANARY}")',
        ("Query", "users"): f'(first: 10, filter: {{text: "{world.mark}"}})',
        ("Query", "teams"): f'(first: 5, text: "{world.mark}")',
        ("Query", "auditEvents"): f'(first: 5, filter: {{targetId: "{world.dataset}"}})',
        ("Query", "tasks"): "(first: 5)",
        ("Query", "storage"): "(first: 5)",
        ("Dataset", "accessOf"): f'(userId: "{world.people["reader"].id}")',
        ("Query", "qualityBackTest"): f'(id: "{world.batch}")',
        ("Query", "previewFile"): '(input: {head: "YSxiCjEsMgo=", isWhole: true, fileName: "a.csv"})',
        ("Query", "datasetActivity"): f'(datasetId: "{world.dataset}", first: 5)',
        ("Query", "notificationChannels"): "(first: 20)",
        ("Query", "notifications"): "(first: 50)",
        ("NotificationChannel", "deliveries"): "(first: 25)",
        ("Query", "incidents"): f'(first: 5, filter: {{datasetId: "{world.dataset}"}})',
        ("Query", "qualityRun"): f'(id: "{world.run}")',
        ("Query", "ruleTemplates"): "(first: 5)",
        ("Query", "dataContract"): f'(datasetId: "{world.dataset}")',
        ("Query", "checkSchedules"): f'(first: 5, filter: {{datasetId: "{world.dataset}"}})',
        ("Query", "checkScheduleTimes"): '(cron: "0 0 1 1 *")',
        ("Dataset", "versions"): "(first: 5)",
        ("Dataset", "qualityRules"): "(first: 5)",
        ("Dataset", "qualityRuns"): "(first: 5)",
        ("Dataset", "qualityMetrics"): "(first: 5)",
        ("QualityRule", "recentResults"): "(first: 5)",
        ("DatasetVersion", "rows"): "(first: 5)",
        ("Team", "members"): "(first: 5)",
    }


def ways() -> dict[str, Way]:
    """Type -> the shortest way to it."""
    query = SCHEMA.query_type
    assert query is not None
    found: dict[str, Way] = {}
    waiting: list[tuple[GraphQLObjectType, Way]] = []
    for root in (*FIRST, *(name for name in query.fields if name not in FIRST)):
        waiting.append((query, ()))
        while waiting:
            parent, way = waiting.pop(0)
            for name, field in parent.fields.items():
                type_ = get_named_type(field.type)
                if (parent is query and name != root) or not isinstance(type_, GraphQLObjectType) or type_.name in found:
                    continue
                if type_.name == "Phrase":
                    continue  # masked with the sentence beside it: test_masking.py
                if type_.name in OF_ACCOUNTS | OF_ALL and not root.startswith(_THEIR_ROOTS):
                    continue
                found[type_.name] = (*way, (parent.name, name))
                waiting.append((type_, found[type_.name]))
    return found


def document(root: str, found: dict[str, Way], given: dict[tuple[str, str], str]) -> str:
    """Everything of every type whose way begins at this root."""
    query = SCHEMA.query_type
    assert query is not None
    return f"{{ {_field(query, root, (), found, given)} }}"


def _field(parent: GraphQLObjectType, name: str, way: Way, found: dict[str, Way], given: dict[tuple[str, str], str]) -> str:
    field: GraphQLField = parent.fields[name]
    type_, step = get_named_type(field.type), (parent.name, name)
    asked = name + given.get(step, "")
    if is_leaf_type(type_):
        return asked
    if found.get(type_.name) != (*way, step):
        return f"{asked} {EXTRA.get(step, '{ __typename }')}"
    inner = (_field(object_type(type_.name), one, (*way, step), found, given) for one in object_type(type_.name).fields)
    return f"{asked} {{ {' '.join(inner)} }}"


def objects(data: object, names: list[str]) -> list[dict]:
    """What stands at the end of a way, in order."""
    if isinstance(data, list):
        return [found for one in data for found in objects(one, names)]
    if not isinstance(data, dict):
        return []
    return objects(data.get(names[0]), names[1:]) if names else [data]
