/** What the page has a sentence for, with `_` for the API's dot; other actions are shown by their names. */
export const activityActions = [
  'dataset_create', 'dataset_update', 'dataset_archive', 'dataset_delete', 'dataset_restore', 'dataset_transfer', 'metadata_set',
  'metadata_remove', 'field_update', 'upload_complete', 'version_publish', 'version_override', 'version_retry', 'version_reread',
  'access_grant', 'access_revoke', 'quality_rule_create', 'quality_rule_update', 'quality_rule_delete', 'incident_update',
  'incident_comment', 'check_schedule_create', 'check_schedule_update', 'check_schedule_delete',
] as const
