"""Prometheus metrics of the system; names end in their unit."""

from prometheus_client import Counter, Gauge, Histogram

OPERATIONS = Counter("datakura_graphql_operations_total", "GraphQL operations.", ["type", "outcome"])
OPERATION_SECONDS = Histogram(
    "datakura_graphql_operation_duration_seconds",
    "Time from the parsed request to the serialised answer.",
    ["type"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RATE_LIMITED = Counter("datakura_rate_limited_total", "Requests refused because there were too many.", ["class"])
PASSWORDS_HASHED = Counter("datakura_passwords_hashed_total", "Passwords hashed, to be kept or to be compared.")
RATE_LIMITS_SKIPPED = Counter("datakura_rate_limits_skipped_total", "Times that a limit could not be counted: Redis was away.")
SUBSCRIPTIONS = Gauge("datakura_graphql_subscriptions", "Open subscriptions.")
SUBSCRIPTION_EVENTS = Counter("datakura_graphql_subscription_events_total", "Events sent to subscribers.")
TASKS = Counter("datakura_tasks_total", "Tasks that a worker tried.", ["actor", "outcome"])
TASK_SECONDS = Histogram(
    "datakura_task_duration_seconds",
    "Time from claim to outcome.",
    ["actor"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800),
)
LEDGER_TASKS = Gauge("datakura_ledger_tasks", "Tasks in the ledger that are not finished, and dead ones.", ["state"])
RELAYED = Counter("datakura_tasks_relayed_total", "Wake-ups sent to the broker.")
