"""Memories, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal

MemoryType = Literal["semantic", "episodic", "procedural", "working"]
"""What sort of memory it is; `semantic` unless said otherwise."""

Filter = Mapping[str, Any]
"""Chooses memories, such as `{"tags": {"any": ["work"]}}`; operators are in docs/guide.md."""


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Leaves a field as it is where `None` would remove it."""


@dataclass(frozen=True)
class Address:
    """Where something is kept."""

    kind: str
    """`user`, `named`, `shared`, `session` or `quarantine`."""
    name: str | None = None
    """The user's id, or the name of a named namespace."""
    issuer: str | None = None
    """Who vouches for the user's id."""
    workspace: str | None = None
    agent: str | None = None
    thread: str | None = None


@dataclass(frozen=True)
class Memory:
    """One memory."""

    id: str
    """A UUID."""
    content: str
    type: str
    importance: float
    """0 to 1."""
    created_at: datetime
    updated_at: datetime
    version: int
    """1 at first, one more with each change; `update` takes it as `if_match`."""
    namespace: Address
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    speaker: str | None = None
    conversation: str | None = None
    event_time: datetime | None = None
    """When what it tells of happened."""
    expires_at: datetime | None = None
    replayed: bool = False
    """True when it was kept before, under the same id."""
    windows: int | None = None
    """Windows in which a long text was embedded; `None` when one was enough."""


@dataclass(frozen=True, kw_only=True)
class NewMemory:
    """A memory to keep; see `memories.add` for what each field means."""

    content: str
    type: MemoryType | None = None
    importance: float | None = None
    tags: Sequence[str] | None = None
    metadata: Mapping[str, Any] | None = None
    event_time: datetime | str | None = None
    ttl_seconds: int | None = None
    speaker: str | None = None
    conversation: str | None = None
    id: str | None = None
    vector: Sequence[float] | None = None


@dataclass(frozen=True)
class ErrorDetail:
    """Why one item was refused."""

    code: str
    message: str
    type: str
    request_id: str
    field: str | None = None


@dataclass(frozen=True)
class BatchResult:
    """What became of one memory of `add_many`: a memory or an error."""

    status: int
    """As an HTTP status: 201 kept, 200 kept before, otherwise refused."""
    memory: Memory | None = None
    error: ErrorDetail | None = None


@dataclass(frozen=True)
class RecallResult:
    """One memory that answers."""

    memory: Memory
    score: float
    """What the results are ordered by; compares within one reply alone."""
    similarity: float
    """How near the texts are in meaning, 0 to 1; compares across replies."""
    rank: int
    """1 for the best."""
    why: Mapping[str, Any] | None = None
    """How the score came about, with `explain`."""

    @property
    def id(self) -> str:
        """The memory's id."""
        return self.memory.id

    @property
    def content(self) -> str:
        """The memory's text."""
        return self.memory.content


@dataclass(frozen=True)
class RecallUsage:
    """What a question cost."""

    query_tokens: int | None = None
    windows: int | None = None


@dataclass(frozen=True)
class RecallReply:
    """The results, best first; it is iterated, counted and indexed as they are."""

    results: tuple[RecallResult, ...]
    usage: RecallUsage

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, index: int) -> RecallResult:
        return self.results[index]

    def __iter__(self) -> Iterator[RecallResult]:
        return iter(self.results)


@dataclass(frozen=True)
class Deleted:
    """A memory is gone."""

    id: str
    deleted: bool


@dataclass(frozen=True)
class Forgotten:
    """What `forget` deleted, or would delete."""

    deleted: int
    ids: tuple[str, ...]
    dry_run: bool = False


@dataclass(frozen=True)
class Residue:
    """A place that may still hold a wrapped key."""

    where: str
    until: datetime | None = None
    """Until when; `None` when nobody but the operator knows."""


@dataclass(frozen=True)
class Receipt:
    """What an erasure destroyed, and what is left of it for a while."""

    receipt_id: str
    namespaces: int
    """How many namespaces lost their key."""
    records: int
    key_ids: tuple[str, ...]
    erased_at: datetime
    residues: tuple[Residue, ...]
    audit_id: str


@dataclass(frozen=True)
class ImportFailure:
    """A line that an import refused."""

    line: int
    """1 for the first."""
    code: str
    message: str


@dataclass(frozen=True)
class ImportReply:
    """What became of the lines of an import."""

    imported: int
    skipped: int
    """There already, the same."""
    refused: int
    errors: tuple[ImportFailure, ...]
    """The first 1,000."""
    complete: bool
    """False when the export was cut or changed on the way; what arrived is kept."""


@dataclass(frozen=True)
class MemoryPage:
    """One page of memories, newest first."""

    memories: tuple[Memory, ...]
    next_cursor: str | None = None


@dataclass(frozen=True)
class BatchReply:
    """What became of each memory of `add_many`, in their order."""

    results: tuple[BatchResult, ...]
