//! Whether refusals can be told apart by how long they take: what does not exist from what is somebody
//! else's, a key that nobody has from one that was revoked.
//!
//! Of two kinds that are asked in turns on one connection, the area under the ROC curve is how often a
//! refusal of the one kind takes longer than one of the other (Mann-Whitney; ties count half): 0.5 is what
//! guessing reaches. Welch's t is that of the means without the slowest hundredth of each kind.

use std::sync::Arc;
use std::time::Duration;

use anchorhold_crypto::{Token, TokenClass};
use anchorhold_model::{Clock, Stream};
use serde_json::json;

use super::Size;
use super::client::{Client, bare, bearer, text};
use super::corpus::{Numbers, Prepared};
use super::meter::Reading;
use super::result::Measured;
use super::served::Served;
use crate::exit::Error;
use crate::throw_away::Wish;
use anchorhold::system::SystemRandom;

/// Probes of each kind that are not counted: until then caches fill.
const WARM_UP: usize = 500;
const USER: &str = "x-anchorhold-user";
/// How far from guessing is still guessing.
const AUC: std::ops::RangeInclusive<f64> = 0.45..=0.55;

/// Two kinds of refusal that nobody may tell apart.
struct Pair {
    name: &'static str,
    status: u16,
    heads: [String; 2],
}

/// Asks each pair in turns.
pub(super) fn measure(size: &Size) -> Result<Vec<Measured>, Error> {
    let count = size.pick(20_000, 2_000);
    let wish = Wish::new(Arc::new(Prepared { real: None }));
    let served = Served::new(size, wish)?;
    let mut results = Vec::new();
    for pair in pairs(&served)? {
        let mut client = Client::connect(&served.server.url)?;
        results.push(pair.measure(served.clock.as_ref(), &mut client, count)?);
    }
    served.server.stop()?;
    Ok(results)
}

/// Somebody's namespace and memory, a key that was revoked, and an application that asks for all of them:
/// in its own tenant, the nearest that somebody else can be.
fn pairs(served: &Served) -> Result<Vec<Pair>, Error> {
    let acting = served.application("acme", &json!({"kind": "caller", "dimension": 8}))?;
    let keys = "/v1/tenants/acme/keys";
    let admin = served.operate(keys, &json!({"name": "admin", "admin": true}))?;
    let admin = bearer(&text(&admin, "key")?);
    let ended = served.operate(keys, &json!({"name": "ended", "act_as": true}))?;
    let end = format!("{keys}/{}", text(&ended, "key_id")?);
    let end = bare("DELETE", &end, &[("authorization", &served.operator())]);
    Client::connect(&served.server.operator_url)?.ask(&end, "")?;
    let mut desk = Client::connect(&served.server.url)?;
    let name = json!({"name": "org/theirs"});
    desk.post("/v1/namespaces", &[("authorization", &admin)], &name)?;
    let as_user = |user: &'static str| [("authorization", acting.as_str()), (USER, user)];
    let memory = json!({"content": "of somebody", "vector": [1, 2, 3, 4, 5, 6, 7, 8]});
    let foreign = text(&desk.post("/v1/memories", &as_user("bob"), &memory)?, "id")?;
    desk.post("/v1/memories", &as_user("eve"), &memory)?;
    let named = |name: &str| {
        bare(
            "GET",
            &format!("/v1/memories?namespace={name}"),
            &as_user("eve"),
        )
    };
    let by_id = |id: &str| bare("GET", &format!("/v1/memories/{id}"), &as_user("eve"));
    let by_key = |key: &str| bare("GET", "/v1/memories", &[("authorization", &bearer(key))]);
    let nobodys = Token::generate(TokenClass::Secret, &SystemRandom, Stream::PROCESS);
    Ok(vec![
        Pair {
            name: "a namespace that is absent, or not granted",
            status: 403,
            heads: [named("org/nobody"), named("org/theirs")],
        },
        Pair {
            name: "a memory that is absent, or somebody else's",
            status: 404,
            heads: [
                by_id("0190a000-0000-7000-8000-000000000001"),
                by_id(&foreign),
            ],
        },
        Pair {
            name: "a key that nobody has, or a revoked one",
            status: 401,
            heads: [by_key(&nobodys.reveal()), by_key(&text(&ended, "key")?)],
        },
    ])
}

impl Pair {
    fn measure(
        &self,
        clock: &dyn Clock,
        client: &mut Client,
        count: usize,
    ) -> Result<Measured, Error> {
        let began = clock.monotonic();
        let mut numbers = Numbers::new(1);
        let mut times = [Vec::with_capacity(count), Vec::with_capacity(count)];
        for number in 0..WARM_UP + count {
            // Whichever comes first, by chance: what the machine does meanwhile meets both alike.
            let first = numbers.below(2);
            for kind in [first, 1 - first] {
                let (Some(head), Some(times)) = (self.heads.get(kind), times.get_mut(kind)) else {
                    continue;
                };
                let before = clock.monotonic();
                let (status, _) = client.answer(head, "")?;
                let took = clock.monotonic().saturating_sub(before);
                if status != self.status {
                    return Err(Error::Failed(format!(
                        "{}: a probe ended with {status}",
                        self.name
                    )));
                }
                if number >= WARM_UP {
                    times.push(took.as_secs_f64() * 1_000.0);
                }
            }
        }
        let took = clock.monotonic().saturating_sub(began);
        Ok(self.measured(times, took))
    }

    fn measured(&self, mut times: [Vec<f64>; 2], took: Duration) -> Measured {
        for times in &mut times {
            times.sort_by(f64::total_cmp);
        }
        let [one, other] = &times;
        let at = |part: f64| quantile(one, part);
        let operations = one.len() + other.len();
        let reading = Reading {
            operations,
            per_second: float(operations) / took.as_secs_f64(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            cpu_ms: 0.0,
        };
        let auc = auc(one, other);
        let mut measured = Measured::new(format!("refusals: {}", self.name), &reading)
            .figure("area under the ROC curve", auc)
            .figure("Welch's t without the slowest hundredth", welch(one, other));
        measured.target = Some(("0.45 to 0.55 AUC".to_owned(), AUC.contains(&auc)));
        measured
    }
}

/// How often a time of the first kind is longer than one of the second. Both are sorted.
fn auc(one: &[f64], other: &[f64]) -> f64 {
    let mut longer = 0.0;
    for time in one {
        let less = other.partition_point(|other| other < time);
        let equal = other.partition_point(|other| other <= time) - less;
        longer += float(less) + float(equal) / 2.0;
    }
    longer / (float(one.len()) * float(other.len()))
}

fn welch(one: &[f64], other: &[f64]) -> f64 {
    let moments = |times: &[f64]| {
        let kept: Vec<f64> = times.iter().copied().take(times.len() / 100 * 99).collect();
        let count = float(kept.len());
        let mean = kept.iter().sum::<f64>() / count;
        let squares = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>();
        (mean, squares / (count - 1.0) / count)
    };
    let ((mean, variance), (other_mean, other_variance)) = (moments(one), moments(other));
    (mean - other_mean) / (variance + other_variance).sqrt()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = (float(sorted.len()) * part) as usize;
    sorted.get(place).copied().unwrap_or_default()
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_as_long_cannot_be_told_apart_and_what_takes_longer_can() {
        let times: Vec<f64> = (0..200).map(|number| f64::from(number % 17)).collect();
        let sorted = |shift: f64| {
            let mut times: Vec<f64> = times.iter().map(|time| time + shift).collect();
            times.sort_by(f64::total_cmp);
            times
        };
        assert!((auc(&sorted(0.0), &sorted(0.0)) - 0.5).abs() < 1e-9);
        assert!((auc(&sorted(17.0), &sorted(0.0)) - 1.0).abs() < 1e-9);
        assert!(auc(&sorted(0.0), &sorted(17.0)) < 1e-9);
        assert!(welch(&sorted(0.0), &sorted(0.0)).abs() < 1e-9);
        assert!(welch(&sorted(3.0), &sorted(0.0)) > 4.5);
    }
}
