"""Batch reads by key, one DataLoader each, fresh for every operation. Names say: result by key."""

from app.core.db import Database
from app.core.viewer import Viewer
from app.loaders import (
    accounts,
    check_schedules,
    datasets,
    incidents,
    notifications,
    quality,
    quality_history,
    rule_sources,
    versions,
)
from app.loaders.base import Loader, batched


class Loaders:
    """The loaders of one operation. One line each."""

    def __init__(self, db: Database, viewer: Viewer):
        self.user_by_id = batched(accounts.users_by_id, db, viewer)
        self.activity_by_user = batched(accounts.activities_by_user, db, viewer)
        self.api_keys_by_user = batched(accounts.api_keys_by_user, db, viewer)
        self.api_key_by_id = batched(accounts.api_keys_by_id, db, viewer)
        self.recovery_codes_left_by_user = batched(accounts.recovery_codes_left_by_user, db, viewer)
        self.teams_by_user = batched(accounts.teams_by_user, db, viewer)
        self.member_count_by_team = batched(accounts.member_counts_by_team, db, viewer)
        self.team_by_id = batched(accounts.teams_by_id, db, viewer)
        self.members_by_team = batched(accounts.members_by_team, db, viewer)
        self.dataset_by_id = batched(datasets.datasets_by_id, db, viewer)
        self.tags_by_dataset = batched(datasets.tags_by_dataset, db, viewer)
        self.metadata_entries_by_dataset = batched(datasets.metadata_entries_by_dataset, db, viewer)
        self.versions_by_dataset = batched(versions.versions_by_dataset, db, viewer)
        self.version_by_id = batched(versions.versions_by_id, db, viewer)
        self.tasks_ahead_by_version = batched(versions.tasks_ahead_by_version, db, viewer)
        self.files_by_version = batched(versions.files_by_version, db, viewer)
        self.schema_fields_by_version = batched(versions.schema_fields_by_version, db, viewer)
        self.profile_by_version = batched(versions.profiles_by_version, db, viewer)
        self.field_profiles_by_version = batched(versions.field_profiles_by_version, db, viewer)
        self.hidden_by_version = batched(versions.hidden_by_version, db, viewer)
        self.level_by_dataset = batched(datasets.levels_by_dataset, db, viewer)
        self.grants_by_dataset = batched(datasets.grants_by_dataset, db, viewer)
        self.latest_metrics_by_dataset = batched(quality.latest_metrics_by_dataset, db, viewer)
        self.metrics_by_dataset = batched(quality.metrics_by_dataset, db, viewer)
        self.health_by_dataset = batched(quality.health_by_dataset, db, viewer)
        self.hidden_fields_by_dataset = batched(quality.hidden_fields_by_dataset, db, viewer)
        self.rules_by_dataset = batched(quality.rules_by_dataset, db, viewer)
        self.rule_by_id = batched(quality.rules_by_id, db, viewer)
        self.runs_by_dataset = batched(quality.runs_by_dataset, db, viewer)
        self.real_runs_by_dataset = batched(quality.real_runs_by_dataset, db, viewer)
        self.run_by_id = batched(quality.runs_by_id, db, viewer)
        self.template_by_rule = batched(rule_sources.templates_by_rule, db, viewer)
        self.rules_by_template = batched(rule_sources.rules_by_template, db, viewer)
        self.reach_by_template = batched(rule_sources.reach_by_template, db, viewer)
        self.datasets_by_template = batched(rule_sources.datasets_by_template, db, viewer)
        self.slots_by_dataset = batched(rule_sources.slots_by_dataset, db, viewer)
        self.dismissed_by_dataset = batched(rule_sources.dismissed_by_dataset, db, viewer)
        self.schedules_by_dataset = batched(check_schedules.schedules_by_dataset, db, viewer)
        self.rules_by_schedule = batched(check_schedules.rules_by_schedule, db, viewer)
        self.last_run_by_schedule = batched(check_schedules.last_run_by_schedule, db, viewer)
        self.watched_by_dataset = batched(notifications.watched_by_dataset, db, viewer)
        self.notification_channel_by_id = batched(notifications.channels_by_id, db, viewer)
        self.notification_message_by_id = batched(notifications.messages_by_id, db, viewer)
        self.comments_by_incident = batched(incidents.comments_by_incident, db, viewer)
        self.recent_results_by_rule = batched(quality_history.recent_results_by_rule, db, viewer)
        self.latest_run_by_version = batched(quality_history.latest_run_by_version, db, viewer)
        self.results_by_run = batched(quality.results_by_run, db, viewer)


__all__ = ["Loader", "Loaders"]
