//! What a text costs, in milliseconds of CPU time on one thread: every path of this processor,
//! alone and in batches, side by side. `cargo bench -p anchorhold-embed`.
//!
//! The paths take turns and the least of their rounds counts, so that a busy machine slows
//! all of them or none. Outside Linux the measure is elapsed time.
#![allow(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads clocks and prints"
)]

use std::time::Instant;

use anchorhold_embed::{BuiltinEncoder, Dispatch, Embedder, Error};

const WORDS_12: &str = "what did my sister say about the trip to the old harbour";
const WORDS_40: &str = "we took the slow train along the river because the road was closed \
    and when we arrived in the evening the small hotel near the station had kept our room \
    and even some soup which was very kind of them";

/// Turns of each path.
const ROUNDS: usize = 7;
/// Length of a turn, or one repetition where that takes longer.
const TURN_MILLISECONDS: f64 = 60.0;

fn main() -> Result<(), Error> {
    let encoders: Vec<(Dispatch, BuiltinEncoder)> = Dispatch::available()
        .into_iter()
        .map(|path| Ok((path, BuiltinEncoder::with_dispatch(path)?)))
        .collect::<Result<_, Error>>()?;
    print!("{:24}", "CPU ms per text");
    for (path, _) in &encoders {
        print!("{:>15}", path.to_string());
    }
    println!();
    let full = "tide ".repeat(254);
    for (name, text, count) in [
        ("12 words", WORDS_12, 1),
        ("12 words, batch of 4", WORDS_12, 4),
        ("12 words, batch of 64", WORDS_12, 64),
        ("40 words", WORDS_40, 1),
        ("40 words, batch of 64", WORDS_40, 64),
        ("one full window", &full, 1),
    ] {
        let texts = vec![text; count];
        let mut least = vec![f64::MAX; encoders.len()];
        for _ in 0..ROUNDS {
            for ((_, encoder), least) in encoders.iter().zip(&mut least) {
                *least = least.min(turn(|| encoder.embed_batch(&texts, &|| true))?);
            }
        }
        print!("{name:24}");
        for least in least {
            print!("{:>15.3}", least / texts.len() as f64);
        }
        println!();
    }
    let prose = [WORDS_40, " "]
        .concat()
        .repeat(64 * 1024 / (WORDS_40.len() + 1));
    if let Some((path, encoder)) = encoders.first() {
        let windows = encoder.embed(&prose)?.windows;
        let cost = turn(|| encoder.embed(&prose))?;
        println!("64 KiB of prose, {windows} windows, {path}: {cost:.0}");
    }
    println!("loading the model: {:.1}", turn(BuiltinEncoder::new)?);
    Ok(())
}

/// Mean milliseconds of one call in a turn.
fn turn<T>(mut call: impl FnMut() -> Result<T, Error>) -> Result<f64, Error> {
    let start = milliseconds();
    for calls in 1_u32.. {
        std::hint::black_box(call()?);
        let spent = milliseconds() - start;
        if spent >= TURN_MILLISECONDS {
            return Ok(spent / f64::from(calls));
        }
    }
    Ok(f64::NAN)
}

/// CPU time of this thread so far.
fn milliseconds() -> f64 {
    static BEGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    // The kernel brings the figure up to date when a thread gives way.
    std::thread::yield_now();
    let nanoseconds = std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    match nanoseconds {
        Some(nanoseconds) => nanoseconds / 1e6,
        None => BEGIN.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3,
    }
}
