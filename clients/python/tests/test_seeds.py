"""The isolation tests that seeds 001 and 004 print, in Python."""

from __future__ import annotations

from typing import Any

import pytest

from anchorhold import Anchorhold, MemoryClient, PermissionDeniedError


def test_a_key_of_tenant_b_cannot_recall_from_tenant_a_as_seed_001_prints_it(tenant: Any) -> None:
    # Create isolated namespaces for each tenant
    admin = Anchorhold(base_url=tenant.url, api_key=tenant.key(admin=True))
    for name in ("tenant-a", "tenant-b"):
        admin.namespaces.create(name)
    key_a = admin.keys.create("a", grants=[{"namespace": "tenant-a", "access": "write"}]).key
    key_b = admin.keys.create("b", grants=[{"namespace": "tenant-b", "access": "write"}]).key

    # Tenant A's client: can only access tenant-a namespace
    tenant_a = Anchorhold(base_url=tenant.url, api_key=key_a)
    # Tenant B's client: can only access tenant-b namespace
    tenant_b = Anchorhold(base_url=tenant.url, api_key=key_b)

    # Tenant A stores a memory
    tenant_a.memories.add(
        content="Internal roadmap: launching feature X in Q3",
        namespace="tenant-a",
        metadata={"type": "confidential"},
    )

    # Tenant B cannot access Tenant A's data
    with pytest.raises(PermissionDeniedError) as refused:
        tenant_b.memories.recall(query="roadmap plans", namespace="tenant-a")
    assert refused.value.status == 403
    assert refused.value.message == 'API key not authorized for namespace "tenant-a"'

    # Tenant B can only access their own namespace
    tenant_b.memories.add(
        content="Our launch date is Q4",
        namespace="tenant-b",
        metadata={"type": "planning"},
    )
    assert [found.content for found in tenant_b.memories.recall("launch", namespace="tenant-b")] == [
        "Our launch date is Q4"
    ]
    assert [found.content for found in tenant_a.memories.recall("launch", namespace="tenant-a")] == [
        "Internal roadmap: launching feature X in Q3"
    ]
    # List all namespaces
    assert {namespace.name for namespace in admin.namespaces.list()} == {"tenant-a", "tenant-b"}
    assert [namespace.name for namespace in tenant_b.namespaces.list()] == ["tenant-b"]


def test_memories_are_isolated_between_users_as_seed_004_prints_it(tenant: Any) -> None:
    config = {"api_key": tenant.key(act_as=True), "base_url": tenant.url}

    # Create clients for two users
    alice_client = MemoryClient(**config, user_id="alice")
    bob_client = MemoryClient(**config, user_id="bob")

    # Alice saves a memory
    alice_client.add_memory("Alice likes TypeScript")

    # Bob searches for memories
    bob_memories = bob_client.search_memories("TypeScript")

    # Bob should not see Alice's memory
    assert len(bob_memories) == 0
    assert [found.content for found in alice_client.search_memories("TypeScript")] == ["Alice likes TypeScript"]


def test_a_user_of_seed_004_is_listed_exported_and_erased_whole(tenant: Any) -> None:
    config = {"api_key": tenant.key(act_as=True), "base_url": tenant.url}
    carol = MemoryClient(**config, user_id="carol")
    dave = MemoryClient(**config, user_id="user_123:workspace:acme-corp")
    kept = [carol.add_memory(f"Number {number}", metadata={"n": number}) for number in range(3)]
    dave.add_memory("Dave's own")
    carol.delete_memory(kept[1].id)
    assert [memory.content for memory in carol.get_all_memories()] == ["Number 2", "Number 0"]
    assert [memory.content for memory in carol.get_all_memories(limit=1)] == ["Number 2"]
    assert carol.export().count(b'"content"') == 2
    assert carol.erase_user().records == 2
    assert carol.get_all_memories() == []
    assert [memory.content for memory in dave.get_all_memories()] == ["Dave's own"]
