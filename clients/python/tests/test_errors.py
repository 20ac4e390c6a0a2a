"""Refusals of a real server as classes, and that nothing that is shown holds a secret."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import httpx
import pytest
from scripted import MEMORY, Answer, Scripted

from anchorhold import (
    Anchorhold,
    AnchorholdError,
    APIError,
    ArgumentError,
    AsyncAnchorhold,
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    MemoryClient,
    NotFoundError,
    PermissionDeniedError,
    ReplyError,
    ServerError,
)
from anchorhold.errors import BY_TYPE


@pytest.mark.parametrize(
    ("ask", "kind", "status", "code"),
    [
        (lambda c: c.memories.list_page(), InvalidRequestError, 400, "identity_required"),
        (lambda c: c.for_user("a").memories.add(""), InvalidRequestError, 422, "request_invalid"),
        (lambda c: c.for_user("a").memories.add("x" * 65_537), InvalidRequestError, 413, "content_too_large"),
        (lambda c: c.for_user("a").memories.recall("x", filter={}), InvalidRequestError, 422, "filter_invalid"),
        (lambda c: c.for_user("a").memories.list_page(cursor="x"), InvalidRequestError, 400, "cursor_invalid"),
        (lambda c: c.memories.recall("x", namespace="tenant-a"), PermissionDeniedError, 403, "namespace_forbidden"),
        (lambda c: c.keys.list(), PermissionDeniedError, 403, "access_forbidden"),
        (lambda c: c.for_user("a").memories.get(MEMORY["id"]), NotFoundError, 404, "memory_not_found"),
    ],
)
def test_a_refusal_is_of_the_class_of_its_type(tenant: Any, ask: Any, kind: type, status: int, code: str) -> None:
    with pytest.raises(APIError) as refused:
        ask(tenant.client())
    error = refused.value
    assert type(error) is kind and isinstance(error, AnchorholdError)
    assert (error.status, error.code) == (status, code)
    assert error.request_id is not None and error.request_id.startswith("req_")
    assert error.message in str(error) and code in str(error) and error.request_id in str(error)
    if code == "namespace_forbidden":
        assert error.message == 'API key not authorized for namespace "tenant-a"'


def test_a_refusal_names_the_field(tenant: Any) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        tenant.client("alice").memories.add("tea", importance=7)
    assert refused.value.field == "importance"


def test_a_conflict_and_an_unknown_key_are_classes_too(tenant: Any) -> None:
    admin = tenant.client(admin=True)
    admin.namespaces.create("twice")
    with pytest.raises(ConflictError) as twice:
        admin.namespaces.create("twice")
    assert twice.value.code == "namespace_exists"
    with Anchorhold("ah_of_nobody", base_url=tenant.url) as nobody, pytest.raises(AuthenticationError) as unknown:
        nobody.whoami()
    assert unknown.value.code == "credential_invalid"


def test_every_type_of_the_server_is_a_class_of_its_own() -> None:
    assert len(set(BY_TYPE.values())) == len(BY_TYPE) == 7


def test_what_something_else_answers_is_an_error_by_its_status(scripted: Scripted) -> None:
    client = Anchorhold("ah_k", base_url=scripted.url, max_retries=0)
    for status, kind in ((502, ServerError), (404, NotFoundError), (403, PermissionDeniedError)):
        for body in (b"<html>", b"", [1], {"error": "x"}, {"error": {"type": 7, "code": 7, "message": None}}):
            scripted.says(Answer(status, body))
            with pytest.raises(kind) as error:
                client.whoami()
            assert (error.value.status, error.value.code) == (status, None)


def test_a_reply_of_another_shape_is_an_error_and_more_of_this_one_is_none(scripted: Scripted) -> None:
    client = Anchorhold("ah_k", base_url=scripted.url, user="alice")
    for body in (b"<html>", [], None, {}, {**MEMORY, "created_at": "today"}, {**MEMORY, "version": "1"}):
        scripted.says(Answer(200, body))
        with pytest.raises(ReplyError):
            client.memories.get(str(MEMORY["id"]))
    later = {**MEMORY, "type": "dreamt", "mood": "calm", "namespace": {"kind": "galaxy", "arm": 3}, "importance": 1}
    scripted.says(Answer(200, later))
    memory = client.memories.get(str(MEMORY["id"]))
    assert (memory.type, memory.namespace.kind, memory.importance) == ("dreamt", "galaxy", 1.0)


@pytest.mark.parametrize(
    "options",
    [
        {"api_key": ""},
        {"api_key": "ah_secret\nx-anchorhold-user: bob"},
        {"api_key": "ah_secret zwei"},
        {"api_key": "ah_secr\u00e9t"},
        {"base_url": "ftp://example"},
        {"base_url": "http://ah_secret@127.0.0.1"},
        {"base_url": "http://user:ah_secret@127.0.0.1"},
        {"base_url": "127.0.0.1:3300"},
        {"base_url": "http://127.0.0.1:port"},
        {"user": "alice\r\nx: y"},
        {"user": " alice"},
        {"user": ""},
        {"headers": {"Authorization": "Bearer ah_secret"}},
        {"headers": {"x-anchorhold-user": "bob"}},
        {"headers": {"x-own": "a\nb"}},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"max_retries": -1},
    ],
)
def test_a_client_that_cannot_work_is_not_made(options: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError) as error:
        Anchorhold(**{"api_key": "ah_good", **options})
    assert "secret" not in str(error.value) + repr(error.value)


def test_nobody_is_no_user(tenant: Any) -> None:
    backend: Any = tenant.client()
    for nobody in ("", None, 7):
        with pytest.raises(ArgumentError):
            backend.for_user(nobody)
        with pytest.raises(ArgumentError):
            MemoryClient("ah_k", user_id=nobody)


async def test_nothing_that_is_shown_holds_a_key(
    tenant: Any, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = tenant.client(admin=True).keys.create("new", user="alice")
    secret = made.key
    assert secret not in repr(made) + str(made)
    client = Anchorhold(secret, base_url=scripted.url, session_id="5f0c", max_retries=0)
    shown = [repr(client), repr(client.memories), repr(client._transport.settings)]
    shown.append(repr(AsyncAnchorhold(secret, base_url=scripted.url)))
    shown.append(repr(MemoryClient(secret, scripted.url, user_id="alice")))
    for answer in (Answer(401, {"error": {"type": "authentication_error"}}), Answer(200, b"?"), Answer(way="reset")):
        scripted.says(answer)
        try:
            client.whoami()
        except AnchorholdError as error:
            shown += [str(error), repr(error), *traceback.format_exception(error)]
    shown.append(caplog.text)
    assert all(secret not in text and "5f0c" not in text for text in shown)


def test_what_connections_keep_of_one_user_goes_with_no_other_request(scripted: Scripted) -> None:
    of_bob = {"x-anchorhold-user": "bob", "x-anchorhold-namespace": "bobs", "x-api-key": "ah_of_bob", "x-own": "1"}
    with httpx.Client(headers=of_bob) as connections:
        for options in ({}, {"http_client": connections}):
            scripted.says(Answer(200, MEMORY, {"set-cookie": "session=alice"}))
            client = Anchorhold("ah_k", base_url=scripted.url, **options)
            for user in ("alice", "bob"):
                client.for_user(user).memories.get(str(MEMORY["id"]))
            client.close()
        assert not connections.is_closed
    assert all("cookie" not in asked.headers for asked in scripted.asked)
    assert [asked.headers["x-anchorhold-user"] for asked in scripted.asked] == ["alice", "bob"] * 2
    assert scripted.asked[-1].headers["x-own"] == "1"
    assert not any({"x-anchorhold-namespace", "x-api-key"} & asked.headers.keys() for asked in scripted.asked)


def test_what_is_missing_comes_from_the_environment(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANCHORHOLD_KEY", tenant.key(act_as=True))
    monkeypatch.setenv("ANCHORHOLD_USER", "gina")
    with Anchorhold() as client:
        subject = client.whoami().subject
        assert subject is not None and subject.id == "gina"
    with Anchorhold(user="hugo") as client:
        subject = client.whoami().subject
        assert subject is not None and subject.id == "hugo"
    monkeypatch.delenv("ANCHORHOLD_KEY")
    with pytest.raises(ArgumentError, match="ANCHORHOLD_KEY"):
        Anchorhold()


def test_the_headers_of_the_application_go_along(scripted: Scripted) -> None:
    scripted.says(Answer(200, MEMORY))
    client = Anchorhold("ah_k", base_url=f"{scripted.url}/memory/", headers={"X-Isolation-Key": "org"}, user="\u00fc")
    client.memories.get(str(MEMORY["id"]), namespace="org/acme")
    asked = scripted.asked[0]
    assert asked.path == f"/memory/v1/memories/{MEMORY['id']}"
    assert asked.headers["x-isolation-key"] == "org"
    assert asked.headers["x-anchorhold-namespace"] == "org/acme"
    assert asked.headers["x-anchorhold-user"].encode("latin-1").decode() == "\u00fc"
