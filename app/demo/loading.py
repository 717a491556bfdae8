"""Brings a server to where it has the demo; what is there already stays as it is."""

import asyncio
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import JsonValue

from app.cli.client import datasets
from app.cli.client.api import Api
from app.cli.client.errors import ClientError
from app.cli.client.source import Source
from app.cli.client.uploads import Uploader, Wishes
from app.demo.catalogue import DATASETS, DemoDataset, DemoVersion
from app.demo.documents import CREATE_RULE, FIND, RUN_CHECKS, SET_METADATA, Done, Entry, Found, Present


@dataclass(frozen=True)
class Loaded:
    """One dataset of the demo that is there now."""

    name: str
    added: tuple[str, ...]
    """Labels of the versions that were uploaded now."""


async def load(api: Api, uploader: Uploader) -> list[Loaded]:
    """Every dataset of the demo is there, described and published. A second time it changes nothing.

    Raises:
        ClientError: something cannot be loaded; the next time goes on with what is missing.
    """
    # One after another, so that their order is the same everywhere; the files then all at the same time.
    present = [await _present(api, demo) for demo in DATASETS]
    pairs = zip(DATASETS, present, strict=True)
    loaded = list(await asyncio.gather(*(_filled(api, uploader, demo, found) for demo, found in pairs)))
    # Afterwards: a rule may compare a dataset with another.
    for demo in DATASETS:
        await _checked(api, demo)
    return loaded


async def _present(api: Api, demo: DemoDataset) -> Present:
    """The dataset as it was, or as it was created now."""
    found = await datasets.find(api, demo.name)
    if found is None:
        found = await datasets.create(api, demo.name, description=demo.description, tags=list(demo.tags))
    present = (await api.query(FIND, Found, slug=found.slug)).dataset_by_slug
    if present is None:
        raise ClientError(f"The dataset {demo.name!r} was there, and is not any more.", hint="Load the demo again.")
    return present


async def _filled(api: Api, uploader: Uploader, demo: DemoDataset, present: Present) -> Loaded:
    known = {entry.key for entry in present.metadata_entries}
    entries: list[JsonValue] = [_entry(key, value) for key, value in demo.metadata.items() if key not in known]
    if entries:
        await api.mutate(SET_METADATA, Done, {"datasetId": present.id, "entries": entries})
    publish = present.current_version is None
    # In their order: they are numbered as they are uploaded.
    added = [version.label for version in demo.versions if await _uploaded(uploader, present, version, publish=publish)]
    return Loaded(demo.name, tuple(added))


async def _checked(api: Api, demo: DemoDataset) -> None:
    """The dataset has its rules, and a run of them on its published version is done or queued."""
    present = await _present(api, demo)
    known = {edge.node.name for edge in present.quality_rules.edges}
    for rule in demo.rules:
        if rule.name not in known:
            wanted: dict[str, JsonValue] = {"datasetId": present.id, "name": rule.name, "type": rule.type, **rule.condition}
            await api.mutate(CREATE_RULE, Done, wanted)
    if demo.rules and present.current_version is not None and present.current_version.latest_quality_run is None:
        await api.mutate(RUN_CHECKS, Done, {"versionId": present.current_version.id})


async def _uploaded(uploader: Uploader, present: Present, version: DemoVersion, *, publish: bool) -> bool:
    """The version is READY, and published when the dataset had nothing published; whether it was uploaded now."""
    there = present.version(version.label)
    if there is not None and there.status == "READY" and not publish:
        return False
    if there is not None:
        ended = await uploader.finish(present, there.id, publish=publish)
    else:
        wishes = Wishes(label=version.label, comment=version.comment, options=dict(version.options), publish=True)
        with as_file(files("app.demo") / "data" / version.file) as path, Source(Path(path)) as source:
            ended = await uploader.upload(source, present, wishes)
    if not ended.is_ready:
        error = ended.version.error
        raise ClientError(f"{version.file} became {ended.version.status}: {error.message if error else 'nobody knows why.'}")
    return there is None


def _entry(key: str, value: JsonValue) -> Entry:
    return {"key": key, "value": value}
