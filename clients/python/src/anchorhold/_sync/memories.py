# Made of the file of this name in `_async` by tools/unasync.py; change it there.
"""Memories: kept, read, found, changed, deleted, carried away and brought."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from .. import _routes as routes
from .._call import Call, given, plain
from ..errors import ArgumentError
from ..types import (
    UNSET,
    BatchReply,
    BatchResult,
    Deleted,
    Filter,
    Forgotten,
    ImportReply,
    Memory,
    MemoryPage,
    MemoryType,
    NewMemory,
    RecallReply,
    Unset,
)
from .transport import Transport


class Memories:
    """The memories of the client's user, or of a named namespace.

    Every method takes `namespace`, the name of a named namespace that the key reaches by a grant; it takes the
    place of the client's. Every method raises an `APIError` when the server refuses (`NotFoundError`,
    `PermissionDeniedError`, ...) and an `APIConnectionError` when no reply comes.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def add(
        self,
        content: str,
        *,
        type: MemoryType | None = None,
        importance: float | None = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        event_time: datetime | str | None = None,
        ttl_seconds: int | None = None,
        speaker: str | None = None,
        conversation: str | None = None,
        id: str | None = None,
        vector: Sequence[float] | None = None,
        namespace: str | None = None,
    ) -> Memory:
        """Keeps a memory.

        Args:
            content: The text, 1 to 65,536 bytes.
            type: `semantic` unless said otherwise.
            importance: 0 to 1; 0.5 unless said otherwise.
            tags: At most 50, each at most 256 bytes.
            metadata: A JSON object of at most 16,384 bytes.
            event_time: When it happened: a `datetime` with a zone, or RFC 3339.
            ttl_seconds: Seconds after which it is gone; for good unless said.
            speaker: Who said it.
            conversation: In which conversation.
            id: A UUID; one is drawn unless given. The same id with the same content keeps nothing again and
                has `replayed`, so this call is repeated when the connection breaks.
            vector: Where the application makes the vectors itself.
            namespace: A named namespace.

        Raises:
            ConflictError: `id_conflict`: the id is of a memory with other content.
            InvalidRequestError: A field is wrong (`field` says which), or too large.
        """
        body = given(
            content=content,
            type=type,
            importance=importance,
            tags=tags,
            metadata=metadata,
            event_time=event_time,
            ttl_seconds=ttl_seconds,
            speaker=speaker,
            conversation=conversation,
            id=id or str(uuid.uuid4()),
            vector=vector,
        )
        return self._transport.send(Call(routes.MEMORY_ADD, Memory, body=body, namespace=namespace))

    def add_many(
        self, memories: Iterable[NewMemory | str], *, namespace: str | None = None
    ) -> Sequence[BatchResult]:
        """Keeps up to 100 memories in one request; each is judged on its own, in their order.

        A `str` is a memory with this content. Ids are drawn where none is given, as in `add`.

        Raises:
            InvalidRequestError: More than 100 (`request_invalid`). What is wrong with one memory is in its
                result instead.
        """
        items = [NewMemory(content=memory) if isinstance(memory, str) else memory for memory in memories]
        body = {"memories": [{"id": str(uuid.uuid4()), **given(**asdict(item))} for item in items]}
        call = Call(routes.MEMORY_ADD_MANY, BatchReply, body=body, namespace=namespace)
        return (self._transport.send(call)).results

    def get(self, id: str, *, namespace: str | None = None) -> Memory:
        """The memory of this id.

        Raises:
            NotFoundError: `memory_not_found`: no memory here has it.
        """
        return self._transport.send(Call(routes.MEMORY_GET, Memory, {"id": id}, namespace=namespace))

    def list(
        self, *, limit: int | None = None, page_size: int | None = None, namespace: str | None = None
    ) -> Iterator[Memory]:
        """All memories, newest first, page after page as they are asked for.

        Args:
            limit: How many at most; all unless said.
            page_size: How many in one request, 1 to 200.
            namespace: A named namespace.
        """
        left, cursor = limit, None
        while left is None or left > 0:
            page = self.list_page(limit=page_size or 200, cursor=cursor, namespace=namespace)
            for memory in page.memories if left is None else page.memories[:left]:
                yield memory
            left = None if left is None else left - len(page.memories)
            cursor = page.next_cursor
            if cursor is None:
                return

    def list_page(
        self, *, limit: int | None = None, cursor: str | None = None, namespace: str | None = None
    ) -> MemoryPage:
        """One page, newest first.

        Args:
            limit: How many, 1 to 200; 50 unless said.
            cursor: `next_cursor` of the page before; it counts for a day.
            namespace: A named namespace.

        Raises:
            InvalidRequestError: `cursor_invalid`: begin again without a cursor.
        """
        query = {"limit": limit, "cursor": cursor}
        return self._transport.send(Call(routes.MEMORY_LIST, MemoryPage, query=query, namespace=namespace))

    def update(
        self,
        id: str,
        *,
        content: str | None = None,
        type: MemoryType | None = None,
        importance: float | None = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        event_time: datetime | str | Unset | None = UNSET,
        ttl_seconds: int | Unset | None = UNSET,
        vector: Sequence[float] | None = None,
        if_match: int | None = None,
        namespace: str | None = None,
    ) -> Memory:
        """Changes what is given and leaves the rest. Metadata and tags are replaced whole.

        Args:
            event_time: `None` removes it.
            ttl_seconds: Seconds from now on; `None` keeps the memory for good.
            if_match: Only when this is still its `version`.

        Raises:
            ConflictError: `version_conflict`: it was changed meanwhile; read it again.
            NotFoundError: No memory here has this id.
        """
        body = given(content=content, type=type, importance=importance, tags=tags, metadata=metadata, vector=vector)
        for name, value in (("event_time", event_time), ("ttl_seconds", ttl_seconds)):
            if value is not UNSET:
                body[name] = plain(value)
        call = Call(routes.MEMORY_UPDATE, Memory, {"id": id}, body=body, if_match=if_match, namespace=namespace)
        return self._transport.send(call)

    def delete(self, id: str, *, namespace: str | None = None) -> Deleted:
        """Deletes a memory.

        Raises:
            NotFoundError: No memory here has this id, or not any more.
        """
        return self._transport.send(Call(routes.MEMORY_DELETE, Deleted, {"id": id}, namespace=namespace))

    def forget(
        self,
        *,
        ids: Sequence[str] | None = None,
        filter: Filter | None = None,
        dry_run: bool | None = None,
        namespace: str | None = None,
    ) -> Forgotten:
        """Deletes the memories of these ids, or those that a filter chooses.

        Args:
            dry_run: Says what would be deleted, and deletes nothing.

        Raises:
            InvalidRequestError: Neither ids nor a filter, or an empty one: that never means everything.
        """
        body = given(ids=ids, filter=filter, dry_run=dry_run)
        return self._transport.send(Call(routes.FORGET, Forgotten, body=body, namespace=namespace))

    def recall(
        self,
        query: str,
        *,
        limit: int | None = None,
        threshold: float | None = None,
        filter: Filter | None = None,
        explain: bool | None = None,
        vector: Sequence[float] | None = None,
        namespace: str | None = None,
        namespaces: Sequence[str | Mapping[str, str]] | None = None,
    ) -> RecallReply:
        """The memories that answer a question, best first.

        Args:
            query: The question in plain words, at most 8,192 bytes.
            limit: How many at most, 1 to 200; 10 unless said.
            threshold: The least `similarity`, 0 to 1; an exact rare word passes below it.
            filter: Chooses memories before anything is ranked.
            explain: Adds to each result `why`.
            vector: The question's, where the application makes the vectors itself.
            namespace: A named namespace.
            namespaces: Several at once; this server may answer `not_available_yet`.

        Raises:
            InvalidRequestError: `filter_invalid` and others; the message says what is wrong.
        """
        body = given(
            query=query,
            limit=limit,
            threshold=threshold,
            filter=filter,
            explain=explain,
            vector=vector,
            namespaces=namespaces,
        )
        return self._transport.send(Call(routes.RECALL, RecallReply, body=body, namespace=namespace))

    def export(self, *, vectors: bool | None = None, namespace: str | None = None) -> Iterator[bytes]:
        """Everything that is kept here, as lines of NDJSON, each with its `\\n`, as they come.

        Of a user it is also what every workspace, agent and thread keeps. The lines are in clear.

        Args:
            vectors: False leaves them out; an import then embeds the texts anew.

        Raises:
            ReplyError: The export was cut; raised after the last line that came.
        """
        call = Call(routes.EXPORT, bytes, query={"vectors": vectors}, namespace=namespace)
        for line in self._transport.lines(call):
            yield line

    def import_(
        self, lines: bytes | Iterable[bytes] | Iterator[bytes], *, namespace: str | None = None
    ) -> ImportReply:
        """Keeps the lines of an export, here or from another server.

        A line that is refused stops no other, and what is there already is skipped, so an import that was cut is
        done again with the same lines. It is not repeated by itself when `lines` is an iterator.

        Args:
            lines: The whole as `bytes`, or pieces of it of any size.
        """
        if isinstance(lines, str):
            raise ArgumentError("lines are bytes; encode a text in UTF-8 first")
        content = lines if isinstance(lines, (bytes, Iterator)) else _pieces(lines)
        call = Call(routes.IMPORT, ImportReply, content=content, namespace=namespace)
        return self._transport.send(call)


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line
