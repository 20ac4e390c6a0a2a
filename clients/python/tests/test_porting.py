"""Exports and imports, whole and cut."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from scripted import Answer, Scripted

from anchorhold import Anchorhold, APIConnectionError, InvalidRequestError, PermissionDeniedError, ReplyError
from anchorhold._lines import Lines


def test_an_import_of_an_export_makes_the_same_export_again(tenant: Any) -> None:
    backend = tenant.client()
    first, second = backend.for_user("first"), backend.for_user("second")
    for text in ("tea", "Zeile\u2028und\u0085weiter", "last"):
        first.memories.add(text, metadata={"text": text})
    backend.for_user("first", workspace="work").memories.add("coffee")
    lines = list(first.memories.export())
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    assert len(lines) == 6 and json.loads(lines[0])["anchorhold_export"] == 1
    done = second.memories.import_(iter(lines))
    assert (done.imported, done.skipped, done.refused, done.complete) == (4, 0, 0, True)
    assert second.memories.import_(b"".join(lines)).skipped == 4
    again = list(second.memories.export())
    assert again[1:-1] == lines[1:-1]
    assert [memory.id for memory in second.memories.list()] == [memory.id for memory in first.memories.list()]
    plain = list(first.memories.export(vectors=False))
    assert b"vector" in lines[1] and b"vector" not in plain[1]


def test_a_line_that_is_refused_stops_no_other_and_a_cut_is_told(tenant: Any) -> None:
    memories = tenant.client("lines").memories
    done = memories.import_([b'{"content": "tea"}\n{"cont', b'ent": ""}\n', b'{"content": "coffee"}\n'])
    assert (done.imported, done.refused) == (2, 1)
    assert [failure.line for failure in done.errors] == [2]
    head, line, *_ = memories.export()
    cut = tenant.client("cut").memories.import_(head + line)
    assert (cut.imported, cut.complete) == (1, False)


def test_a_named_namespace_is_exported_by_whom_it_is_granted(tenant: Any) -> None:
    admin = tenant.client(admin=True)
    admin.namespaces.create("org/acme")
    member = tenant.client(grants=[{"namespace": "org/acme", "access": "write"}])
    member.memories.import_(b'{"content": "Expenses are due on the fifth."}', namespace="org/acme")
    assert b"Expenses" in b"".join(member.memories.export(namespace="org/acme"))
    with pytest.raises(PermissionDeniedError):
        list(tenant.client("alice").memories.export(namespace="org/acme"))
    with pytest.raises(InvalidRequestError):
        list(tenant.client().memories.export())


async def test_the_asynchronous_client_carries_memories_too(tenant: Any) -> None:
    async def pieces(lines: list[bytes]) -> AsyncIterator[bytes]:
        for line in lines:
            yield line

    async with tenant.async_client() as client:
        await client.for_user("one").memories.add("tea")
        lines = [line async for line in client.for_user("one").memories.export()]
        assert (await client.for_user("two").memories.import_(pieces(lines))).imported == 1
        assert (await client.for_user("three").memories.import_(lines)).imported == 1
        assert (await client.for_user("four").memories.import_(b"".join(lines))).imported == 1


@pytest.mark.parametrize("headers", [{}, {"content-length": "9999"}])
def test_an_export_that_was_cut_is_an_error_after_its_last_line(scripted: Scripted, headers: dict[str, str]) -> None:
    scripted.says(Answer(200, b'{"anchorhold_export": 1}\n{"content": "tea"}\n', headers))
    lines = Anchorhold("ah_k", base_url=scripted.url, user="alice").memories.export()
    assert [next(lines), next(lines)] == [b'{"anchorhold_export": 1}\n', b'{"content": "tea"}\n']
    with pytest.raises((ReplyError, APIConnectionError)):
        next(lines)


def test_lines_are_the_same_however_they_are_cut() -> None:
    whole = '{"a": "\u2028\r"}\n\n{"anchorhold_export_end": 1}\n'.encode()
    for size in range(1, len(whole) + 1):
        lines = Lines()
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert b"".join(line for piece in pieces for line in lines.feed(piece)) == whole
        lines.end()
