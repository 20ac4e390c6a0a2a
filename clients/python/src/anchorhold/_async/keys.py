"""API keys of the tenant, for its admins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .. import _routes as routes
from .._call import Call, given
from ..types import Key, KeyList, NewGrant, NewKey, Revoked
from .transport import AsyncTransport


class AsyncKeys:
    """API keys of the tenant. All methods need an admin key; any other is `PermissionDeniedError`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(
        self,
        name: str,
        *,
        user: str | None = None,
        viewer: bool | None = None,
        act_as: bool | Literal["read"] | None = None,
        admin: bool | None = None,
        grants: Sequence[NewGrant] | None = None,
        expires_in_days: int | None = None,
        publishable_for: Sequence[str] | None = None,
        bearer_token: str | None = None,
    ) -> NewKey:
        """Makes a key; its secret is in `key` of the reply and nowhere else, ever again.

        Args:
            name: What people call it; need not be unique.
            user: The user for whom it speaks, and for nobody else.
            viewer: It reads, and changes nothing.
            act_as: It may name users; `"read"`: to read alone.
            admin: It may manage the tenant.
            grants: The named namespaces that it reaches.
            expires_in_days: Days until it ends by itself.
            publishable_for: The origins of the pages that may use it, of a publishable key.
            bearer_token: A token that a client has already, to be taken as a key of `user`.
        """
        body = given(
            name=name,
            user=user,
            viewer=viewer,
            act_as=act_as,
            admin=admin,
            grants=grants,
            expires_in_days=expires_in_days,
            publishable=None if publishable_for is None else {"origins": publishable_for},
            bearer_token=bearer_token,
        )
        return await self._transport.send(Call(routes.KEY_CREATE, NewKey, body=body))

    async def list(self) -> Sequence[Key]:
        """All keys that count, without their secrets."""
        return (await self._transport.send(Call(routes.KEY_LIST, KeyList))).keys

    async def revoke(self, key_id: str) -> Revoked:
        """Ends a key; it is refused from the next request on."""
        return await self._transport.send(Call(routes.KEY_REVOKE, Revoked, {"key_id": key_id}))
