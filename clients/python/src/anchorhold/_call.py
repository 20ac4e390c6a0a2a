"""One request and what its reply is read as; nothing here touches the network."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import httpx

from ._decode import decode
from ._retry import Repeat, retry_after_seconds
from ._settings import Settings
from .errors import (
    BY_TYPE,
    AnchorholdError,
    APIConnectionError,
    APIError,
    APITimeoutError,
    ArgumentError,
    ReplyError,
    class_of_status,
)

T = TypeVar("T")

NDJSON = "application/x-ndjson"


@dataclass(frozen=True)
class Route:
    """A route of the server: method, path with its parameters in braces, and what repeating it can do."""

    method: str
    path: str
    repeat: Repeat
    is_read: bool = False
    """Whether a route that is not GET changes nothing all the same."""

    @property
    def is_write(self) -> bool:
        """Whether the request carries an `Idempotency-Key`."""
        return self.method != "GET" and not self.is_read


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request to be sent. The same `key` goes with every repetition."""

    route: Route
    kind: type[T]
    parts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What stands in the path in the place of each parameter."""
    query: Mapping[str, object] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    content: Any = field(default=None, repr=False)
    """A body that is no JSON: bytes, or an iterator of them."""
    namespace: str | None = None
    if_match: int | None = None
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def repeat(self) -> Repeat:
        """What repeating it can do."""
        is_used_up = self.content is not None and not isinstance(self.content, bytes)
        return Repeat.NEVER if is_used_up else self.route.repeat

    def path(self) -> str:
        """Path and query."""
        path = self.route.path
        for name, value in self.parts.items():
            if re.fullmatch(r"[A-Za-z0-9_-]+", value) is None:
                raise ArgumentError(f"{name} is no id that the server made, or a UUID")
            path = path.replace("{" + name + "}", value)
        query = {name: _query_value(value) for name, value in self.query.items() if value is not None}
        return f"{path}?{urlencode(query)}" if query else path

    def headers(self, settings: Settings) -> dict[str, bytes]:
        """All headers of the request."""
        headers = settings.headers(self.namespace)
        if self.route.is_write:
            headers["idempotency-key"] = self.key.encode()
        if self.if_match is not None:
            headers["if-match"] = f'"{self.if_match}"'.encode()
        if self.content is not None:
            headers["content-type"] = NDJSON.encode()
        elif self.body is not None:
            headers["content-type"] = b"application/json"
        return headers

    def bytes(self) -> Any:
        """The body."""
        return self.content if self.body is None else encode(self.body)

    def read(self, response: httpx.Response) -> T:
        """Reads the reply to a request that went well."""
        try:
            value = response.json()
        except ValueError:
            raise ReplyError(f"the reply to {self.route.method} {self.route.path} is not JSON") from None
        return decode(self.kind, value)


def given(**fields: object) -> dict[str, object]:
    """The fields that are not `None`, as JSON has them."""
    return {name: plain(value) for name, value in fields.items() if value is not None}


def plain(value: object) -> object:
    """A value as JSON has it; times need a zone."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ArgumentError("a time has no zone; say which, such as datetime.now(timezone.utc)")
        return value.isoformat()
    return value


def encode(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_more).encode()
    except (TypeError, ValueError) as error:
        # UnicodeEncodeError repeats the text, which is nobody's business.
        reason = "a text is not valid Unicode" if isinstance(error, UnicodeError) else str(error)
        raise ArgumentError(f"an argument cannot be written as JSON: {reason}") from None


def _more(value: object) -> object:
    """What `json` does not know: mappings and sequences of any kind."""
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _query_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def refusal(response: httpx.Response) -> APIError:
    """The error of a reply that was read to its end."""
    detail = _detail(response)
    message = detail.get("message")
    kind = BY_TYPE.get(str(detail.get("type")), class_of_status(response.status_code))
    return kind(
        message if isinstance(message, str) else f"the server answered {response.status_code} without a reason",
        status=response.status_code,
        code=_text(detail.get("code")),
        request_id=_text(detail.get("request_id")) or response.headers.get("x-anchorhold-request-id"),
        field=_text(detail.get("field")),
        retry_after=retry_after_seconds(response.headers.get("retry-after")),
    )


def _detail(response: httpx.Response) -> Mapping[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    detail = body.get("error") if isinstance(body, Mapping) else None
    return detail if isinstance(detail, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def broken(error: httpx.HTTPError, settings: Settings) -> AnchorholdError:
    """The error of a request that got no reply."""
    was_sent = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    if isinstance(error, httpx.TimeoutException):
        return APITimeoutError(f"no answer from {settings.base_url} in {settings.timeout:g} seconds", was_sent=was_sent)
    # What a LocalProtocolError says may hold a header.
    reason = type(error).__name__ if isinstance(error, httpx.LocalProtocolError) else str(error) or type(error).__name__
    return APIConnectionError(f"no answer from {settings.base_url}: {reason}", was_sent=was_sent)
