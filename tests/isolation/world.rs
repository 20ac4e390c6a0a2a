//! What the actors of the access matrix find: made fresh for every cell that could destroy it.

use std::cell::Cell;

use serde_json::{Value, json};

use super::actors::{Cast, NAMED};
use super::house::Caller;

/// The world of one cell.
pub(super) struct World<'cast> {
    cast: &'cast Cast<'cast>,
    admin: &'cast Caller,
    application: &'cast Caller,
    serial: &'cast Cell<u32>,
    /// The number of this cell; users are made anew for every one of them.
    cell: u32,
}

impl<'cast> World<'cast> {
    pub(super) fn new(
        cast: &'cast Cast<'cast>,
        (admin, application): &'cast (Caller, Caller),
        serial: &'cast Cell<u32>,
    ) -> Self {
        serial.set(serial.get() + 1);
        Self {
            cast,
            admin,
            application,
            serial,
            cell: serial.get(),
        }
    }

    /// A number that was not given before.
    pub(super) fn serial(&self) -> u32 {
        self.serial.set(self.serial.get() + 1);
        self.serial.get()
    }

    /// The user of this cell; all of them are called Alice in the snapshot.
    pub(super) fn user(&self) -> String {
        format!("alice-{}", self.cell)
    }

    /// The id of a memory of that user.
    pub(super) fn memory_of_user(&self) -> String {
        self.application
            .for_user(&self.user())
            .keeps("Alice likes pears.")
    }

    /// The opaque id of the named namespace, which is made again when it is gone.
    pub(super) fn named_id(&self) -> String {
        let made = self.admin.post("/v1/namespaces", &json!({"name": NAMED}));
        assert!(matches!(made.status, 201 | 409), "{made:?}");
        let listed = self.admin.get("/v1/namespaces?limit=200").gives(200);
        let listed = listed["namespaces"].as_array().unwrap().iter();
        let found = listed.filter(|one| one["name"] == NAMED);
        let ids: Vec<&Value> = found.map(|one| &one["id"]).collect();
        assert_eq!(ids.len(), 1);
        ids[0].as_str().unwrap().to_owned()
    }

    /// The id of a memory in the named namespace.
    pub(super) fn memory_in_named(&self) -> String {
        self.named_id();
        self.admin.keeps_in(NAMED, "Acme likes pears.")
    }

    /// The id of a key of the tenant.
    pub(super) fn key_id(&self) -> String {
        self.cast.tenant.key(json!({})).key_id
    }
}
