"""The LangGraph store: in a real graph of two users, and beside LangGraph's own store in memory."""

from __future__ import annotations

import asyncio
import random
from typing import Any, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.store.base import (
    BaseStore,
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)
from langgraph.store.memory import InMemoryStore

from anchorhold import ArgumentError, InvalidRequestError
from anchorhold._items import id_of
from anchorhold.langgraph import AnchorholdStore


class State(TypedDict):
    says: str
    knows: list[str]


def think(state: State, *, store: BaseStore) -> dict[str, list[str]]:
    store.put(("users", "alice", "facts"), state["says"], {"text": state["says"]})
    found = store.search(("users",), query="Who likes what?", limit=100)
    return {"knows": sorted(item.value["text"] for item in found)}


async def athink(state: State, *, store: BaseStore) -> dict[str, list[str]]:
    await store.aput(("users", "alice", "facts"), state["says"], {"text": state["says"]})
    found = await store.asearch(("users",), query="Who likes what?", limit=100)
    return {"knows": sorted(item.value["text"] for item in found)}


def graph_of(node: Any) -> Any:
    graph = StateGraph(State)
    graph.add_node("think", node)
    graph.add_edge(START, "think")
    graph.add_edge("think", END)
    return graph


def test_one_compiled_graph_serves_two_users_with_the_same_namespaces(tenant: Any) -> None:
    backend, compiled = tenant.client(), graph_of(think).compile()
    graphs = {user: compiled.copy({"store": AnchorholdStore(backend.for_user(user))}) for user in ("alice", "bob")}
    for fact in ("tea", "sailing"):
        for user, graph in graphs.items():
            graph.invoke({"says": f"{user} likes {fact}", "knows": []})
    for user, graph in graphs.items():
        knows = graph.invoke({"says": f"{user} likes rain", "knows": []})["knows"]
        assert knows == [f"{user} likes {fact}" for fact in ("rain", "sailing", "tea")]


async def test_users_of_an_asynchronous_graph_are_apart_at_once(tenant: Any) -> None:
    async with tenant.async_client() as backend:
        graph = graph_of(athink)
        stores = {user: AnchorholdStore(async_client=backend.for_user(user)) for user in ("carol", "dave")}
        compiled = {user: graph.compile(store=store) for user, store in stores.items()}
        states = await asyncio.gather(
            *(compiled[user].ainvoke({"says": f"{user} likes tea", "knows": []}) for user in stores)
        )
        assert [state["knows"] for state in states] == [["carol likes tea"], ["dave likes tea"]]
        with pytest.raises(ArgumentError):
            stores["carol"].get(("users",), "x")


LABELS = ("a", "b", "0", "*x", "a/b", '["a"]', "\u00e4 \u2028")
KEYS = ("k", "k2", "a")
VALUES: tuple[dict[str, Any], ...] = (
    {"n": 1, "s": "x"},
    {"n": 2.5, "s": "y", "deep": {"on": True, "list": [1, 2]}},
    {"n": None, "\u00e9 . x": "odd"},
    {},
)
FILTERS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"n": 1},
    {"n": 1.0, "s": "x"},
    {"n": {"$ne": 1}},
    {"deep": {"on": True}},
    {"deep": {"list": [1, 2]}},
    {"deep.on": True},
    {"\u00e9 . x": "odd"},
    {"s": {"$eq": "y"}},
    {"n": None},
)


def path(dice: random.Random, least: int = 1) -> tuple[str, ...]:
    return tuple(dice.choice(LABELS) for _ in range(dice.randint(least, 3)))


class Reference(InMemoryStore):
    """LangGraph's store in memory, which also lists a namespace in which nothing was ever kept."""

    def _handle_list_namespaces(self, op: ListNamespacesOp) -> list[tuple[str, ...]]:
        for namespace in [namespace for namespace, items in self._data.items() if not items]:
            del self._data[namespace]
        return super()._handle_list_namespaces(op)


def operation(dice: random.Random) -> Any:
    kind = dice.choice(("put", "put", "put", "delete", "get", "search", "list"))
    if kind in ("put", "delete"):
        return PutOp(path(dice), dice.choice(KEYS), dice.choice(VALUES) if kind == "put" else None)
    if kind == "get":
        return GetOp(path(dice), dice.choice(KEYS))
    if kind == "search":
        return SearchOp(path(dice, 0), filter=dice.choice(FILTERS), limit=1000)
    conditions = (MatchCondition(dice.choice(("prefix", "suffix")), dice.choice((("a",), ("*", "b"), ("0", "*")))),)
    return ListNamespacesOp(dice.choice((None, conditions)), dice.choice((None, 1, 2)), limit=dice.choice((3, 100)))


def seen(result: Any) -> Any:
    """What a result tells, without times and the order of searches."""
    if isinstance(result, list) and result and not isinstance(result[0], tuple):
        return sorted(map(seen, result), key=repr)
    if result is None or isinstance(result, list):
        return result
    return (result.namespace, result.key, result.value)


@pytest.mark.parametrize("seed", range(6))
def test_it_answers_as_langgraphs_own_store_does(tenant: Any, seed: int) -> None:
    dice, ours, theirs = random.Random(seed), AnchorholdStore(tenant.client(f"dice-{seed}")), Reference()
    for _ in range(12):
        ops = [operation(dice) for _ in range(6)]
        assert list(map(seen, ours.batch(ops))) == list(map(seen, theirs.batch(ops))), ops
    everything = SearchOp((), limit=1000)
    assert seen(ours.batch([everything])[0]) == seen(
        [item for item in theirs.batch([everything])[0] if item is not None]  # type: ignore[union-attr]
    )
    # Found by meaning, each filter chooses the same.
    for chosen in FILTERS:
        found = ours.search((), query="x", filter=chosen, limit=200)
        assert seen(found) == seen(theirs.search((), filter=chosen, limit=1000))
        assert [item.score for item in found] == sorted((item.score or 0 for item in found), reverse=True)


def test_no_two_namespaces_and_keys_have_one_id() -> None:
    dice = random.Random(7)
    places = {(path(dice), dice.choice(KEYS)) for _ in range(5000)}
    places |= {(("a", "b"), "c"), (("a",), "b"), (("a,b",), "c"), (("a", "b,c"), "c"), (('a", "b',), "c")}
    assert len({id_of(*place) for place in places}) == len(places)


def test_an_item_is_changed_in_place_and_found_by_its_fields(tenant: Any) -> None:
    store = AnchorholdStore(tenant.client("items"), fields=["text"])
    store.put(("facts",), "tea", {"text": "Likes green tea", "secret": "zanzibar"})
    first = store.get(("facts",), "tea")
    store.put(("facts",), "tea", {"text": "Likes green tea", "strength": 2})
    store.put(("facts",), "sailing", {"text": "Sails on Sundays", "by": "boat"}, index=["by"])
    store.put(("facts",), "hidden", {"text": "green tea"}, index=False)
    second = store.get(("facts",), "tea")
    assert first is not None and second is not None
    assert second.value == {"text": "Likes green tea", "strength": 2}
    assert second.created_at == first.created_at and second.updated_at >= first.updated_at
    found = store.search(("facts",), query="green tea")
    assert [item.key for item in found] == ["tea", "sailing"]
    assert {item.key for item in store.search(("facts",))} == {"tea", "sailing", "hidden"}
    assert [item.key for item in store.search(("facts",), query="green tea", limit=1, offset=1)] == ["sailing"]
    assert [item.key for item in store.search(("facts",), limit=1, offset=1)] == ["sailing"]
    assert [item.key for item in store.search(("facts",), filter={"strength": {"$gt": 1}})] == ["tea"]


def test_other_memories_of_the_user_are_no_items(tenant: Any) -> None:
    client = tenant.client("mixed")
    client.memories.add("A memory", metadata={"langgraph": {"namespace": {"0": "a"}, "key": "k", "value": {}}})
    client.memories.add("Another", metadata={"langgraph": "x"})
    store = AnchorholdStore(client)
    store.put(("a",), "k2", {"x": 1})
    assert [item.key for item in store.search(())] == ["k2"]
    assert [item.key for item in store.search((), query="memory")] == ["k2"]
    assert store.list_namespaces() == [("a",)]
    store.delete(("a",), "k2")
    store.delete(("a",), "k2")
    assert store.search(()) == [] and len(list(client.memories.list())) == 2


def test_a_time_to_live_begins_anew_when_an_item_is_read(tenant: Any) -> None:
    client = tenant.client("ttl")
    store = AnchorholdStore(client, ttl={"default_ttl": 10})
    store.put(("a",), "k", {"x": 1})
    id = id_of(("a",), "k")
    first = client.memories.get(id)
    assert first.expires_at is not None and (first.expires_at - first.created_at).total_seconds() == 600
    assert store.get(("a",), "k", refresh_ttl=False) is not None
    assert client.memories.get(id).version == first.version
    assert store.get(("a",), "k") is not None and len(store.search(("a",))) == 1
    assert client.memories.get(id).version == first.version + 2
    store.put(("a",), "k", {"x": 2}, ttl=None)
    assert client.memories.get(id).expires_at is None


def test_what_cannot_be_kept_is_refused(tenant: Any) -> None:
    store = AnchorholdStore(tenant.client("refused"))
    with pytest.raises(InvalidRequestError) as too_large:
        store.put(("a",), "k", {"text": "x" * 17_000})
    assert too_large.value.field == "metadata"
    for op in (PutOp((), "k", {}), PutOp(("a", ""), "k", {}), SearchOp(("a",), query="x", limit=201)):
        with pytest.raises(ArgumentError):
            store.batch([op])
    with pytest.raises(ArgumentError):
        store.search((), filter={"x": {"$regex": "."}})
    with pytest.raises(InvalidNamespaceError):
        store.put(("a.b",), "k", {})
    with pytest.raises(ArgumentError):
        AnchorholdStore()


async def test_a_store_with_a_synchronous_client_serves_asynchronous_graphs(tenant: Any) -> None:
    store = AnchorholdStore(tenant.client("threads"))
    await store.aput(("a",), "k", {"x": 1})
    found = await store.aget(("a",), "k")
    assert found is not None and found.value == {"x": 1}
    assert await store.alist_namespaces() == [("a",)]
    await store.adelete(("a",), "k")
    assert await store.aget(("a",), "k") is None
