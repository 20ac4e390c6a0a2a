# Made of the file of this name in `_async` by tools/unasync.py; change it there.
"""Users of the tenant, for its admins."""

from __future__ import annotations

from collections.abc import Iterator

from .. import _routes as routes
from .._call import Call, given
from ..types import Receipt, Role, User, UserPage
from .transport import Transport


class Users:
    """Users of the tenant. All methods need an admin key; any other is `PermissionDeniedError`.

    A user is found by its id with `lookup`, and named by its handle from then on: ids stand in no address.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, id: str, *, issuer: str | None = None, role: Role | None = None) -> User:
        """Makes a user known before its first memory.

        Args:
            id: As its issuer names it.
            issuer: `local` unless said otherwise: the tenant's own word.
            role: `user` unless said otherwise.
        """
        body = given(id=id, issuer=issuer, role=role)
        return self._transport.send(Call(routes.USER_CREATE, User, body=body))

    def lookup(self, id: str, *, issuer: str | None = None) -> User:
        """The user of this id.

        Raises:
            NotFoundError: `user_not_found`: nothing is kept for it.
        """
        body = given(id=id, issuer=issuer)
        return self._transport.send(Call(routes.USER_LOOKUP, User, body=body))

    def get(self, handle: str) -> User:
        """The user of this handle."""
        return self._transport.send(Call(routes.USER_GET, User, {"id": handle}))

    def list(self, *, page_size: int | None = None) -> Iterator[User]:
        """All users, page after page as they are asked for.

        Args:
            page_size: How many in one request, 1 to 200.
        """
        cursor = None
        while True:
            query = {"limit": page_size or 200, "cursor": cursor}
            page = self._transport.send(Call(routes.USER_LIST, UserPage, query=query))
            for user in page.users:
                yield user
            cursor = page.next_cursor
            if cursor is None:
                return

    def update(self, handle: str, *, role: Role) -> User:
        """Gives a user another role."""
        return self._transport.send(Call(routes.USER_UPDATE, User, {"id": handle}, body={"role": role}))

    def link(self, handle: str, id: str, *, issuer: str | None = None) -> User:
        """Makes a name the second name of a user: both lead to one memory from the next request on.

        Raises:
            ConflictError: `namespace_exists`: something is kept under the second name.
        """
        body = given(id=id, issuer=issuer)
        return self._transport.send(Call(routes.USER_LINK, User, {"id": handle}, body=body))

    def unlink(self, handle: str, link_handle: str) -> User:
        """Takes a second name away; what was kept stays with the user."""
        parts = {"id": handle, "link_id": link_handle}
        return self._transport.send(Call(routes.USER_UNLINK, User, parts))

    def erase(self, handle: str) -> Receipt:
        """Destroys a user: all memories with their keys, all second names, all API keys."""
        return self._transport.send(Call(routes.USER_ERASE, Receipt, {"id": handle}))
