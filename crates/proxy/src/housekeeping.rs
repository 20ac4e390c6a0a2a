//! Requests that are no conversation: what a chat program asks for itself, and what is not worth keeping.

use crate::Chat;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Somebody talks.
    Talk,
    /// Somebody says next to nothing, or has code or a translation made: it is answered with what is
    /// remembered, and is not kept.
    Trifle,
    /// The program itself asks, for a title, tags or what to ask next: nothing is recalled or kept.
    Task,
}

/// Words with which a message is kept.
const WORDS_MIN: usize = 3;
/// How the tasks of Open WebUI begin, in every version that has them in the prompt.
const TASK: &str = "### Task:";
/// How a wish for a translation begins, in lower case.
const TRANSLATIONS: [&str; 9] = [
    "translate ",
    "please translate ",
    "can you translate ",
    "übersetze ",
    "bitte übersetze ",
    "traduis ",
    "traduisez ",
    "traduce ",
    "翻译",
];
/// Of how many characters in a hundred a message of code is code.
const CODE_PERCENT: usize = 80;

/// What a chat is for. `task` is what the program says of it in a header of its own.
pub fn errand(chat: &Chat<'_>, task: Option<&str>) -> Errand {
    if task.is_some_and(|task| !task.trim().is_empty() && !task.contains("{{")) {
        return Errand::Task;
    }
    let Some(asked) = chat.asked() else {
        return Errand::Task;
    };
    let text = asked.words().trim();
    if text.starts_with(TASK) {
        return Errand::Task;
    }
    if is_short(text) || is_translation(text) || is_code(text) {
        return Errand::Trifle;
    }
    Errand::Talk
}

/// Fewer words than are kept; in scripts without spaces, fewer than four letters.
fn is_short(text: &str) -> bool {
    let is_spaceless = |one: char| matches!(one, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}');
    let spaceless = text.chars().filter(|one| is_spaceless(*one)).count();
    let words = text.split_whitespace();
    let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
    words.count() < WORDS_MIN && spaceless < 4
}

fn is_translation(text: &str) -> bool {
    let start: String = text.chars().take(32).flat_map(char::to_lowercase).collect();
    TRANSLATIONS.iter().any(|begin| start.starts_with(begin))
}

/// Whether next to nothing but fenced code is said.
fn is_code(text: &str) -> bool {
    let parts: Vec<&str> = text.split("```").collect();
    let inside = parts.iter().skip(1).step_by(2);
    let inside: usize = inside.map(|part| part.chars().count()).sum();
    let all: usize = parts.iter().map(|part| part.chars().count()).sum();
    all > 0 && inside * 100 >= all * CODE_PERCENT
}
