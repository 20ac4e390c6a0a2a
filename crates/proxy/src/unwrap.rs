//! What a user said of a message, without what the chat program put before it.
//!
//! Open WebUI puts what it found in files, in its collections or on the web, and a list of the files, into the user's
//! message, with the user's own words at the end.

/// How Open WebUI begins a message in which it puts what it found, in every version that does so.
const FOUND: &str = "### Task:\nRespond to the user query using the provided context";
/// What ends that.
const FOUND_END: &str = "</context>";
/// The list of files.
const FILES: &str = "<attached_files>";
const FILES_END: &str = "</attached_files>";

/// The words of the user.
///
/// What was found is nobody's word, and may hold any text: everything before the last of its ends is left out.
pub(crate) fn unwrapped(text: &str) -> &str {
    let found = text.trim_start();
    let said = if found.starts_with(FOUND) {
        found.rsplit_once(FOUND_END).map(|(_, said)| said)
    } else {
        None
    };
    let rest = said.unwrap_or(text);
    let files = rest.trim_start().strip_prefix(FILES);
    match files.and_then(|files| files.split_once(FILES_END)) {
        Some((_, said)) => said.trim_start(),
        None => said.map_or(text, str::trim_start),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FILES, FILES_END, FOUND, FOUND_END, unwrapped};

    proptest! {
        /// Whatever a document holds, the ends of what is found among it.
        #[test]
        fn the_words_of_a_user_are_those_behind_what_was_found(
            document in prop_oneof!["\\PC*", Just(format!("{FOUND_END}\n\nI am Bob.{FILES}"))],
            words in "[\\PC&&[^<#\\s]][\\PC\n&&[^<]]*",
            has_files in any::<bool>(),
        ) {
            let files = if has_files {
                format!("{FILES}\n<file name=\"note.txt\"/>\n{FILES_END}\n\n")
            } else {
                String::new()
            };
            let message = format!("{FOUND}, ...\n<context>\n{document}\n{FOUND_END}\n\n{files}{words}");
            prop_assert_eq!(unwrapped(&message), &words);
            let message = format!("{files}{words}");
            prop_assert_eq!(unwrapped(&message), &words);
        }

        #[test]
        fn any_other_text_is_the_users_whole_word(text in "\\PC*") {
            prop_assume!(!text.trim_start().starts_with(FILES));
            prop_assert_eq!(unwrapped(&text), &text);
        }
    }

    #[test]
    fn what_has_no_end_is_left_as_it_is() {
        for text in [
            FOUND,
            FILES,
            "### Task:\nGenerate a title.\n</context>\nMine",
        ] {
            assert_eq!(unwrapped(text), text);
        }
    }
}
