"""Who asks, where, and for whom: what a client was made with, checked once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx

from ._version import __version__
from .errors import ArgumentError

DEFAULT_URL = "http://127.0.0.1:3300"
"""Where `anchorhold serve` listens unless it is told otherwise."""

DEFAULT_TIMEOUT_SECONDS = 30.0
DEFAULT_RETRIES_MAX = 2

ADDRESS_HEADERS = {
    "user": "x-anchorhold-user",
    "workspace": "x-anchorhold-workspace",
    "agent": "x-anchorhold-agent",
    "thread": "x-anchorhold-thread",
    "namespace": "x-anchorhold-namespace",
    "session_id": "x-session-id",
}
"""The header of each setting that says where a request goes."""

SAYS_WHO = frozenset({*ADDRESS_HEADERS.values(), "authorization", "cookie", "x-api-key"})
"""What says who asks and for whom: from the settings, or not sent at all."""

OWN_HEADERS = SAYS_WHO | {"content-type", "host", "idempotency-key", "if-match"}
"""What the client writes itself, or never sends."""


@dataclass(frozen=True)
class Settings:
    """What a client was made with. Its `repr` holds neither key nor headers."""

    base_url: str
    api_key: str = field(repr=False)
    user: str | None = None
    workspace: str | None = None
    agent: str | None = None
    thread: str | None = None
    namespace: str | None = None
    session_id: str | None = field(default=None, repr=False)
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = DEFAULT_TIMEOUT_SECONDS
    max_retries: int = DEFAULT_RETRIES_MAX

    def __post_init__(self) -> None:
        _check_url(self.base_url)
        if not self.api_key.isascii() or not self.api_key.isprintable() or " " in self.api_key:
            raise ArgumentError("api_key is not a key: it must be one word of ASCII (its text is not repeated here)")
        for name in ADDRESS_HEADERS:
            value = getattr(self, name)
            if value is not None:
                check_address(name, value)
        for name, value in self.extra.items():
            if name.lower() in OWN_HEADERS:
                raise ArgumentError(f"the header {name} is written by the client; use its option instead")
            check_header(name, value)
        if not self.timeout > 0:
            raise ArgumentError("timeout must be more than 0 seconds")
        if self.max_retries < 0:
            raise ArgumentError("max_retries must be 0 or more")

    def of_user(
        self,
        user: str,
        *,
        workspace: str | None = None,
        agent: str | None = None,
        thread: str | None = None,
    ) -> Settings:
        """The same for another user; no part of the address is kept."""
        # A caller whose sign-in found nobody must not end up in what is shared.
        check_address("user", user)
        return replace(
            self,
            user=user,
            workspace=workspace,
            agent=agent,
            thread=thread,
            namespace=None,
            session_id=None,
        )

    def headers(self, namespace: str | None) -> dict[str, bytes]:
        """The headers of every request; `namespace` takes the place of the client's."""
        headers = {name.lower(): value.encode() for name, value in self.extra.items()}
        headers["authorization"] = f"Bearer {self.api_key}".encode()
        headers["user-agent"] = f"anchorhold-python/{__version__}".encode()
        for name, header in ADDRESS_HEADERS.items():
            value = getattr(self, name)
            if name == "namespace" and namespace is not None:
                check_address(name, namespace)
                value = namespace
            if value is not None:
                headers[header] = value.encode()
        return headers


def settings(
    *,
    api_key: str | None,
    base_url: str | None,
    user: str | None,
    workspace: str | None,
    agent: str | None,
    thread: str | None,
    namespace: str | None,
    session_id: str | None,
    headers: Mapping[str, str] | None,
    timeout: float,
    max_retries: int,
) -> Settings:
    """Settings, with the environment for what is missing."""
    api_key = api_key or os.environ.get("ANCHORHOLD_KEY")
    if not api_key:
        raise ArgumentError("no key: give api_key, or set ANCHORHOLD_KEY")
    base_url = base_url or os.environ.get("ANCHORHOLD_URL") or DEFAULT_URL
    return Settings(
        base_url=base_url.rstrip("/"),
        api_key=api_key,
        user=user if user is not None else os.environ.get("ANCHORHOLD_USER") or None,
        workspace=workspace,
        agent=agent,
        thread=thread,
        namespace=namespace,
        session_id=session_id,
        extra=dict(headers or {}),
        timeout=timeout,
        max_retries=max_retries,
    )


def check_address(name: str, value: object) -> None:
    """Refuses what names nobody and nothing."""
    if not isinstance(value, str) or not value:
        raise ArgumentError(f"{name} is empty; leave it out, or say which")
    check_header(name, value)


def check_header(name: str, value: str) -> None:
    """Refuses what would end a header's line; the value is not repeated."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ArgumentError(f"{name} cannot be written in UTF-8") from None
    if any(character < " " or character == "\x7f" for character in value) or value != value.strip():
        raise ArgumentError(f"{name} holds a control character, or begins or ends with a space")


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        is_good = False
    if not is_good:
        raise ArgumentError("base_url is not an address such as http://127.0.0.1:3300")
    if parts.username is not None or parts.query or parts.fragment:
        raise ArgumentError("base_url holds more than scheme, host, port and path; a key belongs in api_key")
