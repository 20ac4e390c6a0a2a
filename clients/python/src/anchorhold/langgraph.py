"""A LangGraph store in one user's memory; needs `anchorhold[langgraph]`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from langgraph.store.base import BaseStore, Op, Result, TTLConfig

from ._async.client import AsyncAnchorhold
from ._async.items import AsyncItems
from ._sync.client import Anchorhold
from ._sync.items import Items
from .errors import ArgumentError


class AnchorholdStore(BaseStore):
    """Long-term memory of a graph, kept for the user of a client.

    A LangGraph namespace such as `("users", "alice")` is a folder *within* the memory of the client's user. It never
    leads to another user, whatever it says: who is meant is decided by the client, and another user needs another
    store. One compiled graph serves many users with a copy for each:

        graph.copy({"store": AnchorholdStore(client.for_user("alice"))}).invoke(...)

    Args:
        client: For `batch` and the methods over it (`get`, `put`, `search`, ...), and in a thread for theirs with
            `a` when there is no `async_client`.
        async_client: For `abatch` and the methods over it.
        fields: The paths of a value whose text is searched by meaning, unless `put` names others; `["$"]` is the
            whole value as JSON.
        ttl: How long items live; `default_ttl` in minutes. An item with a time to live begins it anew when it is read
            or found, which is one more request and changes its `updated_at`; `refresh_on_read: False` leaves it.

    Limits: a value is at most about 16,000 bytes of JSON (`InvalidRequestError`). A search with a query reaches the
    200 best items (`ArgumentError` beyond); one without a query, and `list_namespaces`, read all memories of the user,
    so where there are many, give the store a part of its own: `client.for_user("alice", agent="graph")`.

    In one batch reads come before writes, and of several writes of one item the last counts. A batch is no
    transaction. What the server refuses is raised as an `APIError`.
    """

    supports_ttl = True

    def __init__(
        self,
        client: Anchorhold | None = None,
        *,
        async_client: AsyncAnchorhold | None = None,
        fields: Sequence[str] = ("$",),
        ttl: TTLConfig | None = None,
    ) -> None:
        if client is None and async_client is None:
            raise ArgumentError("give client, async_client or both")
        self.ttl_config = ttl
        self._items = None if client is None else Items(client, fields)
        self._async_items = None if async_client is None else AsyncItems(async_client, fields)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Carries operations out; the results are in their order."""
        if self._items is None:
            raise ArgumentError("this store has an async_client alone; use the methods with a, or give client")
        return self._items.batch(ops)

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The same without holding up other tasks."""
        if self._async_items is None:
            return await asyncio.to_thread(self.batch, list(ops))
        return await self._async_items.batch(ops)
