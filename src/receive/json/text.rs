//! Texts that a strict parser refuses: bytes that are not UTF-8, and characters cut in half by an emitter.

use std::borrow::Cow;

use crate::receive::remarks::Remarks;

/// The body as text without a byte order mark; bad sequences become U+FFFD and are counted.
pub(super) fn utf8<'a>(body: &'a [u8], remarks: &mut Remarks) -> Cow<'a, str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = String::from_utf8_lossy(body);
    if let Cow::Owned(mended) = &text {
        remarks.mended_texts += mended.matches('\u{fffd}').count() as u64;
    }
    text
}

/// JavaScript that cuts a text in mid emoji writes half of it, `\ud83d`, which is no character: it becomes `\ufffd`.
pub(super) fn mend_surrogates<'a>(text: &'a str, remarks: &mut Remarks) -> Cow<'a, str> {
    let mut mended = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let escape = at + found;
        // an escaped backslash is no start of the next escape
        at = escape + 1 + text[escape + 1..].chars().next().map_or(0, char::len_utf8);
        match surrogate(text, escape) {
            Some(0xd800..=0xdbff) if matches!(surrogate(text, escape + 6), Some(0xdc00..=0xdfff)) => {
                at = escape + 12;
            }
            Some(0xd800..=0xdfff) => {
                mended.push_str(&text[copied..escape]);
                mended.push_str("\\ufffd");
                copied = escape + 6;
                at = copied;
                remarks.mended_texts += 1;
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[copied..]);
    Cow::Owned(mended)
}

/// The code unit of the `\uXXXX` at `at`, if one stands there.
fn surrogate(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_characters_become_the_replacement_and_whole_ones_stay() {
        let cases = [
            (r"a\ud83d", r"a\ufffd", 1),
            (r"\ud83d\ude00", r"\ud83d\ude00", 0),
            (r"\ude00\ud83d x", r"\ufffd\ufffd x", 2),
            (r"\\ud83d", r"\\ud83d", 0),
            (r"\u00e9\n\", r"\u00e9\n\", 0),
            (r"\ud83d\u0041", r"\ufffd\u0041", 1),
            ("\\é\\ud83d", "\\é\\ufffd", 1),
        ];
        for (text, expected, count) in cases {
            let mut remarks = Remarks::default();
            assert_eq!(mend_surrogates(text, &mut remarks), expected);
            assert_eq!(remarks.mended_texts, count, "{text}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_counted() {
        let mut remarks = Remarks::default();
        assert_eq!(utf8(b"\xef\xbb\xbf{\"a\xff\"}", &mut remarks), "{\"a\u{fffd}\"}");
        assert_eq!(remarks.mended_texts, 1);
    }
}
