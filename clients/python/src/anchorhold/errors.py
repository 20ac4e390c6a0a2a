"""What can go wrong, one class for each `type` of error that the server knows.

All of them are `AnchorholdError`. No message and no `repr` ever holds a key.
"""

from __future__ import annotations


class AnchorholdError(Exception):
    """The base of every error of this package."""


class ArgumentError(AnchorholdError, ValueError):
    """A setting or an argument is missing or cannot be sent; nothing was sent."""


class ReplyError(AnchorholdError):
    """The server's reply is not one of this interface, or ended before its end."""


class APIConnectionError(AnchorholdError):
    """No reply came: the server is unreachable or the connection broke.

    Attributes:
        was_sent: False when the request surely never reached the server; otherwise what it asked for may
            have happened.
    """

    def __init__(self, message: str, *, was_sent: bool) -> None:
        super().__init__(message)
        self.was_sent = was_sent


class APITimeoutError(APIConnectionError):
    """No reply came within `timeout` seconds."""


class APIError(AnchorholdError):
    """The server refused. The class says its `type`; `code` says why, and never changes its meaning.

    Attributes:
        message: What to do, in words.
        status: The HTTP status.
        code: The word to decide by, such as `memory_not_found`; `None` when something on the way to the
            server answered in its place.
        request_id: Names the request in the server's log; `None` when unknown.
        field: The field of the request that is wrong; `None` when it is no single one.
        retry_after: Seconds after which repeating may help; `None` when the server named none.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        request_id: str | None = None,
        field: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.request_id = request_id
        self.field = field
        self.retry_after = retry_after

    def __str__(self) -> str:
        named = [str(self.status)]
        if self.code is not None:
            named.append(self.code)
        if self.request_id is not None:
            named.append(self.request_id)
        return f"{self.message} ({', '.join(named)})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class InvalidRequestError(APIError):
    """400, 413, 415, 422: the request is wrong; correct what the message names."""


class AuthenticationError(APIError):
    """401: the key is missing or does not count, or the user is not proved."""


class PermissionDeniedError(APIError):
    """403, 423: this key, or this user, may not do that."""


class NotFoundError(APIError):
    """404: there is no such memory, user, namespace or route, or not for this key."""


class ConflictError(APIError):
    """409: it is there already, or was changed meanwhile."""


class RateLimitError(APIError):
    """429: too much at once; wait `retry_after` seconds."""


class ServerError(APIError):
    """5xx: the server cannot answer now, or failed."""


BY_TYPE: dict[str, type[APIError]] = {
    "invalid_request_error": InvalidRequestError,
    "authentication_error": AuthenticationError,
    "permission_error": PermissionDeniedError,
    "not_found_error": NotFoundError,
    "conflict_error": ConflictError,
    "rate_limit_error": RateLimitError,
    "server_error": ServerError,
}
"""The class of each `type` that an error of the server names."""


def class_of_status(status: int) -> type[APIError]:
    """The class for a reply that names no type, such as one of a proxy."""
    known: dict[int, type[APIError]] = {
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: NotFoundError,
        409: ConflictError,
        423: PermissionDeniedError,
        429: RateLimitError,
    }
    if status >= 500:
        return ServerError
    return known.get(status, InvalidRequestError)
