"""Memories, from the first to the last verb, on a real server."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from anchorhold import ArgumentError, ConflictError, InvalidRequestError, NewMemory, NotFoundError


def test_what_is_kept_is_got_whole(tenant: Any) -> None:
    memories = tenant.client("whole").memories
    when = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=2)))
    kept = memories.add(
        "Grüße \u2028 aus Köln",
        type="episodic",
        importance=0.25,
        tags=["a", "b"],
        metadata={"n": 1, "deep": {"x": None}},
        event_time=when,
        ttl_seconds=3600,
        speaker="Ü",
        conversation="c",
    )
    got = memories.get(kept.id)
    assert got == kept
    assert (got.content, got.type, got.importance) == ("Grüße \u2028 aus Köln", "episodic", 0.25)
    assert (got.tags, got.metadata) == (("a", "b"), {"n": 1, "deep": {"x": None}})
    assert (got.event_time, got.speaker, got.conversation) == (when, "Ü", "c")
    assert got.expires_at is not None and got.expires_at - got.created_at == timedelta(hours=1)
    assert (got.namespace.kind, got.namespace.name) == ("user", "whole")


def test_the_same_id_is_a_replay_and_other_content_a_conflict(tenant: Any) -> None:
    memories, id = tenant.client("replay").memories, str(uuid.uuid4())
    assert not memories.add("tea", id=id).replayed
    assert memories.add("tea", id=id).replayed
    with pytest.raises(ConflictError) as refused:
        memories.add("coffee", id=id)
    assert (refused.value.code, refused.value.status) == ("id_conflict", 409)
    assert [memory.content for memory in memories.list()] == ["tea"]


def test_an_update_changes_what_is_given_and_only_the_version_that_was_read(tenant: Any) -> None:
    memories = tenant.client("update").memories
    first = memories.add("tea", tags=["a"], event_time="2026-01-01T00:00:00Z", ttl_seconds=60)
    second = memories.update(first.id, content="coffee", if_match=first.version)
    assert (second.content, second.tags, second.version) == ("coffee", ("a",), 2)
    assert (second.event_time, second.expires_at) == (first.event_time, first.expires_at)
    third = memories.update(first.id, event_time=None, ttl_seconds=None, tags=[])
    assert (third.event_time, third.expires_at, third.tags) == (None, None, ())
    with pytest.raises(ConflictError) as refused:
        memories.update(first.id, content="cocoa", if_match=first.version)
    assert refused.value.code == "version_conflict"


def test_more_than_two_hundred_memories_are_all_listed_in_order(tenant: Any) -> None:
    memories = tenant.client("many").memories
    wanted = [f"number {number}" for number in range(230)]
    for start in range(0, len(wanted), 100):
        results = memories.add_many(wanted[start : start + 100])
        assert {result.status for result in results} == {201}
    assert [memory.content for memory in memories.list()] == wanted[::-1]
    assert [memory.content for memory in memories.list(page_size=7, limit=20)] == wanted[:-21:-1]
    assert list(memories.list(limit=0)) == []


def test_each_memory_of_a_batch_is_judged_on_its_own(tenant: Any) -> None:
    memories = tenant.client("batch").memories
    results = memories.add_many(["tea", NewMemory(content="", tags=["x"]), NewMemory(content="coffee", importance=1)])
    assert [result.status for result in results] == [201, 422, 201]
    assert results[1].memory is None and results[1].error is not None
    assert results[1].error.code == "request_invalid"
    assert sorted(memory.content for memory in memories.list()) == ["coffee", "tea"]
    with pytest.raises(InvalidRequestError):
        memories.add_many(["x"] * 101)


def test_recall_filters_explains_and_keeps_its_threshold(tenant: Any) -> None:
    memories = tenant.client("recall").memories
    memories.add("My sister Mia lives in Porto.", tags=["family"])
    memories.add("The review is on Thursday.", tags=["work"])
    reply = memories.recall("Where does Mia live?", limit=1, explain=True)
    assert len(reply) == 1 and reply[0].content == "My sister Mia lives in Porto."
    assert reply[0].rank == 1 and 0 < reply[0].similarity <= 1 and reply[0].why
    assert reply.usage.query_tokens
    filtered = memories.recall("Where does Mia live?", filter={"tags": {"any": ["work"]}})
    assert [found.content for found in filtered] == ["The review is on Thursday."]
    assert not memories.recall("Where does Mia live?", threshold=1.0, filter={"tags": {"any": ["work"]}})


def test_forget_never_means_everything(tenant: Any) -> None:
    memories = tenant.client("forget").memories
    kept = [memories.add(text, tags=[text]) for text in ("tea", "coffee", "cocoa")]
    for arguments in ({}, {"filter": {}}):
        with pytest.raises(InvalidRequestError):
            memories.forget(**arguments)
    tried = memories.forget(filter={"tags": {"any": ["tea"]}}, dry_run=True)
    assert (tried.deleted, tried.ids, tried.dry_run) == (1, (kept[0].id,), True)
    assert memories.forget(ids=[kept[0].id]).deleted == 1
    assert memories.delete(kept[1].id).deleted
    with pytest.raises(NotFoundError) as refused:
        memories.delete(kept[1].id)
    assert refused.value.code == "memory_not_found"
    assert [memory.id for memory in memories.list()] == [kept[2].id]


def test_what_cannot_be_sent_is_said_before_anything_is(tenant: Any) -> None:
    memories = tenant.client("unsent").memories
    for wrong in (
        lambda: memories.add("x", event_time=datetime(2026, 1, 1)),
        lambda: memories.add("x", importance=float("nan")),
        lambda: memories.add("\ud800"),
        lambda: memories.add("x", metadata={"a": object()}),
        lambda: memories.get("../keys"),
        lambda: memories.get(""),
        lambda: memories.get("x", namespace=""),
        lambda: memories.get("x", namespace="a\r\nx-anchorhold-user: bob"),
        lambda: memories.import_("text"),
    ):
        with pytest.raises(ArgumentError):
            wrong()
    assert list(memories.list()) == []


def test_a_part_of_a_user_has_a_memory_of_its_own(tenant: Any) -> None:
    backend = tenant.client()
    work = backend.for_user("ann", workspace="work", agent="planner", thread="t1")
    work.memories.add("The review is on Thursday.")
    assert list(backend.for_user("ann").memories.list()) == []
    assert list(backend.for_user("ann", workspace="work").memories.list()) == []
    place = work.whoami().namespace
    assert place is not None
    assert (place.name, place.workspace, place.agent, place.thread) == ("ann", "work", "planner", "t1")
