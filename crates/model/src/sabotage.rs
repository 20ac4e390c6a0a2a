//! Isolation bugs on purpose, to measure whether the simulation would notice one.
//!
//! Only in builds with the feature `sabotage`, which nothing but `crates/sim` asks for. Each bug is
//! one or two lines at the place where it would really be made, behind [`is`]. To add one: a name
//! below, and a line under `#[cfg(feature = "sabotage")]` where it belongs.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Stands in every executable that was built with bugs, and in no other.
pub const MARKER: &str = "anchorhold was built with the feature sabotage";

macro_rules! bugs {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// A bug.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$meta])* $name,)*
        }

        impl Bug {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

bugs! {
    /// What is searched is whatever is in memory.
    ResidentWithoutNamespace,
    /// The mean length of texts is that of the namespace that was searched last.
    SharedMeanLength,
    /// Frequencies of words count the memories of all namespaces.
    SharedFrequencies,
    /// A question finds no more than it found where it was asked first.
    SharedQueryCache,
    /// One counter numbers the memories of all namespaces.
    SharedOrdinals,
    /// The next number is another one after an eviction.
    OrdinalTellsEviction,
    /// A cursor is believed as it comes.
    CursorWithoutMac,
    /// One audit log for all tenants.
    AuditWithoutTenant,
    /// Ids of audit entries are counted for all.
    AuditIdsCounted,
    /// A user that comes back is the incarnation that was erased, and it is still in memory.
    OldIncarnation,
    /// An erasure leaves the wrapped key.
    EraseLeavesKey,
    /// An erasure leaves the file.
    EraseLeavesFile,
    /// What is deleted stays in the index until the namespace is evicted.
    DeleteLeavesVector,
    /// Whether there is a next page is decided by what all namespaces hold.
    PagesCountOthers,
    /// An id of somebody else's memory is answered in another way than one of nobody.
    GetTellsForeignIds,
    /// An id that somebody else uses is taken.
    IdsTakenByOthers,
    /// A namespace that is not granted is answered by whether it exists.
    DenialTellsExistence,
    /// A refusal names the namespace behind a foreign id.
    DenialTellsName,
    /// A grant on `org/acme/**` covers `org/acmecorp`.
    GrantByCharacters,
    /// User ids that differ in case alone are one user.
    UserIdFolded,
    /// The parts of an address are joined with a colon.
    JoinedAddress,
    /// A header decides who the user of a user's own key is.
    HeaderOverridesKey,
    /// A revoked key is good as long as it is remembered.
    RevokedKeyRemembered,
    /// The keys of an erased user are good as long as they are remembered.
    ErasedKeyRemembered,
    /// Ids of namespaces are drawn from one stream.
    SharedStream,
    /// The list of namespaces is that of all tenants.
    NamespacesWithoutTenant,
    /// The list of keys is that of all tenants.
    KeysWithoutTenant,
    /// An id of a namespace is good in every tenant.
    IdWithoutTenant,
    /// An erased user id is erased in every tenant's memory, and its keys with it.
    EraseWithoutTenant,
    /// A cursor into the list of namespaces is good in every tenant.
    NameCursorWithoutTenant,
    /// The id of a memory whose time is over is taken until the server has put the memory away.
    ExpiredIdTaken,
    /// A receipt counts what is over until the server has put it away.
    ReceiptTellsSweep,
    /// The next number after an eviction forgets those of memories that are gone.
    PlaceTellsEviction,
    /// What the server puts away by itself stands in the tenant's audit log.
    SweepInTenantLog,
    /// A first write that came to nothing decides what the next one gets, unless there is a restart.
    ReservationOutlivesRequest,
    /// What answers from memory alone does not notice that a key was revoked.
    RevokedKeyAtHand,
    /// What answers from memory alone finds a namespace by the name of its user, in any tenant.
    PlaceAtHandWithoutTenant,
    /// What answers from memory alone shows memories whose time is over.
    ExpiredAtHand,
    /// A reply tells that it was answered from memory alone.
    AnswerTellsResidence,
    /// A header of every reply counts the requests of all.
    HeaderCountsRequests,
    /// A request without a credential has that of the one before on its connection.
    ConnectionRemembersCredential,
    /// A reply to a reading request is that to whoever asked first.
    RepliesByPath,
    /// A refusal says what the one before said.
    RefusalRepeatsLast,
    /// What is kept in sessions lies in one place for the whole tenant.
    SessionsInOnePlace,
    /// Ids of sessions are drawn from one stream.
    SessionsOfOneStream,
    /// A session that was ended lives on as long as it is remembered.
    EndedSessionRemembered,
    /// An id that is no session's leads into the one that began last.
    UnknownSessionIsTheLast,
    /// A sandbox is found by its tenant and who is claimed alone.
    SandboxByClaimAlone,
    /// A sandbox is found by who is claimed and the token alone, in any tenant and with any key.
    SandboxWithoutTenant,
    /// What one claimant was told opens its sandbox whoever is claimed.
    SandboxTokenForAnyClaim,
    /// What is kept in sandboxes lies in one place for the whole tenant.
    SandboxesInOnePlace,
    /// Sandboxes of a tenant are drawn from one stream.
    SandboxesOfOneStream,
    /// The list of sandboxes is that of all tenants.
    SandboxesWithoutTenant,
    /// A handle of a sandbox is good in every tenant.
    SandboxHandleWithoutTenant,
    /// A sandbox that was rejected or approved lives on as long as it is remembered.
    EndedSandboxRemembered,
    /// An approval makes those known who were claimed, and not those whom the admin named.
    ApprovalKnowsClaim,
    /// What a tenant knows of a user every tenant knows: links, roles, pseudonyms.
    UserWithoutTenant,
    /// A link leads where the first tenant had it lead that asked for the name.
    LinkWithoutTenant,
    /// A handle of a user is good in every tenant.
    UserHandleWithoutTenant,
    /// A cursor into the list of users is good in every tenant.
    UserCursorWithoutTenant,
    /// A name that was taken from a user leads there as long as that is remembered.
    UnlinkedNameRemembered,
    /// A move reads a place of the tenant that first moved something from a place of that name.
    MoveWithoutTenant,
    /// A move leaves a copy behind.
    MoveLeavesCopy,
    /// What is shared is read along as it was shared in the tenant that read it first.
    SharedWithoutTenant,
    /// A chat shows what was remembered for the chat before it, too.
    ChatShowsLast,
    /// What may be shown is one budget of all chats.
    ChatBudgetShared,
}

static ACTIVE: AtomicUsize = AtomicUsize::new(usize::MAX);
static SHARED_TEXTS: Mutex<BTreeMap<(u64, String), Option<String>>> = Mutex::new(BTreeMap::new());
static SHARED: Mutex<BTreeMap<(u64, u64), u64>> = Mutex::new(BTreeMap::new());

thread_local! {
    static WORLD: Cell<u64> = const { Cell::new(0) };
}

/// Plants one bug in this process, or none.
pub fn activate(bug: Option<Bug>) {
    std::hint::black_box(MARKER);
    ACTIVE.store(bug.map_or(usize::MAX, |bug| bug as usize), Ordering::SeqCst);
}

/// Whether a bug is planted.
pub fn is(bug: Bug) -> bool {
    ACTIVE.load(Ordering::Relaxed) == bug as usize
}

/// What this thread does from now on, it does in this world: what a bug shares, it shares in one
/// world, as it would in one process.
pub fn enter(world: u64) {
    WORLD.set(world);
}

/// A number that is shared by all namespaces of a world: answers it, and puts another in its place.
pub fn share(name: u64, change: impl FnOnce(u64) -> u64) -> u64 {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let slot = shared.entry((WORLD.get(), name)).or_default();
    let before = *slot;
    *slot = change(before);
    before
}

/// The same with a text.
pub fn share_text(
    name: &str,
    change: impl FnOnce(Option<String>) -> Option<String>,
) -> Option<String> {
    let mut shared = SHARED_TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let slot = shared.entry((WORLD.get(), name.to_owned())).or_default();
    let before = slot.clone();
    slot.clone_from(&change(before.clone()));
    before
}

/// Forgets what a world shared.
pub fn leave(world: u64) {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.retain(|(known, _), _| *known != world);
    let mut shared = SHARED_TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    shared.retain(|(known, _), _| *known != world);
}
