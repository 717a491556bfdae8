"""Which dataset a person means."""

import uuid

from pydantic import JsonValue

from app.cli.client import documents
from app.cli.client.answers import Created, Dataset, FoundDatasets
from app.cli.client.api import Api
from app.cli.client.errors import ClientError, Refused


async def find(api: Api, text: str) -> Dataset | None:
    """The dataset with this address (slug), or else with this name, in any case when there is but one.

    Raises:
        ClientError: several have that name.
    """
    wanted = text.strip()
    named: list[Dataset] = []
    after: str | None = None
    while True:
        page = await api.query(documents.FIND_DATASETS, FoundDatasets, text=wanted, after=after)
        if page.dataset_by_slug:
            return page.dataset_by_slug
        named += [edge.node for edge in page.datasets.edges if edge.node.name.casefold() == wanted.casefold()]
        after = page.datasets.page_info.end_cursor
        if not page.datasets.page_info.has_next_page:
            break
    matches = [dataset for dataset in named if dataset.name == wanted] or named
    if len(matches) > 1:
        slugs = ", ".join(dataset.slug for dataset in matches)
        raise ClientError(f"Several datasets are called {wanted!r}.", hint=f"Give the address of one: {slugs}.", code="AMBIGUOUS")
    return matches[0] if matches else None


async def create(api: Api, name: str, **input: JsonValue) -> Dataset:
    """A new dataset. `input`: further fields of `CreateDatasetInput`.

    Raises:
        Refused: the account may not, or the name cannot be had.
    """
    try:
        payload = await api.mutate(documents.CREATE_DATASET, Created, {"name": name, **input}, key=str(uuid.uuid4()))
    except Refused as error:
        if error.code == "CONFLICT":
            hint = (
                "It belongs to a dataset that you may not see, or to one whose name differs in signs only: "
                "give the address (slug) of that one, or choose another name."
            )
            raise Refused(f"A dataset {name!r} cannot be created: the name is taken.", code=error.code, hint=hint) from error
        raise
    if payload.dataset is None:
        raise ClientError("The server says that it created the dataset, and does not show it.")
    return payload.dataset


async def choose(api: Api, text: str, *, may_create: bool) -> tuple[Dataset, bool]:
    """The dataset to upload into, and whether it was made just now.

    Raises:
        ClientError: there is none and it may not be created, or several are meant.
        Refused: it cannot be created.
    """
    found = await find(api, text)
    if found is not None:
        return found, False
    if not may_create:
        raise ClientError(
            f"There is no dataset {text!r} on {api.url}, or you may not see it.",
            hint="Check the name, or let it be created: --create.",
            code="NOT_FOUND",
        )
    return await create(api, text.strip()), True
