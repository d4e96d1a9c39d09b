//! Words of telemetry inside of a sentence of ours.

/// Longer texts are cut: they stand in one line beside other words.
const LENGTH: usize = 80;

/// The beginning of `text` in one line.
pub(super) fn cut(text: &str) -> String {
    let line: String = text.split_whitespace().flat_map(|word| [" ", word]).skip(1).collect();
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
