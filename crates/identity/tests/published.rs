//! Keys that an issuer publishes: fetched when they are due, once in each window, and good for an hour.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use anchorhold_identity::{
    CredentialRecord, Fetching, Headers, JwksCache, JwtProblem, ListenerPolicy, Reason, Wanted,
    authenticate_by,
};
use anchorhold_model::limits::{JWKS_FETCHES_MAX, JWKS_ISSUERS_MAX, JWKS_WAITERS_MAX};
use anchorhold_model::{FetchProblem, KeyId};

use crate::jwt::signed;
use crate::library::{Hand, Key, Library, again, issuer};
use crate::world::{NOW, World, plain};

const URL: &str = "https://clerk.example/keys";

/// A tenant that takes tokens of an issuer that publishes its keys.
struct Scene {
    world: World,
    library: Arc<Library>,
    clock: Arc<Hand>,
    cache: Arc<JwksCache>,
}

impl Scene {
    fn new() -> Self {
        let (library, clock) = (
            Arc::new(Library::default()),
            Arc::new(Hand(AtomicU64::new(7))),
        );
        let cache = JwksCache::new(Arc::clone(&library) as _, Arc::clone(&clock) as _);
        let cache = Arc::new(cache);
        let mut world = World::usual(plain());
        world.issuer = Some(issuer(1, URL));
        world.published = Some(Arc::clone(&cache));
        Self {
            world,
            library,
            clock,
            cache,
        }
    }

    fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn bearer(&self, token: &str) -> Result<(), Reason> {
        self.judged(token, Fetching::Now)
    }

    fn judged(&self, token: &str, fetching: Fetching) -> Result<(), Reason> {
        let bearer = format!("Bearer {token}");
        let lines = [("authorization", bearer.as_bytes())];
        let headers = Headers::new(&lines);
        let judged = authenticate_by(
            headers,
            (ListenerPolicy::default(), None),
            &self.world,
            fetching,
            NOW,
        );
        judged.map(drop).map_err(|denial| denial.reason)
    }
}

const UNKNOWN: Result<(), Reason> = Err(Reason::JwtInvalid(JwtProblem::KeyUnknown));
const UNAVAILABLE: Result<(), Reason> = Err(Reason::IssuerKeysUnavailable);

#[test]
fn keys_follow_their_issuer_by_kid_with_one_fetch_in_each_window() {
    let scene = Scene::new();
    let (old, new) = (Key::new("old"), Key::new("new"));
    scene.library.publish(URL, &[&old]);
    assert_eq!(scene.bearer(&old.token()), Ok(()));
    assert_eq!(scene.library.fetches(), 1, "the first token fetches");
    scene.library.publish(URL, &[&new]);
    let flood = || {
        for number in 0..100 {
            assert_eq!(scene.bearer(&new.named(&number.to_string())), UNKNOWN);
        }
    };
    scene.pass(29);
    flood();
    assert_eq!(scene.bearer(&new.token()), UNKNOWN);
    assert_eq!(
        scene.library.fetches(),
        1,
        "within the window nobody fetches"
    );
    assert_eq!(scene.bearer(&old.token()), Ok(()));
    scene.pass(1);
    assert_eq!(scene.bearer(&new.token()), Ok(()));
    assert_eq!(scene.bearer(&old.token()), UNKNOWN, "it was taken back");
    flood();
    assert_eq!(scene.library.fetches(), 2);
    // By the age of the keys alone: a key that is taken back is so within ten minutes.
    scene.library.publish(URL, &[&old]);
    scene.pass(599);
    assert_eq!(scene.bearer(&new.token()), Ok(()));
    assert_eq!(scene.library.fetches(), 2);
    scene.pass(1);
    assert_eq!(scene.bearer(&new.token()), UNKNOWN);
    assert_eq!(scene.bearer(&old.token()), Ok(()));
    assert_eq!(scene.library.fetches(), 3);
    // An issuer that publishes no key any more is believed as well.
    scene.library.publish(URL, &[]);
    scene.pass(600);
    assert_eq!(scene.bearer(&old.token()), UNKNOWN);
    assert_eq!(scene.cache.status(&issuer(1, URL)).keys, []);
}

#[test]
fn keys_that_cannot_be_fetched_again_count_for_an_hour_and_no_longer() {
    let key = Key::new("a");
    let secret = r#"{"keys":[{"kty":"oct","k":"AAAA"}]"#;
    let broken = ["", "<html>", "[]", secret].map(|text| Ok(text.as_bytes().to_vec()));
    let failed = FetchProblem::ALL.map(Err);
    for document in failed.into_iter().chain(broken) {
        let scene = Scene::new();
        scene.library.put(URL, document.clone());
        // Nothing is known, so nobody is let in, and nobody asks twice in a window.
        for _ in 0..10 {
            assert_eq!(scene.bearer(&key.token()), UNAVAILABLE);
        }
        assert_eq!(scene.library.fetches(), 1);
        scene.library.publish(URL, &[&key]);
        scene.pass(30);
        assert_eq!(scene.bearer(&key.token()), Ok(()));
        scene.library.put(URL, document);
        scene.pass(3_600);
        assert_eq!(scene.bearer(&key.token()), Ok(()), "for an hour");
        assert_eq!(scene.bearer(&key.named("b")), UNKNOWN);
        assert_eq!(scene.library.fetches(), 3);
        let status = scene.cache.status(&issuer(1, URL));
        assert_eq!((status.keys.len(), status.fetched_at.is_some()), (1, true));
        assert!(status.problem.is_some());
        scene.pass(1);
        assert_eq!(scene.bearer(&key.token()), UNAVAILABLE);
        assert_eq!(scene.cache.status(&issuer(1, URL)).keys, []);
        scene.library.publish(URL, &[&key]);
        scene.pass(29);
        assert_eq!(scene.bearer(&key.token()), Ok(()));
        assert_eq!(scene.cache.status(&issuer(1, URL)).problem, None);
        assert_eq!(scene.library.fetches(), 4);
    }
}

#[test]
fn nobody_is_asked_for_a_token_that_no_published_key_can_sign() {
    let mut scene = Scene::new();
    let key = Key::new("a");
    scene.library.publish(URL, &[&key]);
    let claims = r#"{"iss":"https://clerk.example","aud":"memory","sub":"alice","exp":1300}"#;
    let secret = "a secret of thirty-two bytes, ok";
    for alg in ["none", "HS256", "HS512", "ES384", "eddsa", ""] {
        let header = format!(r#"{{"alg":"{alg}","kid":"a"}}"#);
        let refused = Err(Reason::JwtInvalid(JwtProblem::Algorithm));
        assert_eq!(scene.bearer(&signed(&header, claims, secret)), refused);
    }
    for (from, to) in [
        ("clerk", "evil"),
        ("memory", "web"),
        (r#""aud":"memory","#, ""),
    ] {
        let header = r#"{"alg":"EdDSA","kid":"a"}"#;
        let token = signed(header, &claims.replace(from, to), secret);
        assert_eq!(scene.bearer(&token), Err(Reason::CredentialUnknown));
    }
    scene.world.issuer.as_mut().unwrap().revoked_at = Some(NOW);
    assert_eq!(scene.bearer(&key.token()), Err(Reason::CredentialRevoked));
    assert_eq!(scene.library.fetches(), 0);
    // Ended while its keys are at hand, it is refused as well.
    scene.world.issuer.as_mut().unwrap().revoked_at = None;
    assert_eq!(scene.bearer(&key.token()), Ok(()));
    // One algorithm that is published stays another than the key's.
    let rs256 = signed(r#"{"alg":"RS256","kid":"a"}"#, claims, secret);
    let refused = Err(Reason::JwtInvalid(JwtProblem::Algorithm));
    assert_eq!(scene.bearer(&rs256), refused);
    let forged = Key::new("a");
    let refused = Err(Reason::JwtInvalid(JwtProblem::Mismatch));
    assert_eq!(scene.bearer(&forged.token()), refused);
    scene.world.issuer.as_mut().unwrap().revoked_at = Some(NOW);
    assert_eq!(scene.bearer(&key.token()), Err(Reason::CredentialRevoked));
    assert_eq!(scene.library.fetches(), 1);
}

#[test]
fn who_may_not_fetch_asks_nobody_and_learns_what_is_at_hand() {
    let scene = Scene::new();
    let key = Key::new("a");
    scene.library.publish(URL, &[&key]);
    for fetching in [Fetching::Elsewhere, Fetching::Never] {
        assert_eq!(scene.judged(&key.token(), fetching), UNAVAILABLE);
    }
    assert_eq!(scene.bearer(&key.token()), Ok(()));
    for fetching in [Fetching::Elsewhere, Fetching::Never] {
        assert_eq!(scene.judged(&key.token(), fetching), Ok(()));
        assert_eq!(scene.judged(&key.named("b"), fetching), UNKNOWN);
    }
    scene.pass(600);
    // What is old is looked at to explain, and is no answer for a request.
    assert_eq!(scene.judged(&key.token(), Fetching::Elsewhere), UNAVAILABLE);
    assert_eq!(scene.judged(&key.token(), Fetching::Never), Ok(()));
    assert_eq!(scene.judged(&key.named("b"), Fetching::Never), UNKNOWN);
    scene.pass(3_001);
    assert_eq!(scene.judged(&key.token(), Fetching::Never), UNAVAILABLE);
    assert_eq!(scene.library.fetches(), 1);
}

#[test]
fn keys_of_one_address_and_of_one_tenant_count_for_no_other() {
    let mut scene = Scene::new();
    let (here, there) = (Key::new("a"), Key::new("a"));
    let other = "https://clerk.example/other";
    scene.library.publish(URL, &[&here]);
    scene.library.publish(other, &[&there]);
    assert_eq!(scene.bearer(&here.token()), Ok(()));
    let mismatch = Err(Reason::JwtInvalid(JwtProblem::Mismatch));
    assert_eq!(scene.bearer(&there.token()), mismatch);
    scene.world.issuer = Some(again(issuer(1, other)));
    assert_eq!(scene.bearer(&here.token()), mismatch);
    assert_eq!(scene.bearer(&there.token()), Ok(()));
    let wanted = Wanted {
        kid: Some("a"),
        fetching: Fetching::Now,
    };
    let first = || scene.cache.keys(&again(issuer(1, other)), wanted).unwrap();
    let second = scene.cache.keys(&issuer(2, URL), wanted).unwrap();
    assert_ne!(first(), second);
    assert_eq!(scene.library.fetches(), 3);
}

#[test]
fn the_same_address_given_again_is_asked_at_once() {
    let mut scene = Scene::new();
    let (stolen, new) = (Key::new("stolen"), Key::new("new"));
    scene.library.publish(URL, &[&stolen]);
    assert_eq!(scene.bearer(&stolen.token()), Ok(()));
    scene.library.publish(URL, &[&new]);
    assert_eq!(scene.bearer(&stolen.token()), Ok(()));
    scene.world.issuer = scene.world.issuer.map(again);
    assert_eq!(scene.bearer(&stolen.token()), UNKNOWN);
    assert_eq!(scene.bearer(&new.token()), Ok(()));
    assert_eq!(scene.library.fetches(), 2);
}

#[test]
fn no_issuer_is_forgotten_to_ask_it_twice_in_a_window() {
    let scene = Scene::new();
    scene.library.publish(URL, &[&Key::new("a")]);
    let wanted = Wanted {
        kid: Some("a"),
        fetching: Fetching::Now,
    };
    let ask = |number: usize| {
        let mut asked = issuer(1, URL);
        let (id, part) = ([0; 16], number.to_be_bytes());
        let (head, _) = id.split_at(16 - part.len());
        asked.key = KeyId::from_bytes([head, &part].concat().try_into().unwrap());
        scene.cache.keys(&asked, wanted).is_ok()
    };
    assert!((0..JWKS_ISSUERS_MAX).all(ask));
    scene.pass(29);
    assert!(!ask(JWKS_ISSUERS_MAX), "all of them were just asked");
    assert!(ask(0));
    assert_eq!(scene.library.fetches(), JWKS_ISSUERS_MAX);
    scene.pass(1);
    assert!(ask(JWKS_ISSUERS_MAX));
    assert!(ask(JWKS_ISSUERS_MAX - 1));
    assert_eq!(scene.library.fetches(), JWKS_ISSUERS_MAX + 1);
}

#[test]
fn a_slow_issuer_holds_up_few_of_its_tenant_and_nobody_else() {
    let scene = Scene::new();
    let key = Key::new("a");
    let (slow, fast) = ("https://slow.example/keys", "https://fast.example/keys");
    scene.library.publish(slow, &[&key]);
    scene.library.publish(fast, &[&key]);
    let wanted = Wanted {
        kid: Some("a"),
        fetching: Fetching::Now,
    };
    // The places of those who waited are there again for the next.
    for round in 1..=2 {
        scene.library.hold(true);
        let (tell, told) = mpsc::channel();
        std::thread::scope(|threads| {
            for _ in 0..JWKS_WAITERS_MAX + 5 {
                let (tell, cache) = (tell.clone(), &scene.cache);
                threads.spawn(move || tell.send(cache.keys(&issuer(1, slow), wanted).is_ok()));
            }
            // One fetches, some wait, and the rest is told to come again while nothing has come yet.
            for _ in 0..4 {
                assert_eq!(told.recv(), Ok(false));
            }
            scene.library.wait_for(1);
            assert!(scene.cache.keys(&issuer(2, fast), wanted).is_ok());
            scene.library.hold(false);
            for _ in 0..=JWKS_WAITERS_MAX {
                assert_eq!(told.recv(), Ok(true));
            }
        });
        assert_eq!(scene.library.fetches(), 2 * round);
        scene.pass(3_601);
    }
}

/// Who may be answered by keys at hand neither waits for newer ones nor is refused for them.
#[test]
fn while_keys_are_fetched_again_those_at_hand_count_for_everybody_else() {
    let mut scene = Scene::new();
    let key = Key::new("a");
    let (slow, fast) = ("https://slow.example/keys", "https://fast.example/keys");
    scene.library.publish(slow, &[&key]);
    scene.library.publish(fast, &[&key]);
    let beside = CredentialRecord {
        key: KeyId::from_bytes([7; 16]),
        ..issuer(1, fast)
    };
    let both = [issuer(1, slow), beside];
    let judged = |scene: &mut Scene, issuer: &CredentialRecord, token: &str, fetching| {
        scene.world.issuer = Some(issuer.clone());
        scene.judged(token, fetching)
    };
    for issuer in &both {
        assert_eq!(
            judged(&mut scene, issuer, &key.token(), Fetching::Now),
            Ok(())
        );
    }
    scene.pass(600);
    scene.library.hold(true);
    let (cache, slow) = (Arc::clone(&scene.cache), both[0].clone());
    let wanted = Wanted {
        kid: Some("a"),
        fetching: Fetching::Now,
    };
    let fetches = std::thread::spawn(move || cache.keys(&slow, wanted).is_ok());
    scene.library.wait_for(1);
    // The tenant has its one fetch, so the other issuer of it is not asked either.
    for issuer in &both {
        assert_eq!(
            judged(&mut scene, issuer, &key.token(), Fetching::Now),
            Ok(())
        );
    }
    let elsewhere = judged(&mut scene, &both[0], &key.token(), Fetching::Elsewhere);
    assert_eq!(elsewhere, Ok(()));
    let unknown = judged(&mut scene, &both[0], &key.named("b"), Fetching::Elsewhere);
    assert_eq!(unknown, UNAVAILABLE);
    assert_eq!(scene.library.fetches(), 3);
    scene.library.hold(false);
    assert!(fetches.join().unwrap());
}

#[test]
fn few_issuers_are_asked_at_once_and_all_in_the_end() {
    let scene = Scene::new();
    let key = Key::new("a");
    let (slow, fast) = ("https://slow.example/keys", "https://fast.example/keys");
    scene.library.publish(slow, &[&key]);
    scene.library.publish(fast, &[&key]);
    let wanted = Wanted {
        kid: Some("a"),
        fetching: Fetching::Now,
    };
    let beside = || scene.cache.keys(&issuer(10, fast), wanted).is_ok();
    assert!(beside());
    scene.pass(600);
    scene.library.hold(true);
    std::thread::scope(|threads| {
        let ask = |number| {
            let cache = &scene.cache;
            threads.spawn(move || cache.keys(&issuer(number, slow), wanted).is_ok())
        };
        let asked: Vec<_> = (1..=9).map(ask).collect();
        scene.library.wait_for(JWKS_FETCHES_MAX);
        // Not one more, so that keys at hand have to do.
        assert!(beside());
        assert_eq!(scene.library.fetches(), 1 + JWKS_FETCHES_MAX);
        scene.library.hold(false);
        assert!(asked.into_iter().all(|asked| asked.join().unwrap()));
    });
    assert_eq!(scene.library.fetches(), 1 + 9);
    assert!(scene.library.most() <= JWKS_FETCHES_MAX);
    let outcomes = scene.cache.outcomes();
    assert!(outcomes.contains(&("ok", 1 + 9)) && outcomes.contains(&("late", 0)));
}
