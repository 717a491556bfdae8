"""Relay connections."""

from collections.abc import Callable
from typing import Generic, TypeVar

import strawberry

from app.core.rows import AnyRow
from app.schema.base import PageInfo
from app.services.cursors import Page

N = TypeVar("N")


@strawberry.type(description="An element of a connection.")
class Edge(Generic[N]):
    cursor: str = strawberry.field(description="Position of the element, for `after`.")
    node: N = strawberry.field(description="The element.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[N]):
    edges: list[Edge[N]] = strawberry.field(description="The page's elements in order.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[AnyRow], node: "Callable[[AnyRow], N]") -> "Connection[N]":
        """From a page of rows, each made a node by `node`."""
        edges = [Edge(cursor=cursor, node=node(row)) for cursor, row in zip(page.cursors, page.rows, strict=True)]
        info = PageInfo.of(page.cursors, has_next=page.has_next_page, has_previous=page.has_previous_page)
        return cls(edges=edges, page_info=info)
