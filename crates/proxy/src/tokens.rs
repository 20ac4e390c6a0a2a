//! How many tokens a text is.

use std::ops::Range;
use std::sync::LazyLock;

use anchorhold_model::Tokenizer;
use tiktoken_rs::{CoreBPE, cl100k_base, o200k_base};

use crate::message::Message;

/// What a message costs beside its texts: its role and its marks, 3 at OpenAI, 4 or 5 in the templates of
/// others.
const MESSAGE: usize = 5;
/// What begins the answer, at OpenAI 3.
const ANSWER: usize = 4;
/// An image or another part that is no text: what OpenAI takes for one of 1,024 x 1,024 at most.
const OTHER_PART: usize = 1_445;

/// Bytes of a run of spaces or of others that is counted exactly.
const RUN_BYTES_MAX: usize = 512;

static O200K: LazyLock<Option<CoreBPE>> = LazyLock::new(|| o200k_base().ok());
static CL100K: LazyLock<Option<CoreBPE>> = LazyLock::new(|| cl100k_base().ok());

/// Counts for one model.
#[derive(Clone, Copy)]
pub(crate) struct Counter(pub(crate) Tokenizer);

impl Counter {
    /// Tokens of a text.
    pub(crate) fn text(self, text: &str) -> usize {
        let by = match self.0 {
            Tokenizer::O200k => O200K.as_ref(),
            Tokenizer::Cl100k => CL100K.as_ref(),
            Tokenizer::Estimate => None,
        };
        let Some(by) = by else {
            return estimate(text);
        };
        let mut count = 0;
        let mut from = 0;
        for run in long_runs(text) {
            let before = text.get(from..run.start).unwrap_or_default();
            count += by.encode_ordinary(before).len();
            count += estimate(text.get(run.clone()).unwrap_or_default());
            from = run.end;
        }
        count
            + by.encode_ordinary(text.get(from..).unwrap_or_default())
                .len()
    }

    /// Tokens of a message.
    pub(crate) fn message(self, message: &Message<'_>) -> usize {
        let named = message
            .name
            .as_deref()
            .map_or(0, |name| 1 + self.text(name));
        let calls = message.calls.map_or(0, |calls| self.text(calls));
        MESSAGE + named + calls + self.text(&message.text) + message.others * OTHER_PART
    }

    /// Tokens of a prompt beside its messages: the answer's beginning and the tools.
    pub(crate) fn frame(self, tools: Option<&str>) -> usize {
        ANSWER + tools.map_or(0, |tools| self.text(tools))
    }

    /// A message of ours with this text.
    pub(crate) fn own(self, text: &str) -> usize {
        MESSAGE + self.text(text)
    }
}

/// Where a text does not change between spaces and others for long: what a tokenizer looks at as one piece takes
/// it the square of its length, so such a run is estimated.
fn long_runs(text: &str) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut start, mut was_space) = (0, None);
    let ends = [(text.len(), None)];
    let characters = text.char_indices();
    let kinds = characters.map(|(at, one)| (at, Some(one.is_whitespace())));
    for (at, is_space) in kinds.chain(ends) {
        if is_space != was_space {
            if at - start > RUN_BYTES_MAX {
                runs.push(start..at);
            }
            (start, was_space) = (at, is_space);
        }
    }
    runs
}

/// More than the tokenizers of common models count in what people write. Words of a language that is written in ASCII are a token for
/// three to five letters; digits up to one each; marks one each; a letter of another script one, rare ones and
/// those beyond the basic plane up to one for each byte.
fn estimate(text: &str) -> usize {
    // In sixths of a token.
    let mut sixths: usize = 0;
    for character in text.chars() {
        sixths += match character {
            ' ' => 1,
            'a'..='z' => 2,
            'A'..='Z' => 3,
            '\n' | '\t' | '\r' | '!'..='@' | '['..='`' | '{'..='~' | '\u{80}'..='\u{24f}' => 6,
            '\u{250}'..='\u{7ff}' => 9,
            '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => 12,
            '\u{800}'..='\u{ffff}' => 15,
            _ => 24,
        };
    }
    sixths.div_ceil(6) + usize::from(!text.is_empty())
}

#[cfg(test)]
mod tests {
    use anchorhold_model::Tokenizer;
    use proptest::prelude::*;

    use super::{Counter, estimate};

    const TEXTS: [&str; 9] = [
        "The quick brown fox jumps over the lazy dog, and nobody in the house has seen it happen before.",
        "fn main() { let x: Vec<u8> = (0..10).map(|i| i * 2).collect(); println!(\"{x:?}\"); }",
        "你好，世界。今天天气很好，我们去公园散步吧。",
        "こんにちは、世界。お元気ですか。東京は今日も晴れです。",
        "안녕하세요, 세계. 오늘 날씨가 아주 좋네요.",
        "Größe, Übermut und Äpfel: das kann nicht wahr sein, oder doch?",
        "Привет, мир. Сегодня хорошая погода, пойдём гулять.",
        "👩‍👩‍👧‍👦🎉🔥 1234567890 +49 30 901820",
        "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis xqzvw",
    ];

    #[test]
    fn an_estimate_is_not_below_what_known_tokenizers_count() {
        for text in TEXTS {
            for tokenizer in [Tokenizer::O200k, Tokenizer::Cl100k] {
                let counted = Counter(tokenizer).text(text);
                let estimated = estimate(text);
                assert!(estimated >= counted, "{estimated} for {counted}: {text}");
                assert!(
                    estimated <= 4 * counted,
                    "{estimated} for {counted}: {text}"
                );
            }
        }
    }

    proptest! {
        /// Letters by chance, which nobody writes, may be up to three times as many.
        #[test]
        fn nor_far_below_for_texts_that_nobody_writes(
            text in "\\PC{0,200}|[a-zA-Z0-9 \n.,äß你世界한🎉\u{301}\u{200d}]{0,200}"
        ) {
            for tokenizer in [Tokenizer::O200k, Tokenizer::Cl100k] {
                prop_assert!(3 * estimate(&text) >= Counter(tokenizer).text(&text), "{}", text);
            }
        }
    }
}
