"""JSON to the frozen dataclasses of `anchorhold.types`.

A field that this version does not know is passed over: a later server may say more. A field that is missing
and has no default, or is of another kind, is a `ReplyError`.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from .errors import ReplyError

T = TypeVar("T")


def decode(kind: type[T], value: object) -> T:
    """Reads a JSON value as `kind`, a dataclass."""
    wanted: Any = kind
    found = _reader(wanted)(value)
    assert isinstance(found, kind)
    return found


def time_of(text: str) -> datetime:
    """An RFC 3339 time, with its zone."""
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What reads a value of a type as it is written in the dataclasses."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return functools.partial(_object, kind)
    if origin in (typing.Union, types.UnionType):
        return functools.partial(_optional, next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return functools.partial(_items, arguments[0])
    if kind is datetime:
        return _time
    if kind is Any or kind is object:
        return lambda value: value
    if origin is not None and issubclass(origin, Mapping):
        return functools.partial(_plain, dict)
    return functools.partial(_plain, kind)


def _object(kind: Any, value: object) -> object:
    if not isinstance(value, Mapping):
        raise _wrong(kind.__name__, value)
    hints = _hints(kind)
    fields: dict[str, object] = {}
    for field in dataclasses.fields(kind):
        if field.name in value:
            fields[field.name] = _reader(hints[field.name])(value[field.name])
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise ReplyError(f"the reply has no {field.name!r} where a {kind.__name__} stands")
    return kind(**fields)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _optional(kind: Any, value: object) -> object:
    return None if value is None else _reader(kind)(value)


def _items(kind: Any, value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise _wrong("list", value)
    return tuple(map(_reader(kind), value))


def _time(value: object) -> datetime:
    try:
        return time_of(value) if isinstance(value, str) else time_of("")
    except ValueError:
        raise _wrong("time", value) from None


def _plain(kind: type, value: object) -> object:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise _wrong(kind.__name__, value)


def _wrong(wanted: str, value: object) -> ReplyError:
    return ReplyError(f"the reply has a {type(value).__name__} where a {wanted} stands")
