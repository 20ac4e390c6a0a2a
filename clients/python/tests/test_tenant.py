"""Users, keys, namespaces, erasure and moves, for a tenant's admin."""

from __future__ import annotations

from typing import Any

import pytest

from anchorhold import Anchorhold, AuthenticationError, NotFoundError, PermissionDeniedError


def test_users_are_made_found_linked_and_erased(tenant: Any) -> None:
    users = tenant.client(admin=True).users
    alice = users.create("alice", role="viewer")
    assert (alice.id, alice.issuer, alice.role, alice.known) == ("alice", "local", "viewer", True)
    assert users.lookup("alice") == users.get(alice.handle) == alice
    assert users.update(alice.handle, role="user").role == "user"
    linked = users.link(alice.handle, "1", issuer="owui")
    assert [(link.issuer, link.id) for link in linked.links] == [("owui", "1")]
    second = users.lookup("1", issuer="owui")
    assert second.linked_to is not None and second.linked_to.id == "alice"
    assert users.unlink(alice.handle, linked.links[0].handle).links == ()
    users.create("bob")
    assert {user.id for user in users.list(page_size=1)} >= {"alice", "bob"}
    tenant.client("alice").memories.add("tea")
    assert users.erase(alice.handle).records == 1
    with pytest.raises(NotFoundError) as refused:
        users.lookup("alice")
    assert refused.value.code == "user_not_found"


def test_keys_are_made_listed_and_revoked(tenant: Any) -> None:
    keys = tenant.client(admin=True).keys
    made = keys.create("carol's phone", user="carol", expires_in_days=1)
    assert made.key is not None and made.user == "carol" and made.expires_at is not None
    with Anchorhold(made.key, base_url=tenant.url) as carol:
        assert carol.whoami().strength == "proven"
        with pytest.raises(PermissionDeniedError) as conflict:
            carol.for_user("bob").memories.recall("tea")
        assert conflict.value.code == "identity_conflict"
        assert made.key_id in {key.key_id for key in keys.list()}
        assert keys.revoke(made.key_id).revoked
        with pytest.raises(AuthenticationError) as refused:
            carol.whoami()
    assert (refused.value.code, refused.value.status) == ("credential_invalid", 401)
    granted = keys.create("reader", grants=[{"namespace": "org/acme/**", "access": "read"}], viewer=True)
    assert [(grant.namespace, grant.access) for grant in granted.grants] == [("org/acme/**", "read")]
    page = keys.create("page", publishable_for=["https://app.example"])
    assert page.origins == ("https://app.example",)
    token = keys.create("hers", user="dora", bearer_token=f"what-her-client-of-{tenant.name}-sends")
    assert token.brought and token.key is None


def test_namespaces_are_made_described_and_deleted(tenant: Any) -> None:
    admin = tenant.client(admin=True)
    made = admin.namespaces.create("org/acme", description="Handbook")
    assert admin.namespaces.get(made.id) == made
    assert admin.namespaces.update(made.id, description=None).description is None
    writer = tenant.client(grants=[{"namespace": "org/acme", "access": "write"}])
    writer.memories.add("Expenses are due on the fifth.", namespace="org/acme")
    assert [grant.namespace for grant in writer.whoami().grants] == ["org/acme"]
    gone = admin.namespaces.delete(made.id)
    assert gone.deleted and gone.receipt is not None and gone.receipt.records == 1
    with pytest.raises(NotFoundError):
        admin.namespaces.get(made.id)


def test_what_is_moved_is_the_other_users(tenant: Any) -> None:
    admin, backend = tenant.client(admin=True), tenant.client()
    backend.for_user("old").memories.add("tea", metadata={"of": "new"})
    backend.for_user("old").memories.add("coffee")
    chosen = {"metadata.of": {"eq": "new"}}
    tried = admin.namespaces.move({"user": "old"}, {"user": "new"}, filter=chosen, dry_run=True)
    assert (tried.matched, tried.dry_run) == (1, True)
    done = admin.namespaces.move({"user": "old"}, {"user": "new"}, filter=chosen)
    assert (done.moved, done.left, done.there) == (1, 1, 1)
    assert [memory.content for memory in backend.for_user("new").memories.list()] == ["tea"]


def test_an_erasure_leaves_nothing_of_the_user_and_everything_of_others(tenant: Any) -> None:
    backend = tenant.client()
    for user in ("erin", "frank"):
        backend.for_user(user).memories.add("tea")
        backend.for_user(user, workspace="work").memories.add("coffee")
    receipt = backend.erase(user="erin")
    assert (receipt.namespaces, receipt.records, len(receipt.key_ids)) == (2, 2, 2)
    assert {residue.where for residue in receipt.residues} and receipt.audit_id
    assert list(backend.for_user("erin").memories.list()) == []
    assert [memory.content for memory in backend.for_user("frank").memories.list()] == ["tea"]
    assert backend.for_user("frank").erase(self=True).records == 2
    with pytest.raises(NotFoundError) as refused:
        backend.erase(user="erin")
    assert refused.value.code == "user_not_found"
