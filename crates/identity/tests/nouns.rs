//! Nouns of the model from what a test writes down.

use anchorhold_model::{
    AccessSet, Address, Grant, GrantPattern, Issuer, NamespaceName, Place, SubScopes, User, UserId,
};

use crate::world::TENANT;

pub(crate) fn grant(pattern: &str, access: AccessSet) -> Grant {
    Grant {
        pattern: GrantPattern::parse(pattern).unwrap(),
        access,
    }
}

pub(crate) fn user(issuer: &str, id: &str) -> User {
    User {
        issuer: Issuer::parse(issuer).unwrap(),
        id: UserId::parse(id).unwrap(),
    }
}

pub(crate) fn name(text: &str) -> NamespaceName {
    NamespaceName::parse(text).unwrap()
}

pub(crate) fn at(place: Place) -> Address {
    Address {
        tenant: TENANT,
        place,
    }
}

pub(crate) fn of_user(issuer: &str, id: &str) -> Address {
    at(Place::User(user(issuer, id), SubScopes::default()))
}
