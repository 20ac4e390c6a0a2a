"""One user's memory in six methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ArgumentError
from ..types import Deleted, Memory, RecallResult, Receipt
from .client import AsyncAnchorhold


class AsyncMemoryClient:
    """The memory of one user, for applications that want no more than that.

    Args:
        api_key: `ah_...`, with `act_as` or bound to the user; from `ANCHORHOLD_KEY` when left out.
        base_url: From `ANCHORHOLD_URL` when left out.
        user_id: The id by which your own sign-in knows the user, the same for ever; never what a request of a
            browser says.

    Raises:
        ArgumentError: No key, or no user.
    """

    def __init__(self, api_key: str | None = None, base_url: str | None = None, *, user_id: str) -> None:
        if not user_id:
            raise ArgumentError("user_id is empty; every client is for one user")
        self._client = AsyncAnchorhold(api_key, base_url=base_url, user=user_id)

    async def add_memory(self, content: str, *, metadata: Mapping[str, Any] | None = None) -> Memory:
        """Keeps a memory; see `Anchorhold.memories.add`."""
        return await self._client.memories.add(content, metadata=metadata)

    async def search_memories(
        self, query: str, *, limit: int = 10, threshold: float | None = None
    ) -> Sequence[RecallResult]:
        """The memories that answer, best first.

        Args:
            limit: How many at most, 1 to 200.
            threshold: The least `similarity`, 0 to 1.
        """
        return (await self._client.memories.recall(query, limit=limit, threshold=threshold)).results

    async def get_all_memories(self, *, limit: int | None = None) -> Sequence[Memory]:
        """All memories, newest first, however many there are; `limit` at most when given."""
        return [memory async for memory in self._client.memories.list(limit=limit)]

    async def delete_memory(self, id: str) -> Deleted:
        """Deletes a memory.

        Raises:
            NotFoundError: The user has none with this id.
        """
        return await self._client.memories.delete(id)

    async def erase_user(self) -> Receipt:
        """Destroys all that is kept of the user, keys first; it cannot be undone.

        Raises:
            NotFoundError: Nothing is kept of the user.
        """
        return await self._client.erase(self=True)

    async def export(self) -> bytes:
        """Everything that is kept of the user, as NDJSON (docs/export.md)."""
        return b"".join([line async for line in self._client.memories.export()])

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> AsyncMemoryClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncMemoryClient({self._client!r})"
