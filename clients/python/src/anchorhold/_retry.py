"""When a call is repeated, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from enum import Enum

from .errors import AnchorholdError, APIConnectionError, APIError

RETRY_AFTER_MAX_SECONDS = 60.0
"""The longest wait that a server may ask for; when it asks for more, the error is raised at once."""

BACKOFF_FIRST_SECONDS = 0.5
"""The longest wait before the first repetition, when the server names none; it doubles each time."""

BACKOFF_MAX_SECONDS = 8.0
"""The longest wait of that sort."""

REFUSED = frozenset({425, 429})
"""Statuses of a request of which nothing was done."""

PASSING = frozenset({408, 503})
"""Statuses that pass by themselves, but may stand for a request of which something was done."""


class Repeat(Enum):
    """What repeating a call can do."""

    SAFE = "safe"
    """Nothing that the first time did not: it reads, or carries an id."""
    IF_REFUSED = "if refused"
    """It would do it twice, unless the first time surely did nothing."""
    NEVER = "never"
    """Its body came from an iterator, and is used up."""


def wait_seconds(
    failure: AnchorholdError,
    repeat: Repeat,
    attempt: int,
    retries_max: int,
    chance: Callable[[], float] = random.random,
) -> float | None:
    """How long to wait before the call is repeated; `None` when it is not.

    `attempt` is 0 after the first. `chance` gives numbers from 0 to 1.
    """
    if attempt >= retries_max or not _may_repeat(failure, repeat):
        return None
    if isinstance(failure, APIError) and failure.retry_after is not None:
        asked = failure.retry_after
        return asked if asked <= RETRY_AFTER_MAX_SECONDS else None
    longest = min(BACKOFF_FIRST_SECONDS * 2.0**attempt, BACKOFF_MAX_SECONDS)
    return longest * (0.5 + 0.5 * chance())


def _may_repeat(failure: AnchorholdError, repeat: Repeat) -> bool:
    if repeat is Repeat.NEVER:
        return False
    is_safe = repeat is Repeat.SAFE
    if isinstance(failure, APIConnectionError):
        return is_safe or not failure.was_sent
    if isinstance(failure, APIError):
        if failure.status in REFUSED:
            return True
        is_passing = failure.status in PASSING or failure.code == "idempotency_in_progress"
        return is_safe and is_passing
    return False


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """The header `Retry-After`, seconds or a date; `None` when it is neither."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=timezone.utc)
    return max(0.0, (until - (now or datetime.now(timezone.utc))).total_seconds())
