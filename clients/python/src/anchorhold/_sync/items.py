# Made of the file of this name in `_async` by tools/unasync.py; change it there.
"""LangGraph's operations on one client's memories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from langgraph.store.base import GetOp, Item, ListNamespacesOp, Op, PutOp, Result, SearchItem, SearchOp

from .. import _items as items
from ..errors import ArgumentError, ConflictError, NotFoundError, PermissionDeniedError

if TYPE_CHECKING:
    from .client import Anchorhold

RECALL_LIMIT_MAX = 200
"""Results of one recall, as the server allows."""

TRIES_MAX = 5
"""How often a put begins anew because somebody made or deleted the item at that moment."""


class Items:
    """Items in the memory of a client."""

    def __init__(self, client: Anchorhold, fields: Sequence[str]) -> None:
        self._memories = client.memories
        self._fields = fields

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Reads in their order, then writes; of several writes of one item the last counts."""
        ops = list(ops)
        results: list[Result] = [None if isinstance(op, PutOp) else self._read(op) for op in ops]
        writes = {(op.namespace, op.key): op for op in ops if isinstance(op, PutOp)}
        for op in writes.values():
            self._write(op)
        return results

    def _read(self, op: Op) -> Result:
        if isinstance(op, GetOp):
            return self._get(op)
        if isinstance(op, SearchOp):
            return self._search(op)
        if isinstance(op, ListNamespacesOp):
            return self._list_namespaces(op)
        raise ArgumentError(f"no operation is a {type(op).__name__}")

    def _get(self, op: GetOp) -> Item | None:
        items.check(op.namespace)
        try:
            memory = self._memories.get(items.id_of(op.namespace, op.key))
        except NotFoundError as error:
            if error.code == "memory_not_found":
                return None
            raise
        found = items.kept(memory)
        if found is None:
            return None
        self._refresh(found, op.refresh_ttl)
        return found.item()

    def _search(self, op: SearchOp) -> list[SearchItem]:
        items.check(op.namespace_prefix)
        items.check_filter(op.filter)
        if op.limit < 0 or op.offset < 0:
            raise ArgumentError("limit and offset are 0 or more")
        found: list[SearchItem] = []
        if op.limit == 0:
            return found
        passed = 0
        for candidate, score in self._ranked(op) if op.query else self._listed():
            if not items.matches(candidate, op):
                continue
            passed += 1
            if passed > op.offset:
                self._refresh(candidate, op.refresh_ttl)
                found.append(candidate.found(score))
            if len(found) == op.limit:
                break
        return found

    def _ranked(self, op: SearchOp) -> Iterator[tuple[items.Kept, float | None]]:
        if op.offset + op.limit > RECALL_LIMIT_MAX:
            raise ArgumentError(f"a search by meaning reaches {RECALL_LIMIT_MAX} items: lower limit or offset")
        # With a filter, what the server cannot judge is judged here: the more candidates the better.
        limit = RECALL_LIMIT_MAX if op.filter else op.offset + op.limit
        reply = self._memories.recall(op.query or "", limit=limit, filter=items.filter_of(op))
        for result in reply:
            found = items.kept(result.memory)
            if found is not None:
                yield found, result.score

    def _listed(self) -> Iterator[tuple[items.Kept, float | None]]:
        for memory in self._memories.list():
            found = items.kept(memory)
            if found is not None:
                yield found, None

    def _list_namespaces(self, op: ListNamespacesOp) -> list[tuple[str, ...]]:
        for condition in op.match_conditions or ():
            items.check(condition.path)
        found = {kept.namespace for kept, _ in self._listed()}
        return items.namespaces(found, op)

    def _refresh(self, found: items.Kept, is_wanted: bool) -> None:
        """Lets the time to live begin anew, where there is one and the key may write."""
        if not is_wanted or found.ttl_minutes is None:
            return
        try:
            self._memories.update(found.memory.id, ttl_seconds=items.ttl_seconds(found.ttl_minutes))
        except (NotFoundError, PermissionDeniedError):
            return

    def _write(self, op: PutOp) -> None:
        if op.value is None:
            items.check(op.namespace)
            self._delete(items.id_of(op.namespace, op.key))
            return
        record = items.record(op, self._fields)
        for tried in range(1, TRIES_MAX + 1):
            try:
                self._put(record)
                return
            except NotFoundError as error:
                # Deleted between the two requests of a put.
                if error.code != "memory_not_found" or tried == TRIES_MAX:
                    raise

    def _put(self, record: items.Record) -> None:
        """Makes the item, or changes the one that is there."""
        try:
            memory = self._memories.add(
                record.content, id=record.id, metadata=record.metadata, ttl_seconds=record.ttl_seconds
            )
            # The same text may be there with another value.
            if not memory.replayed:
                return
        except ConflictError as error:
            if error.code != "id_conflict":
                raise
        self._memories.update(
            record.id, content=record.content, metadata=record.metadata, ttl_seconds=record.ttl_seconds
        )

    def _delete(self, id: str) -> None:
        try:
            self._memories.delete(id)
        except NotFoundError as error:
            if error.code != "memory_not_found":
                raise
