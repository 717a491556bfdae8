"""What the demo asks beyond uploading."""

from pydantic import JsonValue

from app.cli.client.answers import Answer, Dataset, Payload, VersionState

FIND = """query DemoDataset($slug: String!) { datasetBySlug(slug: $slug) { ...Demo } }
fragment Demo on Dataset { id name slug metadataEntries { key } qualityRules(first: 100) { edges { node { name } } } currentVersion { id latestQualityRun { id } }
  versions(first: 100) { edges { node { id number label status stage progress } } } }"""

SET_METADATA = (
    """mutation SetMetadata($input: SetMetadataInput!) { setMetadata(input: $input) { errors { code message path } } }"""
)


CREATE_RULE = """mutation CreateQualityRule($input: CreateQualityRuleInput!) {
  createQualityRule(input: $input) { errors { code message path } } }"""

RUN_CHECKS = """mutation RunQualityChecks($input: RunQualityChecksInput!) {
  runQualityChecks(input: $input) { errors { code message path } } }"""


class Key(Answer):
    """A key of the metadata."""

    key: str


class Labelled(VersionState):
    """A version and its name."""

    label: str | None


class Edge(Answer):
    """One of a page."""

    node: Labelled


class Page(Answer):
    """Versions, newest first."""

    edges: list[Edge]


class Rule(Answer):
    """A rule and its name."""

    name: str


class RuleEdge(Answer):
    """One of a page."""

    node: Rule


class Rules(Answer):
    """Rules, newest first."""

    edges: list[RuleEdge]


class Run(Answer):
    """A quality run."""

    id: str


class Current(Answer):
    """The published version, and whether it was ever checked."""

    id: str
    latest_quality_run: Run | None


class Present(Dataset):
    """A dataset that is there."""

    metadata_entries: list[Key]
    quality_rules: Rules
    current_version: Current | None
    versions: Page

    def version(self, label: str) -> Labelled | None:
        """The newest version of this name that is READY or may become it."""
        usable = ("READY", "QUEUED", "PROCESSING")
        return next((edge.node for edge in self.versions.edges if edge.node.label == label and edge.node.status in usable), None)


class Found(Answer):
    """A dataset by its address."""

    dataset_by_slug: Present | None


class Done(Payload):
    """Outcome of a mutation whose object nobody needs."""


Entry = dict[str, JsonValue]
"""Fields of `MetadataEntryInput`."""
