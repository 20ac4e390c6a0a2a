"""A LangChain retriever over one user's memory; needs `anchorhold[langchain]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, model_validator

from ._async.client import AsyncAnchorhold
from ._sync.client import Anchorhold
from .errors import ArgumentError
from .types import RecallReply, RecallResult


class AnchorholdRetriever(BaseRetriever):
    """Finds the memories that answer a question, as documents.

    It looks into the memory of its client's user and nowhere else; another user needs another retriever
    (`AnchorholdRetriever(client=client.for_user("alice"))`).

    A document's `id` is the memory's and its text the memory's content. Its `metadata` holds `id`, `score`,
    `similarity`, `rank`, `type`, `importance`, `tags`, `event_time`, `created_at` (RFC 3339; `event_time` may be
    `None`) and, under `metadata`, what was kept beside the memory.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: Anchorhold | None = Field(default=None, exclude=True)
    """Who asks in `invoke`, and in a thread in `ainvoke` when there is no `async_client`."""
    async_client: AsyncAnchorhold | None = Field(default=None, exclude=True)
    """Who asks in `ainvoke`."""
    limit: int = 10
    """How many at most, 1 to 200."""
    threshold: float | None = None
    """The least `similarity`, 0 to 1."""
    filter: Mapping[str, Any] | None = None
    """Chooses memories before anything is ranked."""
    namespace: str | None = None
    """A named namespace in the place of the user's own."""

    @model_validator(mode="after")
    def _has_a_client(self) -> AnchorholdRetriever:
        if self.client is None and self.async_client is None:
            raise ArgumentError("give client, async_client or both")
        return self

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        if self.client is None:
            raise ArgumentError("this retriever has an async_client alone; use ainvoke, or give client")
        return _documents(self.client.memories.recall(query, **self._choice()))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        if self.async_client is None:
            return await super()._aget_relevant_documents(query, run_manager=run_manager)
        return _documents(await self.async_client.memories.recall(query, **self._choice()))

    def _choice(self) -> dict[str, Any]:
        return {
            "limit": self.limit,
            "threshold": self.threshold,
            "filter": self.filter,
            "namespace": self.namespace,
        }


def _documents(reply: RecallReply) -> list[Document]:
    return [_document(result) for result in reply]


def _document(result: RecallResult) -> Document:
    memory = result.memory
    return Document(
        id=memory.id,
        page_content=memory.content,
        metadata={
            "id": memory.id,
            "score": result.score,
            "similarity": result.similarity,
            "rank": result.rank,
            "type": memory.type,
            "importance": memory.importance,
            "tags": list(memory.tags),
            "event_time": memory.event_time and memory.event_time.isoformat(),
            "created_at": memory.created_at.isoformat(),
            "metadata": dict(memory.metadata),
        },
    )
