"""Users at once over the same connections see their own alone."""

from __future__ import annotations

import asyncio
import threading
from typing import Any


async def test_two_users_in_parallel_tasks_see_their_own_alone(tenant: Any) -> None:
    async with tenant.async_client() as backend:

        async def live(user: str) -> None:
            me = backend.for_user(user)
            for number in range(10):
                await me.memories.add(f"{user} likes number {number}")
                found = await me.memories.recall("likes number", limit=200)
                assert len(found) == number + 1
                assert all(result.content.startswith(f"{user} ") for result in found)
                assert {result.memory.namespace.name for result in found} == {user}
            listed = [memory.content async for memory in me.memories.list(page_size=3)]
            assert listed == [f"{user} likes number {number}" for number in reversed(range(10))]

        await asyncio.gather(live("alice"), live("bob"))
        # The parent names nobody, whatever its children do.
        assert (await backend.whoami()).namespace is None


def test_two_users_in_threads_see_their_own_alone(tenant: Any) -> None:
    backend, seen = tenant.client(), {}

    def live(user: str) -> None:
        me = backend.for_user(user)
        for number in range(10):
            me.memories.add(f"{user} {number}")
        seen[user] = {memory.content for memory in me.memories.list()}

    threads = [threading.Thread(target=live, args=(user,)) for user in ("carol", "dave")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {user: {f"{user} {number}" for number in range(10)} for user in ("carol", "dave")}


async def test_the_asynchronous_client_has_every_verb(tenant: Any) -> None:
    async with tenant.async_client("erin") as erin, tenant.async_client(admin=True) as admin:
        kept = await erin.memories.add("tea")
        assert await erin.memories.get(kept.id) == kept
        assert (await erin.memories.update(kept.id, content="coffee")).version == 2
        assert [result.status for result in await erin.memories.add_many(["a", "b"])] == [201, 201]
        assert (await erin.memories.delete(kept.id)).deleted
        assert (await erin.memories.forget(filter={"type": {"eq": "semantic"}})).deleted == 2
        assert (await erin.whoami()).strength == "asserted"
        user = await admin.users.lookup("erin")
        assert user.handle in {found.handle async for found in admin.users.list()}
        made = await admin.namespaces.create("org/acme")
        assert [namespace.id async for namespace in admin.namespaces.list()] == [made.id]
        assert (await admin.keys.create("k")).key_id in {key.key_id for key in await admin.keys.list()}
        assert (await erin.erase(self=True)).namespaces == 1
