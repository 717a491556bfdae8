"""Who may use which field of the schema: every field stands here, and `tests/structure` fails for one that does not.

The rules themselves are enforced where data is read and changed: `services.access` decides levels, `core.guard` refuses
statements that nobody decided about. What an API key may never do, `app.api.bounds` reads here. For the rest this table says
what they have to amount to; `tests/access` runs every field of the schema as each kind of principal and compares.
"""

from collections.abc import Iterator
from enum import StrEnum


class Who(StrEnum):
    """Who gets a field's value, or may run it. Others get what is said here."""

    ANYBODY = "everybody, signed in or not"
    ACCOUNT = "everybody who is signed in; nobody else: UNAUTHENTICATED"
    PERSON = "everybody who is signed in as a person; an API key: FORBIDDEN"
    EDITOR = "the roles EDITOR and ADMIN, by an API key from the scope WRITE on; others: FORBIDDEN"
    ADMINISTRATOR = "administrators, by an API key with the scope ADMIN; others: FORBIDDEN"
    WRITER = "everybody who is signed in, by an API key from the scope WRITE on; others: FORBIDDEN"
    SELF = (
        "the account whose object it is, to change it by an API key from the scope WRITE on; others: null, FORBIDDEN or NOT_FOUND"
    )
    READ = "READ on the dataset; others: null or NOT_FOUND"
    WATCHER = (
        "READ on the dataset, by an API key from the scope WRITE on; others: FORBIDDEN, or NOT_FOUND when they do not see it"
    )
    WRITE = "WRITE on the dataset; others: FORBIDDEN, or NOT_FOUND when they do not see it"
    MANAGE = "MANAGE on the dataset; others: FORBIDDEN, or NOT_FOUND when they do not see it"
    OWNER = "the owner of the dataset and administrators, by an API key from the scope MANAGE on; others: as for MANAGE"
    UPLOADER = "who started the upload, with WRITE; who may MANAGE the dataset; others: FORBIDDEN or NOT_FOUND"
    PARENT = "whoever was given the object that it belongs to"
    MANAGER = "whoever was given the object and may MANAGE the dataset; others: null"
    CONCERNED = "the account that it is about, and administrators; others: null"
    UNMASKED = "whoever was given the object; while a sensitive column is concerned only from WRITE on, others: null or empty"


_ROOTS: dict[str, dict[Who, str]] = {
    "Query": {
        Who.ANYBODY: "viewer signInOptions",
        Who.ACCOUNT: "datasets previewFile searchDatasets suggestDatasets users teams sessions apiKeys qualityRuleTypes incidents checkSchedules checkScheduleTimes ruleTemplates",
        Who.READ: "dataset datasetBySlug datasetActivity datasetVersion compareVersions node qualityRun qualityBackTest dataContract",
        Who.SELF: "upload",
        Who.ADMINISTRATOR: "auditEvents auditTrail taskQueues tasks storage systemHealth searchIndex",
    },
    "Mutation": {
        Who.ANYBODY: "signIn verifyTotp refreshSession signOut requestPasswordReset resetPassword acceptInvitation",
        Who.PERSON: "signOutEverywhere revokeSession changePassword stepUp enrollTotp confirmTotp disableTotp renewRecoveryCodes "
        "createApiKey",
        Who.SELF: "revokeApiKey",
        Who.ADMINISTRATOR: "createUser updateUser createTeam updateTeam deleteTeam addTeamMember removeTeamMember "
        "endUserSessions sendUserLink resetUserSecondFactor replayTask rebuildSearchIndex setStorageQuota createRuleTemplate updateRuleTemplate deleteRuleTemplate",
        Who.EDITOR: "createDataset",
        Who.WRITE: "updateDataset setMetadata removeMetadata updateSchemaField startUpload retryVersion rereadVersion publishVersion "
        "createQualityRule updateQualityRule deleteQualityRule runQualityChecks dryRunQualityRules backTestQualityRules updateIncident commentIncident "
        "createCheckSchedule updateCheckSchedule deleteCheckSchedule muteQualityRule acceptQualityRuleSuggestion dismissQualityRuleSuggestion "
        "importDataContract",
        Who.UPLOADER: "completeUpload abortUpload",
        Who.MANAGE: "archiveDataset deleteDataset restoreDataset grantAccess revokeAccess",
        Who.OWNER: "transferOwnership",
    },
    "Subscription": {
        Who.READ: "datasetStatusChanged qualityRunChanged",
    },
}
_DATASETS: dict[str, dict[Who, str]] = {
    "Dataset": {
        Who.PARENT: "id name slug description status visibility metadata autoPublish deprecation revision createdAt updatedAt publishedAt sizeBytes owner "
        "viewerLevel tags metadataEntries health currentVersion versions qualityRules qualityRuns qualityMetrics checkSchedules",
        Who.UNMASKED: "latestQualityMetrics",
        Who.MANAGER: "accessGrants accessOf",
    },
    "DatasetConnection": {Who.PARENT: "edges pageInfo"},
    "DatasetEdge": {Who.PARENT: "cursor node"},
    "DatasetHealth": {Who.PARENT: "status score failingRules openIncidents lastCheckedAt"},
    "AccessGrant": {Who.PARENT: "id level expiresAt createdAt user team"},
    "AccessExplanation": {Who.PARENT: "level reasons user"},
    "AccessReason": {Who.PARENT: "ground level expiresAt team"},
    "Tag": {Who.PARENT: "name"},
    "MetadataEntry": {Who.PARENT: "key value createdAt updatedAt updatedBy"},
    "QualityMetric": {Who.PARENT: "metricName fieldPath value threshold upperThreshold operator status checkedAt version rule"},
    "QualityMetricConnection": {Who.PARENT: "pageInfo", Who.UNMASKED: "edges"},
    "QualityMetricEdge": {Who.PARENT: "cursor node"},
    "SearchConnection": {Who.PARENT: "edges facets stateFacets totalCount degraded pageInfo"},
    "SearchEdge": {Who.PARENT: "cursor score highlights node"},
    "SearchHighlight": {Who.PARENT: "field fragment"},
    "SearchFacet": {Who.PARENT: "name buckets"},
    "SearchBucket": {Who.PARENT: "value label count"},
    "ActivityEvent": {Who.PARENT: "id occurredAt action actorSystem fieldPath names actor version"},
    "ActivityEventConnection": {Who.PARENT: "edges pageInfo"},
    "ActivityEventEdge": {Who.PARENT: "cursor node"},
    "PageInfo": {Who.PARENT: "hasNextPage hasPreviousPage startCursor endCursor"},
}
_VERSIONS: dict[str, dict[Who, str]] = {
    "DatasetVersion": {
        Who.PARENT: "id number label comment status stage progress tasksAhead isCurrent createdAt readyAt publishedAt readOptions rowCount "
        "columnCount rejectedRowCount manifestSha256 dataset createdBy files schemaFields profile latestQualityRun rows",
        Who.UNMASKED: "error rejectedRows warnings warningPhrases suggestedRules",
    },
    "DatasetVersionConnection": {Who.PARENT: "edges pageInfo"},
    "DatasetVersionEdge": {Who.PARENT: "cursor node"},
    "ReadOptions": {
        Who.PARENT: "format compression encoding delimiter quote escape headerRows skippedRows decimalSeparator thousandsSeparator "
        "nullTokens sheet"
    },
    "VersionError": {Who.PARENT: "code line", Who.UNMASKED: "message messagePhrase hint hintPhrase"},
    "RejectedRow": {Who.PARENT: "line fieldPath", Who.UNMASKED: "reason reasonPhrase text"},
    "FileObject": {Who.PARENT: "id name role encodingFormat sizeBytes sha256", Who.UNMASKED: "downloadable downloadUrl"},
    "SchemaField": {
        Who.PARENT: "fieldPath ordinalPosition logicalType nativeType nullable primaryKey description tags sensitive semanticType "
        "originalName"
    },
    "DatasetProfile": {Who.PARENT: "rowCount columnCount sizeBytes durationMs partial fieldProfiles"},
    "FieldProfile": {
        Who.PARENT: "fieldPath masked nullCount nullFraction distinctCount distinctIsApproximate",
        Who.UNMASKED: "min max mean median stddev minLength maxLength histogram topValues",
    },
    "HistogramBin": {Who.PARENT: "lower upper count"},
    "TopValue": {Who.PARENT: "value count"},
    "RowPage": {
        Who.PARENT: "columns firstRowNumber rowNumbers totalCount reachableCount pageInfo",
        Who.UNMASKED: "rows cutCells",
    },
    "RowColumn": {Who.PARENT: "name type masked"},
    "CutCell": {Who.PARENT: "row column length"},
    "VersionComparison": {Who.PARENT: "compatibility rowCountChange schemaChanges", Who.UNMASKED: "profileChanges"},
    "SchemaChange": {Who.PARENT: "fieldPath change before after breaking"},
    "ProfileChange": {Who.PARENT: "fieldPath statistic before after relativeChange"},
    "FilePreview": {Who.PARENT: "readOptions columns rows rejectedRowCount rejectedRows warnings warningPhrases error"},
    "PreviewColumn": {Who.PARENT: "name type"},
    "Upload": {Who.PARENT: "id fileName sizeBytes partSizeBytes expiresAt storedParts parts"},
    "StoredPart": {Who.PARENT: "number etag sizeBytes"},
    "UploadPart": {Who.PARENT: "number url headers"},
    "HttpHeader": {Who.PARENT: "name value"},
    "DatasetStatusEvent": {Who.PARENT: "sequence occurredAt dataset version"},
}
_QUALITY: dict[str, dict[Who, str]] = {
    "QualityRuleType": {
        Who.PARENT: "name title description dimension parametersSchema minFields maxFields needsOperator hasOperator takesFilter"
    },
    "QualityRule": {
        Who.PARENT: "id name type fieldPath fieldPaths operator severity enabled blocksPublication revision deleted createdAt "
        "updatedAt dimension dataset lastResult recentResults description mutedUntil contractKey template",
        Who.UNMASKED: "parameters threshold upperThreshold warnThreshold warnUpperThreshold filter",
    },
    "QualityRuleConnection": {Who.PARENT: "edges pageInfo"},
    "QualityRuleEdge": {Who.PARENT: "cursor node"},
    "RuleViolation": {Who.PARENT: "rule status message messagePhrase"},
    "QualityRunEvent": {Who.PARENT: "sequence run"},
    "QualityRun": {
        Who.PARENT: "id status trigger createdAt startedAt finishedAt durationMs rowsScanned summary results error version dataset "
        "requestedBy"
    },
    "Incident": {
        Who.PARENT: "id title priority state stage failureCount reopenedCount mutedUntil startedAt updatedAt resolvedAt assignee rule "
        "version run dataset comments"
    },
    "IncidentConnection": {Who.PARENT: "edges pageInfo"},
    "IncidentEdge": {Who.PARENT: "cursor node"},
    "IncidentComment": {Who.PARENT: "text createdAt author"},
    "CheckSchedule": {
        Who.PARENT: "id cron timezone enabled allRules nextRunAt createdAt updatedAt dataset rules nextRuns lastRun createdBy"
    },
    "CheckScheduleConnection": {Who.PARENT: "edges pageInfo"},
    "CheckScheduleEdge": {Who.PARENT: "cursor node"},
    "QualityRuleSuggestion": {
        Who.PARENT: "key name type fieldPaths parameters operator threshold upperThreshold reason reasonPhrase failingRowCount dismissed"
    },
    "RuleTemplate": {
        Who.PARENT: "id name description tag semanticType enabled deleted createdAt updatedAt rules datasets datasetCount ruleCount "
        "createdBy"
    },
    "RuleTemplateConnection": {Who.PARENT: "edges pageInfo"},
    "RuleTemplateEdge": {Who.PARENT: "cursor node"},
    "RuleTemplateRule": {
        Who.PARENT: "id name description type fieldPaths parameters operator threshold upperThreshold warnThreshold "
        "warnUpperThreshold severity filter blocksPublication"
    },
    "DataContract": {Who.PARENT: "notes notePhrases importedAt importedBy", Who.UNMASKED: "yaml"},
    "DataContractChanges": {Who.PARENT: "applied rules unchangedCount describedFields notes notePhrases"},
    "DataContractRuleChange": {Who.PARENT: "kind key name type fieldPaths properties"},
    "DataContractPropertyChange": {Who.PARENT: "name before after"},
    "QualityBackTest": {Who.PARENT: "id finished wouldFail runs"},
    "QualityRunConnection": {Who.PARENT: "edges pageInfo"},
    "QualityRunEdge": {Who.PARENT: "cursor node"},
    "QualityRunSummary": {Who.PARENT: "passed warned failed errored skipped"},
    "QualityError": {Who.PARENT: "code message messagePhrase"},
    "QualityResult": {
        Who.PARENT: "name type fieldPaths severity status metricName operator failedRowCount rowsScanned durationMs partial "
        "checkedAt rule version run id",
        Who.UNMASKED: "value threshold upperThreshold failedRowsSample failedRowsKept failedRowsUrl expression message messagePhrase error",
    },
}
_NOTIFICATIONS: dict[str, dict[Who, str]] = {
    "Query": {
        Who.ACCOUNT: "notificationChannels notifications unreadNotificationCount notificationPreview notificationVariables",
    },
    "Mutation": {
        Who.WRITER: "createNotificationChannel markNotificationsRead",
        Who.SELF: "updateNotificationChannel deleteNotificationChannel rotateSigningSecret sendTestNotification "
        "replayNotificationDelivery",
        Who.WATCHER: "watchDataset unwatchDataset",
    },
    "Subscription": {Who.ACCOUNT: "notificationsChanged"},
    "Dataset": {Who.PARENT: "watched"},
    "NotificationChannel": {
        Who.PARENT: "id name type target events scope subjectTemplate bodyTemplate enabled disabledReason disabledReasonPhrase previousSecretUntil "
        "createdAt updatedAt owner team datasets deliveries"
    },
    "NotificationChannelConnection": {Who.PARENT: "edges pageInfo"},
    "NotificationChannelEdge": {Who.PARENT: "cursor node"},
    "NotificationDelivery": {
        Who.PARENT: "id status isTest attempts responseCode responseExcerpt error errorPhrase nextAttemptAt createdAt finishedAt title titlePhrase dataset "
        "channel"
    },
    "NotificationDeliveryConnection": {Who.PARENT: "edges pageInfo"},
    "NotificationDeliveryEdge": {Who.PARENT: "cursor node"},
    "Notification": {Who.PARENT: "id sequence kind createdAt readAt title titlePhrase dataset version run channel"},
    "NotificationConnection": {Who.PARENT: "edges pageInfo"},
    "NotificationEdge": {Who.PARENT: "cursor node"},
    "NotificationsEvent": {Who.PARENT: "sequence unreadCount notification"},
    "NotificationPreview": {Who.PARENT: "subject body"},
    "NotificationVariable": {Who.PARENT: "name description descriptionPhrase"},
    "NotificationChannelPayload": {Who.PARENT: "channel errors"},
    "SecretNotificationChannelPayload": {Who.PARENT: "channel signingSecret errors"},
    "DeleteNotificationChannelPayload": {Who.PARENT: "deletedId errors"},
    "NotificationDeliveryPayload": {Who.PARENT: "delivery errors"},
    "MarkNotificationsReadPayload": {Who.PARENT: "unreadCount errors"},
    "WatchDatasetPayload": {Who.PARENT: "dataset errors"},
}
_ACCOUNTS: dict[str, dict[Who, str]] = {
    "User": {
        Who.PARENT: "id email displayName role active mfaEnabled mfaRequired createdAt teams",
        Who.CONCERNED: "activity apiKeys recoveryCodesLeft",
    },
    "UserActivity": {Who.PARENT: "lastActiveAt openSessions invitationPending"},
    "Session": {Who.PARENT: "accessToken expiresAt viewer"},
    "SignInOptions": {Who.PARENT: "providerName"},
    "MfaChallenge": {Who.PARENT: "token expiresAt"},
    "SignInSession": {Who.PARENT: "id createdAt lastUsedAt expiresAt ipAddress userAgent isCurrent"},
    "ApiKey": {Who.PARENT: "id name prefix scopes createdAt expiresAt lastUsedAt revokedAt"},
    "UserConnection": {Who.PARENT: "edges pageInfo"},
    "UserEdge": {Who.PARENT: "cursor node"},
    "Team": {Who.PARENT: "id name description createdAt updatedAt members memberCount"},
    "TeamConnection": {Who.PARENT: "edges pageInfo"},
    "TeamEdge": {Who.PARENT: "cursor node"},
    "AuditEventConnection": {Who.PARENT: "edges pageInfo"},
    "AuditEventEdge": {Who.PARENT: "cursor node"},
    "AuditEvent": {
        Who.PARENT: "id sequence actor actorSystem action targetId occurredAt ipAddress requestId sessionId apiKey details target"
    },
    "AuditTrail": {Who.PARENT: "recordCount signedCount checkpointNumber checkpointAt"},
}
_ADMINISTRATION: dict[str, dict[Who, str]] = {
    "TaskQueue": {
        Who.PARENT: "name readyCount delayedCount queuedCount runningCount deadCount succeededCount workerCount waitingSince"
    },
    "TaskConnection": {Who.PARENT: "edges pageInfo"},
    "TaskEdge": {Who.PARENT: "cursor node"},
    "Task": {
        Who.PARENT: "id actor queue state args attempt maxAttempts lostLeases leaseOwner lastError availableAt createdAt finishedAt "
        "replayObstacle subject"
    },
    "StorageReport": {Who.PARENT: "usedBytes fileBytes datasetCount defaultQuotaBytes owners"},
    "StorageUseConnection": {Who.PARENT: "edges pageInfo"},
    "StorageUseEdge": {Who.PARENT: "cursor node"},
    "StorageUse": {Who.PARENT: "owner datasetCount usedBytes fileBytes quotaBytes ownQuotaBytes"},
    "SystemHealth": {Who.PARENT: "ready checkedAt version schemaRevision profile mailsPage dependencies processes"},
    "SystemDependency": {Who.PARENT: "name available latencyMs version reason"},
    "SystemProcess": {Who.PARENT: "name connectionCount since"},
    "SearchIndexState": {Who.PARENT: "engine datasetCount documentCount waitingCount waitingSince"},
}
_PAYLOADS: dict[str, dict[Who, str]] = {
    "Phrase": {Who.PARENT: "message code params"},
    "UserError": {Who.PARENT: "code message messagePhrase path"},
    "SignInPayload": {Who.PARENT: "session mfaChallenge errors"},
    "RefreshSessionPayload": {Who.PARENT: "session errors"},
    "SignOutPayload": {Who.PARENT: "errors"},
    "SignOutEverywherePayload": {Who.PARENT: "errors"},
    "RevokeSessionPayload": {Who.PARENT: "revokedId errors"},
    "ChangePasswordPayload": {Who.PARENT: "errors"},
    "RequestPasswordResetPayload": {Who.PARENT: "errors"},
    "ChoosePasswordPayload": {Who.PARENT: "errors"},
    "StepUpPayload": {Who.PARENT: "errors"},
    "VerifyTotpPayload": {Who.PARENT: "session errors"},
    "EnrollTotpPayload": {Who.PARENT: "secret otpauthUri qrCodeSvg errors"},
    "RecoveryCodesPayload": {Who.PARENT: "recoveryCodes viewer errors"},
    "DisableTotpPayload": {Who.PARENT: "viewer errors"},
    "CreateApiKeyPayload": {Who.PARENT: "apiKey secret errors"},
    "RevokeApiKeyPayload": {Who.PARENT: "apiKey errors"},
    "UserPayload": {Who.PARENT: "user errors"},
    "TeamPayload": {Who.PARENT: "team errors"},
    "TaskPayload": {Who.PARENT: "task errors"},
    "StorageUsePayload": {Who.PARENT: "storageUse errors"},
    "DeleteTeamPayload": {Who.PARENT: "deletedId errors"},
    "DatasetPayload": {Who.PARENT: "dataset errors"},
    "DeleteDatasetPayload": {Who.PARENT: "deletedId errors"},
    "GrantAccessPayload": {Who.PARENT: "grant errors"},
    "RevokeAccessPayload": {Who.PARENT: "revokedId errors"},
    "SchemaFieldPayload": {Who.PARENT: "schemaField errors"},
    "StartUploadPayload": {Who.PARENT: "upload version errors"},
    "VersionPayload": {Who.PARENT: "version errors"},
    "QualityRulePayload": {Who.PARENT: "rule errors"},
    "DeleteQualityRulePayload": {Who.PARENT: "deletedId errors"},
    "IncidentPayload": {Who.PARENT: "incident errors"},
    "CheckSchedulePayload": {Who.PARENT: "schedule errors"},
    "DeleteCheckSchedulePayload": {Who.PARENT: "deletedId errors"},
    "RuleTemplatePayload": {Who.PARENT: "template errors"},
    "DeleteRuleTemplatePayload": {Who.PARENT: "deletedId errors"},
    "DismissQualityRuleSuggestionPayload": {Who.PARENT: "key errors"},
    "ImportDataContractPayload": {Who.PARENT: "changes errors"},
    "QualityBackTestPayload": {Who.PARENT: "backTest errors"},
    "QualityRunPayload": {Who.PARENT: "run errors"},
    "PublishVersionPayload": {Who.PARENT: "version violations errors"},
}


def _entries() -> Iterator[tuple[tuple[str, str], Who]]:
    for part in (_ROOTS, _DATASETS, _VERSIONS, _QUALITY, _NOTIFICATIONS, _ACCOUNTS, _ADMINISTRATION, _PAYLOADS):
        for type_name, rules in part.items():
            for who, names in rules.items():
                for name in names.split():
                    yield (type_name, name), who


POLICY: dict[tuple[str, str], Who] = dict(_entries())
"""(type, field) -> who."""
WHILE_ENROLLING = {"enrollTotp", "confirmTotp", "stepUp"}
"""Mutations on the way to a second factor: who has to set one up may call these, those for ANYBODY, and no other."""
