"""What a tenant has beside memories: users, keys, named namespaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict

from .memory import Address, Receipt

Role = Literal["user", "viewer", "admin"]
"""What a user may do: everything in their own namespaces, read them, or also manage the tenant."""

Access = Literal["read", "write", "erase", "admin"]
"""What a grant allows; each allows what stands before it as well."""


@dataclass(frozen=True)
class Namespace:
    """A named namespace."""

    id: str
    """Opaque; the other methods take it."""
    name: str
    created_at: datetime
    description: str | None = None


@dataclass(frozen=True)
class NamespaceDeleted:
    """A named namespace is gone; `receipt` when anything was kept in it."""

    id: str
    deleted: bool
    receipt: Receipt | None = None


class Place(TypedDict, total=False):
    """Where a move begins or ends: `shared`, a `user` (with `issuer` and parts), or a `namespace`."""

    shared: bool
    namespace: str
    user: str
    issuer: str
    workspace: str
    agent: str
    thread: str


@dataclass(frozen=True)
class MoveReply:
    """What a move did, counted on both sides."""

    matched: int
    moved: int
    present: int
    """Of those that matched, how many were there already."""
    left: int
    """Memories that are still at the source."""
    there: int
    """Memories that are at the destination."""
    destroyed: int
    """Namespaces that were empty and lost their keys."""
    dry_run: bool = False


@dataclass(frozen=True)
class Grant:
    """A named namespace, or a subtree such as `org/acme/**`, and what a key may do there."""

    namespace: str
    access: str


class NewGrant(TypedDict):
    """A grant of a key to be made."""

    namespace: str
    access: Access


@dataclass(frozen=True)
class Key:
    """An API key, without its secret."""

    key_id: str
    name: str
    prefix: str
    """Its first characters, to tell keys apart."""
    grants: tuple[Grant, ...]
    created_at: datetime
    expires_at: datetime | None = None
    user: str | None = None
    """The user for whom it speaks."""
    act_as: Any = False
    """True when it may name users; `"read"` when it may do so and read alone."""
    viewer: bool = False
    admin: bool = False
    brought: bool = False
    """Whether it is a token that a client had already."""
    origins: tuple[str, ...] | None = None
    """The pages that may use it, of a publishable key."""


@dataclass(frozen=True)
class NewKey(Key):
    """An API key that was just made."""

    key: str | None = field(default=None, repr=False)
    """The secret, shown this once; `None` for a token that a client had already."""


@dataclass(frozen=True)
class Revoked:
    """A key counts no more."""

    key_id: str
    revoked: bool


@dataclass(frozen=True)
class Subject:
    """Whom a request speaks for."""

    issuer: str
    id: str


@dataclass(frozen=True)
class UserName:
    """A user as somebody named it."""

    handle: str
    """Opaque; dies with the user. The other methods take it."""
    issuer: str
    id: str


@dataclass(frozen=True)
class User(UserName):
    """A user of the tenant."""

    role: str
    known: bool
    """False of somebody whom others only claimed to be."""
    links: tuple[UserName, ...]
    """Its second names."""
    created_at: datetime
    linked_to: Subject | None = None
    """Whose second name this is."""


@dataclass(frozen=True)
class Whoami:
    """What the server makes of a key and the headers beside it."""

    tenant: str
    strength: str
    """How sure it is of the subject: `proven`, `asserted`, `claimed` or `none`."""
    trust_mode: str
    grants: tuple[Grant, ...]
    key_id: str
    subject: Subject | None = None
    role: str | None = None
    namespace: Address | None = None
    """Where a request without a named namespace goes; `None` when it would be refused."""
    namespace_id: str | None = None
    """Opaque; `None` when nothing was kept there yet."""


@dataclass(frozen=True)
class NamespacePage:
    """One page of named namespaces."""

    namespaces: tuple[Namespace, ...]
    next_cursor: str | None = None


@dataclass(frozen=True)
class UserPage:
    """One page of users."""

    users: tuple[User, ...]
    next_cursor: str | None = None


@dataclass(frozen=True)
class KeyList:
    """All keys of a tenant."""

    keys: tuple[Key, ...]
