"""What is repeated, when, and what never is: against a server that answers by a script."""

from __future__ import annotations

import asyncio
import types
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from scripted import HANG, MEMORY, RESET, Answer, Scripted, refused

import anchorhold._async.transport
import anchorhold._sync.transport
from anchorhold import (
    RETRY_AFTER_MAX_SECONDS,
    Anchorhold,
    APIConnectionError,
    APIError,
    APITimeoutError,
    AsyncAnchorhold,
    ConflictError,
    RateLimitError,
    ServerError,
)
from anchorhold._retry import BACKOFF_MAX_SECONDS, Repeat, retry_after_seconds, wait_seconds

KEY = "ah_00112233445566778899"
KEPT = Answer(201, MEMORY)
PAGE = Answer(200, {"memories": [], "next_cursor": None})
BUSY = refused(503, "overloaded", "server_error")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits of the synchronous client, which do not take place."""
    waited: list[float] = []
    monkeypatch.setattr(anchorhold._sync.transport, "time", types.SimpleNamespace(sleep=waited.append))
    return waited


def client(scripted: Scripted, **options: Any) -> Anchorhold:
    return Anchorhold(KEY, base_url=scripted.url, user="alice", **options)


def test_a_429_is_repeated_after_the_seconds_that_it_names(scripted: Scripted, waits: list[float]) -> None:
    scripted.says(refused(429, "rate_limited", "rate_limit_error", retry_after="7"), KEPT)
    assert client(scripted).memories.add("tea").content == "tea"
    assert waits == [7.0]
    first, second = scripted.asked
    assert first.body == second.body and first.body["id"]
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_a_429_is_repeated_at_the_date_that_it_names(scripted: Scripted, waits: list[float]) -> None:
    date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=30), usegmt=True)
    scripted.says(refused(429, "queue_full", "rate_limit_error", retry_after=date), PAGE)
    assert list(client(scripted).memories.list()) == []
    assert len(waits) == 1 and 0 < waits[0] <= 30
    assert "idempotency-key" not in scripted.asked[0].headers


def test_more_than_the_cap_is_not_waited_for(scripted: Scripted, waits: list[float]) -> None:
    seconds = str(int(RETRY_AFTER_MAX_SECONDS) + 1)
    scripted.says(refused(429, "budget_exceeded", "rate_limit_error", retry_after=seconds))
    with pytest.raises(RateLimitError) as error:
        client(scripted).memories.recall("tea")
    assert error.value.retry_after == RETRY_AFTER_MAX_SECONDS + 1
    assert (len(scripted.asked), waits) == (1, [])


@pytest.mark.parametrize("fault", [BUSY, refused(408, "late", "invalid_request_error"), Answer(503), RESET])
def test_what_is_safe_is_repeated_and_nothing_else(scripted: Scripted, waits: list[float], fault: Answer) -> None:
    memories = client(scripted).memories
    id = MEMORY["id"]
    for safe, answer in (
        (lambda: memories.add("tea"), KEPT),
        (lambda: memories.add_many(["tea"]), Answer(200, {"results": []})),
        (lambda: memories.get(id), Answer(200, MEMORY)),
        (lambda: memories.recall("tea"), Answer(200, {"results": [], "usage": {}})),
    ):
        scripted.says(fault, fault, answer)
        safe()
    assert len(waits) == 8
    waits.clear()
    for once in (
        lambda: memories.update(id, content="coffee"),
        lambda: memories.delete(id),
        lambda: memories.forget(ids=[id]),
        lambda: memories.import_(b"{}"),
        lambda: client(scripted).erase(user="alice"),
    ):
        scripted.says(fault, PAGE)
        scripted.asked.clear()
        with pytest.raises((APIError, APIConnectionError)):
            once()
        assert (len(scripted.asked), waits) == (1, [])


def test_a_refusal_of_which_nothing_was_done_is_repeated_for_every_call(scripted: Scripted, waits: list[float]) -> None:
    for status in (425, 429):
        scripted.says(Answer(status), Answer(200, {"id": MEMORY["id"], "deleted": True}))
        assert client(scripted).memories.delete(str(MEMORY["id"])).deleted
    assert len(waits) == 2


def test_the_body_of_an_iterator_is_sent_once(scripted: Scripted, waits: list[float]) -> None:
    scripted.says(refused(429, "rate_limited", "rate_limit_error", retry_after="1"))
    with pytest.raises((RateLimitError, APIConnectionError)):
        client(scripted).memories.import_(iter([b"{}\n"]))
    assert waits == []


def test_other_refusals_are_told_at_once(scripted: Scripted, waits: list[float]) -> None:
    for status in (400, 401, 403, 404, 409, 413, 422, 500, 502, 504):
        scripted.asked.clear()
        scripted.says(Answer(status, b"<html>a proxy"))
        with pytest.raises(APIError) as error:
            client(scripted).memories.list_page()
        assert error.value.status == status
        assert len(scripted.asked) == 1
    scripted.says(refused(409, "idempotency_in_progress", "conflict_error", retry_after="1"))
    with pytest.raises(ConflictError):
        client(scripted, max_retries=1).memories.add("tea")
    assert waits == [1.0]


def test_what_never_left_is_repeated_and_told_as_such(waits: list[float]) -> None:
    nowhere = Anchorhold(KEY, base_url="http://127.0.0.1:1", user="alice")
    with pytest.raises(APIConnectionError) as error:
        nowhere.memories.delete(str(MEMORY["id"]))
    assert not error.value.was_sent
    assert len(waits) == 2
    assert waits[0] <= 0.5 <= waits[1] * 2 <= 2.0


def test_silence_is_a_timeout(scripted: Scripted, waits: list[float]) -> None:
    scripted.says(HANG)
    with pytest.raises(APITimeoutError) as error:
        client(scripted, timeout=0.1, max_retries=1).memories.list_page()
    assert error.value.was_sent and "0.1 seconds" in str(error.value)
    assert (len(scripted.asked), len(waits)) == (2, 1)
    with pytest.raises(APITimeoutError):
        client(scripted, timeout=0.1).memories.delete(str(MEMORY["id"]))
    assert len(scripted.asked) == 3


def test_a_redirect_takes_no_key_elsewhere(scripted: Scripted) -> None:
    with Scripted() as other:
        other.says(PAGE)
        scripted.says(Answer(307, None, {"location": f"{other.url}/v1/memories"}))
        with pytest.raises(APIError) as error:
            client(scripted).memories.list_page()
        assert error.value.status == 307
        assert other.asked == []


async def test_the_asynchronous_client_waits_as_the_other_does(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(anchorhold._async.transport, "asyncio", types.SimpleNamespace(sleep=sleep))
    scripted.says(refused(429, "rate_limited", "rate_limit_error", retry_after="7"), RESET, KEPT)
    async with AsyncAnchorhold(KEY, base_url=scripted.url, user="alice") as client:
        assert (await client.memories.add("tea")).content == "tea"
    assert waited[0] == 7.0 and len(waited) == 2
    assert len({asked.headers["idempotency-key"] for asked in scripted.asked}) == 1


@pytest.mark.parametrize("answer", [refused(429, "rate_limited", "rate_limit_error", retry_after="59"), HANG])
async def test_a_cancelled_task_waits_no_longer(scripted: Scripted, answer: Answer) -> None:
    scripted.says(answer)
    async with AsyncAnchorhold(KEY, base_url=scripted.url, user="alice") as client:
        task = asyncio.create_task(client.memories.add("tea"))
        await asyncio.to_thread(scripted.came.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(scripted.asked) == 1


def test_waits_double_up_to_a_limit_and_vary_by_half() -> None:
    failure = ServerError("busy", status=503)
    longest = [wait_seconds(failure, Repeat.SAFE, attempt, 9, lambda: 1.0) for attempt in range(9)]
    shortest = [wait_seconds(failure, Repeat.SAFE, attempt, 9, lambda: 0.0) for attempt in range(9)]
    assert longest == [0.5, 1.0, 2.0, 4.0] + [BACKOFF_MAX_SECONDS] * 5
    assert shortest == [wait / 2 for wait in longest if wait is not None]
    assert wait_seconds(failure, Repeat.SAFE, 9, 9) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 12 ", 12.0),
        ("Sun, 22 Nov 2026 10:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("\u0661", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    now = datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
    assert retry_after_seconds(header, now) == seconds
