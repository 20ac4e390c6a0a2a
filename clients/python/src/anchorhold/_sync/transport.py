# Made of the file of this name in `_async` by tools/unasync.py; change it there.
"""Sends calls and repeats those that may be repeated."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar

import httpx

from .._call import Call, broken, refusal
from .._lines import Lines
from .._retry import wait_seconds
from .._settings import SAYS_WHO, Settings
from ..errors import AnchorholdError

T = TypeVar("T")


class Transport:
    """Connections, and the settings with which requests go over them."""

    def __init__(self, settings: Settings, http: httpx.Client | None = None) -> None:
        self.settings = settings
        self.is_owner = http is None
        # No cookie is ever kept: one user's must not go with another's request.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = http or httpx.Client(cookies=no_cookies)

    def of(self, settings: Settings) -> Transport:
        """The same connections with other settings."""
        return Transport(settings, self.http)

    def send(self, call: Call[T]) -> T:
        """The reply to a call."""
        return call.read(self._answer(call, is_streamed=False))

    def lines(self, call: Call[bytes]) -> Iterator[bytes]:
        """The lines of a reply, as they come."""
        response = self._answer(call, is_streamed=True)
        try:
            lines = Lines()
            for piece in response.iter_bytes():
                for line in lines.feed(piece):
                    yield line
            lines.end()
        except httpx.HTTPError as error:
            raise broken(error, self.settings) from error
        finally:
            response.close()

    def close(self) -> None:
        """Closes the connections, unless somebody else made them."""
        if self.is_owner:
            self.http.close()

    def _answer(self, call: Call[T], *, is_streamed: bool) -> httpx.Response:
        """The first reply that is no refusal, after as many repetitions as are allowed."""
        content, attempt = call.bytes(), 0
        while True:
            failure: AnchorholdError
            cause: httpx.HTTPError | None = None
            try:
                response = self.http.send(
                    self._request(call, content), stream=is_streamed, auth=None, follow_redirects=False
                )
                if response.is_success:
                    return response
                response.read()
                failure = refusal(response)
            except httpx.HTTPError as error:
                failure, cause = broken(error, self.settings), error
            wait = wait_seconds(failure, call.repeat, attempt, self.settings.max_retries)
            if wait is None:
                raise failure from cause
            attempt += 1
            time.sleep(wait)

    def _request(self, call: Call[T], content: Any) -> httpx.Request:
        headers = call.headers(self.settings)
        request = self.http.build_request(
            call.route.method,
            self.settings.base_url + call.path(),
            content=content,
            headers=httpx.Headers([(name.encode(), value) for name, value in headers.items()]),
            timeout=self.settings.timeout,
        )
        # A client that was handed over may keep cookies and headers: neither says where a request goes.
        for name in SAYS_WHO - headers.keys():
            request.headers.pop(name, None)
        return request
