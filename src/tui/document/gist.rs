//! What a step is about, short enough for a row of the tree.

use super::json;
use crate::model::Gist;
use crate::report::text::preview;

/// Columns kept.
const KEPT: usize = 160;

/// A gist in one line of at most 160 columns, which the widest tree shows no more of; JSON without the quotes of its names.
pub fn short(gist: Gist) -> Gist {
    match gist {
        Gist::Text(text) => {
            let line = json::on_one_line(&text, KEPT);
            Gist::Text(preview(line.as_deref().unwrap_or(&text), KEPT))
        }
        calls @ Gist::Calls(_) => calls,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_in_one_line_and_text_as_it_is() {
        let long = format!(r#"{{"text": "{}", "after": 1}}"#, "가".repeat(400));
        let begins = format!("{{text: \"{}", "가".repeat(70));
        for (text, expected) in [
            (
                r#"{"city": "Seoul", "days": [1, 2], "deep": {"x": null}}"#,
                r#"{city: "Seoul", days: [1, 2], deep: {x: null}}"#,
            ),
            (r#""{\"city\": \"Seoul\"}""#, r#"{city: "Seoul"}"#),
            ("two\n lines", "two lines"),
            ("[not json", "[not json"),
            (long.as_str(), begins.as_str()),
        ] {
            let Gist::Text(told) = short(Gist::Text(text.to_owned())) else { unreachable!() };
            assert!(told.starts_with(expected) && (told == expected || text == long), "{text}: {told}");
        }
    }
}
