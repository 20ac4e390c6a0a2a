//! A set answers as a look at each of its values would.

use proptest::prelude::*;
use proptest::{collection, sample};
use serde_json::{Value, json};

use super::*;

/// Values that look alike and are not, and such as only look different.
fn value() -> impl Strategy<Value = Value> {
    const EDGE: i64 = 1 << 53;
    sample::select(vec![
        json!(0),
        json!(0.0),
        json!(-0.0),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(-1),
        json!(EDGE - 1),
        json!(EDGE),
        json!(EDGE + 1),
        json!(9_007_199_254_740_992.0),
        json!(-EDGE - 1),
        json!(-9_007_199_254_740_992.0),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(u64::MAX - 1),
        json!(18_446_744_073_709_551_616.0),
        json!("1"),
        json!(""),
        json!("b"),
        json!("01010101-0101-0101-0101-010101010101"),
        json!(true),
        json!(false),
    ])
}

/// What equality means, without any order.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i128(), b.as_i128()) {
            (Some(a), Some(b)) => a == b,
            _ => a.as_f64() == b.as_f64(),
        },
        _ => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_set_answers_as_a_look_at_each_value_would(
        own in collection::vec(value(), 0..8),
        other in collection::vec(value(), 0..8),
    ) {
        let (set, others) = (Values::new(&own), Values::new(&other));
        let has = |wanted: &Value| own.iter().any(|value| same(value, wanted));
        for wanted in &other {
            prop_assert_eq!(set.has(wanted), has(wanted), "{} in {:?}", wanted, own);
        }
        prop_assert_eq!(set.meets(&others), other.iter().any(has), "{:?} {:?}", own, other);
        prop_assert_eq!(set.includes(&others), other.iter().all(has), "{:?} {:?}", own, other);
    }
}
