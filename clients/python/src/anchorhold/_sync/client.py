# Made of the file of this name in `_async` by tools/unasync.py; change it there.
"""The client: where the server is, who asks and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import httpx

from .. import _routes as routes
from .._call import Call, given
from .._settings import DEFAULT_RETRIES_MAX, DEFAULT_TIMEOUT_SECONDS, settings
from ..types import Receipt, Whoami
from .keys import Keys
from .memories import Memories
from .namespaces import Namespaces
from .transport import Transport
from .users import Users


class Anchorhold:
    """A client of one Anchorhold server, with one key, for one user.

    Args:
        api_key: `ah_...`; from `ANCHORHOLD_KEY` when left out. It is sent to `base_url` alone and stands in no
            message and no `repr`.
        base_url: From `ANCHORHOLD_URL` when left out, else `http://127.0.0.1:3300`.
        user: For whom the key asks; from `ANCHORHOLD_USER` when left out. A key that is bound to a user needs
            none.
        workspace, agent, thread: A part of the user, with a memory of its own.
        namespace: The named namespace of all calls that name none themselves.
        session_id: The session of a visitor without a name (tenants with sessions).
        headers: Further headers of every request, such as `x-isolation-key`.
        timeout: Seconds for which the server, or the connection to it, may be silent.
        max_retries: How often a call is repeated that may be: after 425 and 429; after 408, 503 and broken
            connections when it reads, or carries an id as `memories.add` does.
        http_client: The connections to use, for a proxy or a certificate authority of your own; it is not
            closed by this client. Its headers go along unless they say who asks or for whom; its cookies, its
            `auth` and redirects are not used.

    Raises:
        ArgumentError: No key, or a setting that cannot be sent.

    It is used by several threads at once, and is a context manager that closes its connections.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        user: str | None = None,
        workspace: str | None = None,
        agent: str | None = None,
        thread: str | None = None,
        namespace: str | None = None,
        session_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_retries: int = DEFAULT_RETRIES_MAX,
        http_client: httpx.Client | None = None,
    ) -> None:
        chosen = settings(
            api_key=api_key,
            base_url=base_url,
            user=user,
            workspace=workspace,
            agent=agent,
            thread=thread,
            namespace=namespace,
            session_id=session_id,
            headers=headers,
            timeout=timeout,
            max_retries=max_retries,
        )
        self._transport = Transport(chosen, http_client)

    def for_user(
        self,
        user: str,
        *,
        workspace: str | None = None,
        agent: str | None = None,
        thread: str | None = None,
    ) -> Anchorhold:
        """A client for another user over the same connections, for backends whose key holds `act_as`.

        Nothing of this client's address is kept: neither its parts nor its namespace nor its session. It costs no
        request, and closing it closes nothing.
        """
        other = Anchorhold.__new__(Anchorhold)
        other._transport = self._transport.of(
            self._transport.settings.of_user(user, workspace=workspace, agent=agent, thread=thread)
        )
        return other

    @cached_property
    def memories(self) -> Memories:
        """Memories: add, get, list, update, delete, forget, recall, export, import."""
        return Memories(self._transport)

    @cached_property
    def namespaces(self) -> Namespaces:
        """Named namespaces, and moves."""
        return Namespaces(self._transport)

    @cached_property
    def keys(self) -> Keys:
        """API keys of the tenant, for its admins."""
        return Keys(self._transport)

    @cached_property
    def users(self) -> Users:
        """Users of the tenant, for its admins."""
        return Users(self._transport)

    def whoami(self) -> Whoami:
        """What the server makes of the key and the user: who, how sure, and which namespace."""
        return self._transport.send(Call(routes.WHOAMI, Whoami))

    # The first parameter makes room for the keyword `self`.
    def erase(
        client,
        /,
        *,
        user: str | None = None,
        namespace: str | None = None,
        session: str | None = None,
        self: bool | None = None,
    ) -> Receipt:
        """Destroys everything of a user, of a named namespace or of a session, keys first; it cannot be undone.

        Args:
            user, namespace, session: What is erased.
            self: `True` erases the one for whom this client asks.

        Raises:
            NotFoundError: Nothing is kept there.
            PermissionDeniedError: The key may not.
        """
        body = given(user=user, namespace=namespace, session=session, self=self)
        return client._transport.send(Call(routes.ERASE, Receipt, body=body))

    def close(self) -> None:
        """Closes the connections, unless they were handed over."""
        self._transport.close()

    def __enter__(self) -> Anchorhold:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Anchorhold(base_url={self._transport.settings.base_url!r})"
