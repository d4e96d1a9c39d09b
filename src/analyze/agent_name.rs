//! Agents by name: a tool that is called `transfer_to_billing_desk` means the agent "Billing Desk".

use std::hash::{Hash as _, Hasher as _};

/// `name` in small letters, everything between letters and digits as one `_`, none at the ends (`dialects.md` 0.4).
fn plain(name: &str) -> impl Iterator<Item = char> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.enumerate().flat_map(|(at, word)| {
        let gap = (at > 0).then_some('_');
        gap.into_iter().chain(word.chars().flat_map(char::to_lowercase))
    })
}

/// The same letter by letter of a name in ASCII, as most are: asked of every step, it is a fifth of the work.
fn each_plain_ascii(name: &str, mut take: impl FnMut(char)) {
    let (mut begun, mut gap) = (false, false);
    for byte in name.bytes() {
        if !byte.is_ascii_alphanumeric() {
            gap = begun;
            continue;
        }
        if gap {
            take('_');
        }
        take(char::from(byte.to_ascii_lowercase()));
        (begun, gap) = (true, false);
    }
}

/// What two spellings of one name have in common; empty for a name without letters or digits.
pub(super) fn key(name: &str) -> String {
    plain(name).collect()
}

/// The key that is left of a name where frameworks let only ASCII into a tool's name.
pub(super) fn ascii_key(name: &str) -> String {
    plain(&name.replace(|c: char| !c.is_ascii(), " ")).collect()
}

/// [`key`] as a number; 0 for a name without letters or digits.
pub(super) fn hash(name: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    let mut empty = true;
    let mut take = |c: char| {
        c.hash(&mut hasher);
        empty = false;
    };
    if name.is_ascii() {
        each_plain_ascii(name, take);
    } else {
        plain(name).for_each(&mut take);
    }
    // 0 is the word for "none"
    if empty { 0 } else { hasher.finish().max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_name_in_ascii_reads_as_any_other(name in "[ -~]{0,12}") {
            let mut ascii = String::new();
            each_plain_ascii(&name, |c| ascii.push(c));
            proptest::prop_assert_eq!(ascii, key(&name));
        }
    }

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (a, b, same) in [
            ("Billing Desk", "billing_desk", true),
            ("billing--desk!", "_billing_desk_", true),
            ("Größe", "größe", true),
            ("billing", "billing_desk", false),
            ("환불 담당", "환불_담당", true),
        ] {
            assert_eq!(key(a) == key(b), same, "{a} {b}");
            assert_eq!(hash(a) == hash(b), same, "{a} {b}");
        }
        assert_eq!((key("___").as_str(), hash("___")), ("", 0));
        assert_eq!(ascii_key("환불 Agent 2"), "agent_2");
    }
}
