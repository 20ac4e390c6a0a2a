"""Named namespaces, and moves from one place to another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from .. import _routes as routes
from .._call import Call, given
from ..types import Filter, MoveReply, Namespace, NamespaceDeleted, NamespacePage, Place
from .transport import AsyncTransport


class AsyncNamespaces:
    """What several users or agents share on purpose. Creating, changing and deleting need an admin key, or a grant
    with `admin`; everything else shows what the key may see.
    """

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, name: str, *, description: str | None = None) -> Namespace:
        """Makes a named namespace, such as `org/acme/handbook`: one to eight segments.

        Raises:
            ConflictError: `namespace_exists`.
            PermissionDeniedError: The key may not.
        """
        body = given(name=name, description=description)
        return await self._transport.send(Call(routes.NAMESPACE_CREATE, Namespace, body=body))

    async def list(self, *, page_size: int | None = None) -> AsyncIterator[Namespace]:
        """All that the key may see, page after page as they are asked for.

        Args:
            page_size: How many in one request, 1 to 200.
        """
        cursor = None
        while True:
            query = {"limit": page_size or 200, "cursor": cursor}
            page = await self._transport.send(Call(routes.NAMESPACE_LIST, NamespacePage, query=query))
            for namespace in page.namespaces:
                yield namespace
            cursor = page.next_cursor
            if cursor is None:
                return

    async def get(self, id: str) -> Namespace:
        """The namespace of this opaque id.

        Raises:
            NotFoundError: None has it, or none that the key may see.
        """
        return await self._transport.send(Call(routes.NAMESPACE_GET, Namespace, {"id": id}))

    async def update(self, id: str, *, description: str | None) -> Namespace:
        """Describes it anew; `None` removes the description."""
        body = {"description": description}
        return await self._transport.send(Call(routes.NAMESPACE_UPDATE, Namespace, {"id": id}, body=body))

    async def delete(self, id: str) -> NamespaceDeleted:
        """Destroys it with its key, for good."""
        return await self._transport.send(Call(routes.NAMESPACE_DELETE, NamespaceDeleted, {"id": id}))

    async def move(
        self,
        source: Place,
        to: Place,
        *,
        ids: Sequence[str] | None = None,
        filter: Filter | None = None,
        everything: bool | None = None,
        dry_run: bool | None = None,
    ) -> MoveReply:
        """Moves memories between the shared namespace, users and named namespaces, for a tenant's admin.

        Args:
            source: Such as `{"shared": True}` or `{"user": "1", "issuer": "owui"}`.
            to: The same.
            ids, filter, everything: Which memories; one of the three.
            dry_run: Counts, and moves nothing.

        Raises:
            PermissionDeniedError: `access_forbidden`: not an admin key.
        """
        body = given(**{"from": source}, to=to, ids=ids, filter=filter, everything=everything, dry_run=dry_run)
        return await self._transport.send(Call(routes.NAMESPACE_MOVE, MoveReply, body=body))
