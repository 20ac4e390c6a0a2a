"""LangGraph's items as memories: one item is one memory, and everything it is lies in the memory.

Of an item `(("users", "prefs"), "tea", {"sugar": False})` the memory's metadata holds

    {"langgraph": {"namespace": {"0": "users", "1": "prefs"}, "key": "tea", "value": {"sugar": false},
                   "is_indexed": true, "ttl_minutes": null}}

and the memory's id is a UUID made of namespace and key. No two namespaces share a form: labels are never joined.
Nothing here asks a server.
"""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langgraph.store.base import (
    Item,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchItem,
    SearchOp,
    get_text_at_path,
    tokenize_path,
)

from .errors import ArgumentError
from .types import Filter, Memory

MARK = "langgraph"
"""The key of the metadata that makes a memory an item."""

Path = tuple[str, ...]
Key = tuple[Path, str]


@dataclass(frozen=True)
class Record:
    """An item as it is kept."""

    id: str
    content: str
    metadata: Mapping[str, Any]
    ttl_seconds: int | None


@dataclass(frozen=True)
class Kept:
    """An item as it was found."""

    memory: Memory
    namespace: Path
    key: str
    value: dict[str, Any]
    ttl_minutes: float | None

    def item(self) -> Item:
        """As `get` gives it."""
        return Item(
            value=self.value,
            key=self.key,
            namespace=self.namespace,
            created_at=self.memory.created_at,
            updated_at=self.memory.updated_at,
        )

    def found(self, score: float | None = None) -> SearchItem:
        """As `search` gives it."""
        memory = self.memory
        return SearchItem(self.namespace, self.key, self.value, memory.created_at, memory.updated_at, score)


def id_of(namespace: Path, key: str) -> str:
    """The memory's id: a UUID of version 8 (of our own making) from SHA-256 of namespace and key."""
    named = json.dumps([list(namespace), key], ensure_ascii=True)
    digest = bytearray(hashlib.sha256(named.encode()).digest()[:16])
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(digest)))


def check(labels: Iterable[object]) -> None:
    """Refuses a namespace with a label that is no text, or empty."""
    if not all(isinstance(label, str) and label for label in labels):
        raise ArgumentError("a namespace is a tuple of texts, none of them empty")


def record(op: PutOp, fields: Sequence[str]) -> Record:
    """How an item is kept; `fields` are the paths of its text unless the operation names others."""
    check(op.namespace)
    if not op.namespace:
        raise ArgumentError("the namespace of an item has at least one label")
    value = dict(op.value or {})
    text = "" if op.index is False else _text(value, fields if op.index is None else op.index)
    metadata = {
        "namespace": {str(number): label for number, label in enumerate(op.namespace)},
        "key": op.key,
        "value": value,
        "is_indexed": bool(text),
        "ttl_minutes": op.ttl,
    }
    return Record(
        id=id_of(op.namespace, op.key),
        content=text or " / ".join((*op.namespace, op.key)),
        metadata={MARK: metadata},
        ttl_seconds=ttl_seconds(op.ttl),
    )


def ttl_seconds(minutes: float | None) -> int | None:
    """LangGraph's minutes as whole seconds, at least one."""
    return None if minutes is None else max(1, math.ceil(minutes * 60))


def _text(value: dict[str, Any], fields: Sequence[str]) -> str:
    paths = [path if path == "$" else tokenize_path(path) for path in fields]
    return "\n".join(text for path in paths for text in get_text_at_path(value, path)).strip()


def kept(memory: Memory) -> Kept | None:
    """The item that a memory is; `None` for a memory that is none."""
    mark = memory.metadata.get(MARK)
    if not isinstance(mark, Mapping):
        return None
    labels, key, value = mark.get("namespace"), mark.get("key"), mark.get("value")
    if not isinstance(labels, Mapping) or not isinstance(key, str) or not isinstance(value, dict):
        return None
    found = [labels.get(str(number)) for number in range(len(labels))]
    namespace = tuple(label for label in found if isinstance(label, str))
    if len(namespace) < len(found) or memory.id != id_of(namespace, key):
        return None
    return Kept(memory, namespace, key, value, mark.get("ttl_minutes"))


def filter_of(op: SearchOp) -> Filter:
    """What the server chooses by before it ranks: all that `matches` takes, and perhaps more."""
    conditions: list[Filter] = [{f"metadata.{MARK}.is_indexed": {"eq": True}}]
    for number, label in enumerate(op.namespace_prefix):
        conditions.append({f"metadata.{MARK}.namespace.{number}": {"eq": label}})
    conditions.extend(_conditions(f"metadata.{MARK}.value", op.filter or {}))
    return {"and": conditions}


SERVER_OPERATORS = {"$eq": "eq", "$gt": "gte", "$gte": "gte", "$lt": "lte", "$lte": "lte"}
"""What the server knows, or knows a wider form of."""


def _conditions(path: str, wanted: Mapping[str, Any]) -> Iterable[Filter]:
    for name, value in wanted.items():
        if not name or "." in name:
            continue
        if not isinstance(value, Mapping):
            value = {"$eq": value}
        if not any(key.startswith("$") for key in value):
            yield from _conditions(f"{path}.{name}", value)
            continue
        for operator, operand in value.items():
            if operator in SERVER_OPERATORS and isinstance(operand, (str, int, float)):
                yield {f"{path}.{name}": {SERVER_OPERATORS[operator]: operand}}


OPERATORS = ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte")


def check_filter(wanted: Any) -> None:
    """Refuses an operator that no filter has, also where there is nothing to choose from."""
    if not isinstance(wanted, Mapping):
        return
    for key, value in wanted.items():
        if key.startswith("$") and key not in OPERATORS:
            raise ArgumentError(f"no filter has {key!r}; it has {', '.join(OPERATORS)}")
        check_filter(value)


def matches(found: Kept, op: SearchOp) -> bool:
    """Whether a search asks for this item."""
    length = len(op.namespace_prefix)
    return found.namespace[:length] == tuple(op.namespace_prefix) and _equals(found.value, op.filter or {})


def _equals(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        if any(key.startswith("$") for key in wanted):
            return all(_holds(value, operator, operand) for operator, operand in wanted.items())
        return isinstance(value, Mapping) and all(_equals(value.get(key), inner) for key, inner in wanted.items())
    return _is_same(value, wanted)


def _is_same(value: Any, wanted: Any) -> bool:
    """Equality as JSON has it: `1` is `1.0`, and neither is `true`."""
    if isinstance(wanted, (list, tuple)):
        is_list = isinstance(value, list) and len(value) == len(wanted)
        return is_list and all(map(_equals, value, wanted))
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)


def _holds(value: Any, operator: str, operand: Any) -> bool:
    if operator in ("$eq", "$ne"):
        return _is_same(value, operand) == (operator == "$eq")
    if not _is_ordered(value, operand):
        return False
    order: int = (value > operand) - (value < operand)
    holds = {"$gt": order > 0, "$gte": order >= 0, "$lt": order < 0, "$lte": order <= 0}
    return holds[operator]


def _is_ordered(value: Any, operand: Any) -> bool:
    """Whether both are numbers, or both texts."""
    numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (value, operand))
    return numbers or (isinstance(value, str) and isinstance(operand, str))


def namespaces(found: Iterable[Path], op: ListNamespacesOp) -> list[Path]:
    """The namespaces that a listing asks for, in order."""
    conditions = op.match_conditions or ()
    chosen = {path[: op.max_depth] for path in found if all(_fits(path, condition) for condition in conditions)}
    return sorted(chosen)[op.offset : op.offset + op.limit]


def _fits(path: Path, condition: MatchCondition) -> bool:
    if len(path) < len(condition.path):
        return False
    part = path[: len(condition.path)] if condition.match_type == "prefix" else path[-len(condition.path) :]
    return all(wanted in ("*", label) for label, wanted in zip(part, condition.path, strict=False))
