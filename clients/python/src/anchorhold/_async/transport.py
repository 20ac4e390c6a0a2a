"""Sends calls and repeats those that may be repeated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar

import httpx

from .._call import Call, broken, refusal
from .._lines import Lines
from .._retry import wait_seconds
from .._settings import SAYS_WHO, Settings
from ..errors import AnchorholdError

T = TypeVar("T")


class AsyncTransport:
    """Connections, and the settings with which requests go over them."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient | None = None) -> None:
        self.settings = settings
        self.is_owner = http is None
        # No cookie is ever kept: one user's must not go with another's request.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = http or httpx.AsyncClient(cookies=no_cookies)

    def of(self, settings: Settings) -> AsyncTransport:
        """The same connections with other settings."""
        return AsyncTransport(settings, self.http)

    async def send(self, call: Call[T]) -> T:
        """The reply to a call."""
        return call.read(await self._answer(call, is_streamed=False))

    async def lines(self, call: Call[bytes]) -> AsyncIterator[bytes]:
        """The lines of a reply, as they come."""
        response = await self._answer(call, is_streamed=True)
        try:
            lines = Lines()
            async for piece in response.aiter_bytes():
                for line in lines.feed(piece):
                    yield line
            lines.end()
        except httpx.HTTPError as error:
            raise broken(error, self.settings) from error
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Closes the connections, unless somebody else made them."""
        if self.is_owner:
            await self.http.aclose()

    async def _answer(self, call: Call[T], *, is_streamed: bool) -> httpx.Response:
        """The first reply that is no refusal, after as many repetitions as are allowed."""
        content, attempt = call.bytes(), 0
        while True:
            failure: AnchorholdError
            cause: httpx.HTTPError | None = None
            try:
                response = await self.http.send(
                    self._request(call, content), stream=is_streamed, auth=None, follow_redirects=False
                )
                if response.is_success:
                    return response
                await response.aread()
                failure = refusal(response)
            except httpx.HTTPError as error:
                failure, cause = broken(error, self.settings), error
            wait = wait_seconds(failure, call.repeat, attempt, self.settings.max_retries)
            if wait is None:
                raise failure from cause
            attempt += 1
            await asyncio.sleep(wait)

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
