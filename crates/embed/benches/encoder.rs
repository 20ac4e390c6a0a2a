//! What a recall waits for: the time to embed a question of 12 and a turn of 40 words, on each
//! path of this processor. `cargo bench -p anchorhold-embed`.

use std::sync::LazyLock;

use anchorhold_embed::{BuiltinEncoder, Dispatch, Embedder, Embedding, Error};
use divan::Bencher;

const WORDS_12: &str = "what did my sister say about the trip to the old harbour";
const WORDS_40: &str = "we took the slow train along the river because the road was closed \
    and when we arrived in the evening the small hotel near the station had kept our room \
    and even some soup which was very kind of them";

fn main() {
    divan::main();
}

/// Each path with an encoder of its own, made once.
static ENCODERS: LazyLock<Vec<(Dispatch, BuiltinEncoder)>> = LazyLock::new(|| {
    let new = |path| {
        BuiltinEncoder::with_dispatch(path)
            .ok()
            .map(|encoder| (path, encoder))
    };
    Dispatch::available().into_iter().filter_map(new).collect()
});

fn time(bencher: Bencher<'_, '_>, path: Dispatch, text: &str) {
    let found = ENCODERS.iter().find(|(other, _)| *other == path);
    bencher.bench(|| -> Option<Result<Embedding, Error>> {
        found.map(|(_, encoder)| encoder.embed(divan::black_box(text)))
    });
}

#[divan::bench(args = Dispatch::available())]
fn words_12(bencher: Bencher<'_, '_>, path: Dispatch) {
    time(bencher, path, WORDS_12);
}

#[divan::bench(args = Dispatch::available())]
fn words_40(bencher: Bencher<'_, '_>, path: Dispatch) {
    time(bencher, path, WORDS_40);
}

#[divan::bench(args = Dispatch::available())]
fn one_full_window(bencher: Bencher<'_, '_>, path: Dispatch) {
    time(bencher, path, &"tide ".repeat(254));
}

/// What a start of the server pays.
#[divan::bench]
fn load() -> Result<BuiltinEncoder, Error> {
    BuiltinEncoder::new()
}
