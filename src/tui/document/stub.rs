//! Pictures, sounds and files that stand in a text as base64: told by type and size, not spelt out.

use std::ops::Range;

/// Fewer characters are a hash or a token: they are worth their row.
const LEAST: usize = 512;

/// How the base64 of well-known types begins: the first bytes of such files.
const BEGINNINGS: [(&str, &str); 13] = [
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp or audio/wav"),
    ("PHN2Zy", "image/svg+xml"),
    ("JVBERi0", "application/pdf"),
    ("UEsDB", "application/zip"),
    ("H4sI", "application/gzip"),
    ("SUQz", "audio/mpeg"),
    ("//uQ", "audio/mpeg"),
    ("T2dnUw", "audio/ogg"),
    ("AAAAIGZ0eXA", "video/mp4"),
    ("GkXfo", "video/webm"),
];

/// A stretch of base64 in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stub {
    /// Where it stands, a `data:` before it included.
    pub at: Range<usize>,
    /// What it is, as far as it tells.
    pub kind: String,
    /// Bytes that it decodes to.
    pub size: u64,
}

/// The first long stretch of base64 in `text`.
pub(super) fn find(text: &str) -> Option<Stub> {
    if text.len() < LEAST {
        return None;
    }
    let mut from = 0;
    while from < text.len() {
        let run = run_from(text.as_bytes(), from);
        if run.len() >= LEAST && is_mixed(&text[run.clone()]) {
            return Some(stub(text, run));
        }
        from = run.end + 1;
    }
    None
}

/// The stretch of characters of the alphabet from `from` on.
fn run_from(bytes: &[u8], from: usize) -> Range<usize> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
    let len = bytes[from..].iter().take_while(|b| is_part(b)).count();
    from..from + len
}

/// Whether small letters, capitals and digits meet early on: a path or a row of dashes is no base64.
fn is_mixed(run: &str) -> bool {
    let head = &run.as_bytes()[..LEAST];
    let any = |kind: fn(&u8) -> bool| head.iter().any(kind);
    any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit)
}

fn stub(text: &str, run: Range<usize>) -> Stub {
    let body = &text[run.clone()];
    let padding = body.bytes().rev().take_while(|b| *b == b'=').count().min(2);
    let size = ((body.len() - padding) * 3 / 4) as u64;
    let head = text[..run.start].strip_suffix(";base64,");
    let told = head.and_then(|head| head.rfind("data:").map(|at| (at, &head[at + 5..])));
    if let Some((at, kind)) = told.filter(|(_, kind)| kind.len() < 80 && !kind.contains(char::is_whitespace))
    {
        return Stub { at: at..run.end, kind: kind.to_owned(), size };
    }
    let known = BEGINNINGS.iter().find(|(beginning, _)| body.starts_with(beginning));
    Stub { at: run, kind: known.map_or("base64", |(_, kind)| kind).to_owned(), size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_tells_type_and_size() {
        let body = "iVBORw0KGgo9".repeat(100);
        for (text, at, kind, size) in [
            (format!("data:image/jpeg;base64,{body}"), 0..1223, "image/jpeg", 900),
            (format!("see ![x](data:image/webp;base64,{body}) there"), 9..1232, "image/webp", 900),
            (body.clone(), 0..1200, "image/png", 900),
            (format!("{}QQ==", "aA0+".repeat(200)), 0..804, "base64", 601),
        ] {
            assert_eq!(find(&text), Some(Stub { at, kind: kind.to_owned(), size }), "{}", &text[..40]);
        }
    }

    #[test]
    fn what_is_short_or_plain_is_left_alone() {
        for text in
            ["short", &"-".repeat(2000), &"word ".repeat(500), &"a/b/c".repeat(500), &"한".repeat(900)]
        {
            assert_eq!(find(text), None, "{text:.20}");
        }
    }
}
