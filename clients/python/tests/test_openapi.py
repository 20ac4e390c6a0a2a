"""The client against the server's OpenAPI document: every route, every parameter, every field.

Each method is called with all that it takes; what it sends is held against the document.
"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from anchorhold import Anchorhold, NewMemory, _routes, types
from anchorhold._call import Route

SNAPSHOT = Path(__file__).parents[3] / "crates/http/tests/snapshots/openapi.json"

ROUTES = {name: route for name, route in vars(_routes).items() if isinstance(route, Route)}

SCHEMAS = {
    "Address": "AddressBody",
    "BatchReply": "BatchReply",
    "BatchResult": "BatchResult",
    "Deleted": "Deleted",
    "ErrorDetail": "ErrorDetail",
    "Forgotten": "ForgetReply",
    "Grant": "GrantBody",
    "ImportFailure": "ImportError",
    "ImportReply": "ImportReply",
    "Key": "KeyListed",
    "KeyList": "KeyList",
    "Memory": "MemoryBody",
    "MemoryPage": "ListReply",
    "MoveReply": "MoveReply",
    "Namespace": "NamespaceBody",
    "NamespaceDeleted": "NamespaceDeleted",
    "NamespacePage": "NamespaceList",
    "NewKey": "KeyCreated",
    "NewMemory": "CreateMemory",
    "RecallReply": "RecallReply",
    "RecallResult": "RecallResult",
    "RecallUsage": "RecallUsage",
    "Receipt": "Receipt",
    "Residue": "Residue",
    "Revoked": "Revoked",
    "Subject": "SubjectBody",
    "User": "UserBody",
    "UserName": "UserName",
    "UserPage": "UserList",
    "Whoami": "WhoamiReply",
}
"""The schema of each type."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SNAPSHOT.read_text())
    return found


def properties(document: dict[str, Any], schema: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The fields of an object, and those that are always there."""
    if "$ref" in schema:
        return properties(document, document["components"]["schemas"][schema["$ref"].split("/")[-1]])
    known, required = set(schema.get("properties", {})), set(schema.get("required", []))
    for part in schema.get("allOf", []):
        more, needed = properties(document, part)
        known, required = known | more, required | needed
    return known, required


@pytest.mark.parametrize("name", ROUTES)
def test_the_document_has_every_route(document: dict[str, Any], name: str) -> None:
    route = ROUTES[name]
    assert route.method.lower() in document["paths"][route.path]


def test_every_type_has_a_schema() -> None:
    kept = {name for name, kind in vars(types).items() if dataclasses.is_dataclass(kind)}
    assert kept == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_document_has_every_field_and_no_more(document: dict[str, Any], name: str) -> None:
    fields = dataclasses.fields(getattr(types, name))
    known, required = properties(document, document["components"]["schemas"][SCHEMAS[name]])
    # The namespace of a memory to keep is said in a header.
    assert {field.name for field in fields} == known - ({"namespace"} if name == "NewMemory" else set())
    always = {
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    assert always <= required


def sent() -> list[httpx.Request]:
    """What the methods send when they are called with all that they take."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(418)

    http = httpx.Client(transport=httpx.MockTransport(answer))
    client = Anchorhold("ah_k", user="u", workspace="w", agent="a", thread="t", session_id="s", http_client=http)
    memories, namespaces, keys, users = client.memories, client.namespaces, client.keys, client.users
    new: dict[str, Any] = {
        "type": "semantic",
        "importance": 1,
        "tags": ["t"],
        "metadata": {"k": 1},
        "event_time": "2026-01-01T00:00:00Z",
        "ttl_seconds": 1,
        "vector": [1.0],
    }
    said: dict[str, Any] = {"speaker": "s", "conversation": "c", "id": "i"}
    for ask in (
        lambda: memories.add("x", **new, **said, namespace="n"),
        lambda: memories.add_many([NewMemory(content="x", **new, **said)], namespace="n"),
        lambda: memories.get("i"),
        lambda: memories.list_page(limit=1, cursor="c"),
        lambda: memories.update("i", content="x", **new, if_match=1),
        lambda: memories.delete("i"),
        lambda: memories.forget(ids=["i"], filter={"a": 1}, dry_run=True),
        lambda: memories.recall(
            "x", limit=1, threshold=1, filter={"a": 1}, explain=True, vector=[1.0], namespaces=["n"]
        ),
        lambda: list(memories.export(vectors=False)),
        lambda: memories.import_(b"{}"),
        lambda: namespaces.create("n", description="d"),
        lambda: list(namespaces.list(page_size=1)),
        lambda: namespaces.get("i"),
        lambda: namespaces.update("i", description=None),
        lambda: namespaces.delete("i"),
        lambda: namespaces.move(
            {"shared": True}, {"user": "u"}, ids=["i"], filter={"a": 1}, everything=True, dry_run=True
        ),
        lambda: keys.create(
            "n",
            user="u",
            viewer=True,
            act_as="read",
            admin=True,
            grants=[{"namespace": "n", "access": "read"}],
            expires_in_days=1,
            publishable_for=["o"],
            bearer_token="t",
        ),
        lambda: keys.list(),
        lambda: keys.revoke("i"),
        lambda: users.create("u", issuer="i", role="user"),
        lambda: users.lookup("u", issuer="i"),
        lambda: users.get("h"),
        lambda: list(users.list(page_size=1)),
        lambda: users.update("h", role="user"),
        lambda: users.link("h", "u", issuer="i"),
        lambda: users.unlink("h", "l"),
        lambda: users.erase("h"),
        lambda: client.erase(user="u", namespace="n", session="s", self=True),
        lambda: client.whoami(),
    ):
        with pytest.raises(Exception, match="418"):
            ask()
    return requests


def operation(document: dict[str, Any], request: httpx.Request) -> tuple[str, dict[str, Any]]:
    """The route of a request and what the document says of it."""
    method, path = request.method.lower(), request.url.path
    fits = [
        known
        for known, methods in document["paths"].items()
        if method in methods and re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", known), path)
    ]
    exact = [known for known in fits if known == path] or fits
    assert len(exact) == 1, (method, path)
    found: dict[str, Any] = document["paths"][exact[0]][method]
    return f"{request.method} {exact[0]}", found


def is_write(route: str) -> bool:
    """Whether a route changes something."""
    return not route.startswith("GET ") and route not in ("POST /v1/recall", "POST /v1/users/lookup")


def test_every_method_sends_what_the_document_knows(document: dict[str, Any]) -> None:
    called = set()
    for request in sent():
        route, known = operation(document, request)
        called.add(route)
        parameters = {(parameter["in"], parameter["name"].lower()) for parameter in known.get("parameters", [])}
        for name in request.url.params:
            assert ("query", name) in parameters, (route, name)
        assert ("idempotency-key" in request.headers) == is_write(route), route
        if "if-match" in request.headers:
            assert ("header", "if-match") in parameters, route
        content = known.get("requestBody", {}).get("content", {})
        if not request.content:
            assert not known.get("requestBody", {}).get("required"), route
            continue
        assert request.headers["content-type"] in content, route
        if request.headers["content-type"] != "application/json":
            continue
        body = json.loads(request.content)
        fields, required = properties(document, content["application/json"]["schema"])
        assert required <= set(body) <= fields, route
        # What is not sent is the namespace, which goes in a header.
        assert fields - set(body) <= {"namespace"}, route
        assert ("header", "x-anchorhold-namespace") in parameters or "namespace" not in fields - set(body), route
    assert called == {f"{route.method} {route.path}" for route in ROUTES.values()}


def test_a_move_names_places_as_the_document_does(document: dict[str, Any]) -> None:
    known, _ = properties(document, document["components"]["schemas"]["PlaceName"])
    assert set(types.Place.__annotations__) == known


def test_the_words_that_requests_take_are_those_of_the_document(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def words(schema: str, field: str) -> list[str]:
        found: list[str] = schemas[schema]["properties"][field]["enum"]
        return found

    assert list(types.MemoryType.__args__) == words("CreateMemory", "type")  # type: ignore[attr-defined]
    assert list(types.Role.__args__) == words("CreateUser", "role")  # type: ignore[attr-defined]
    assert list(types.Access.__args__) == words("GrantBody", "access")  # type: ignore[attr-defined]
