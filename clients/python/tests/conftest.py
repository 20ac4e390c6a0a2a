"""A tenant of its own for each module, on a server that runs: where it is says the environment."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from scripted import Scripted

from anchorhold import Anchorhold, AsyncAnchorhold

NEEDED = ("ANCHORHOLD_URL", "ANCHORHOLD_OPERATOR_URL", "ANCHORHOLD_OPERATOR_KEY")

HOW = (
    "these tests need a server: start one with `anchorhold serve --print-operator-key` and set "
    + ", ".join(NEEDED)
    + "; or run `make test` at the root of the repository"
)


@pytest.fixture(scope="session", autouse=True)
def server() -> dict[str, str]:
    """Where the server is. Nothing else of the environment reaches a client."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.fail(f"{', '.join(missing)} is not set; {HOW}", pytrace=False)
    for name in ("ANCHORHOLD_KEY", "ANCHORHOLD_USER"):
        os.environ.pop(name, None)
    return {name: os.environ[name] for name in NEEDED}


class Tenant:
    """A tenant, and clients with keys of it."""

    def __init__(self, server: dict[str, str]) -> None:
        self.url = server["ANCHORHOLD_URL"]
        self.name = f"python-{uuid.uuid4().hex[:12]}"
        self._operator = httpx.Client(
            base_url=server["ANCHORHOLD_OPERATOR_URL"],
            headers={"authorization": f"Bearer {server['ANCHORHOLD_OPERATOR_KEY']}"},
        )
        self._open: list[Anchorhold] = []
        self._ask("/v1/tenants", {"name": self.name})

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = self._operator.post(path, json=body)
        assert reply.is_success, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def key(self, **fields: Any) -> str:
        """A new key."""
        key: str = self._ask(f"/v1/tenants/{self.name}/keys", {"name": "test", **fields})["key"]
        return key

    def client(self, user: str | None = None, **fields: Any) -> Anchorhold:
        """A client with a new key; with `act_as` unless said otherwise."""
        client = Anchorhold(self.key(**fields or {"act_as": True}), base_url=self.url, user=user)
        self._open.append(client)
        return client

    def async_client(self, user: str | None = None, **fields: Any) -> AsyncAnchorhold:
        """The same for asyncio; whoever asks for it closes it."""
        return AsyncAnchorhold(self.key(**fields or {"act_as": True}), base_url=self.url, user=user)

    def close(self) -> None:
        """Closes what was opened."""
        for client in self._open:
            client.close()
        self._operator.close()


@pytest.fixture(scope="module")
def tenant(server: dict[str, str]) -> Iterator[Tenant]:
    """A tenant of this module alone."""
    tenant = Tenant(server)
    yield tenant
    tenant.close()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A server that answers what the test says."""
    with Scripted() as server:
        yield server
