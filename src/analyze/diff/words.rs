//! Two texts word by word, for the eye: what stays, what only one of them has.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag, DiffableStr as _, capture_diff_slices_deadline};

/// Who has a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum In {
    /// Both texts.
    Both,
    /// The first alone.
    OnlyA,
    /// The second alone.
    OnlyB,
}

/// A piece of text, spaces and marks included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Who has it.
    pub of: In,
    /// The text.
    pub text: String,
}

/// Longer texts are compared as far as this, in bytes: nobody reads more of it word by word.
const LENGTH: usize = 64 * 1024;

/// After this time what is left counts as different.
const PATIENCE: Duration = Duration::from_millis(100);

/// Both texts as pieces in order. The pieces of `Both` and `OnlyA` are `a`, those of `Both` and `OnlyB` are `b`, each as
/// far as 64 KiB. Takes a tenth of a second at most.
pub fn words(a: &str, b: &str) -> Vec<Piece> {
    let [a, b] = [a, b].map(|text| text[..text.floor_char_boundary(LENGTH)].tokenize_unicode_words());
    let deadline = Instant::now().checked_add(PATIENCE);
    let mut out = Pieces::default();
    for op in joined(&capture_diff_slices_deadline(Algorithm::Myers, &a, &b, deadline), &a) {
        let (of_a, of_b) = (&a[op.old_range()], &b[op.new_range()]);
        if op.tag() == DiffTag::Equal {
            out.push(In::Both, of_a);
        } else {
            out.push(In::OnlyA, of_a);
            out.push(In::OnlyB, of_b);
        }
    }
    out.0
}

/// Blanks and marks alone between two differences belong to them: `one other` reads as one difference, not as two.
fn joined(ops: &[DiffOp], a: &[&str]) -> Vec<DiffOp> {
    let mut out: Vec<DiffOp> = Vec::with_capacity(ops.len());
    for (at, op) in ops.iter().enumerate() {
        let speaks = a[op.old_range()].iter().any(|word| word.chars().any(char::is_alphanumeric));
        let between = at > 0 && at + 1 < ops.len();
        let is_equal = op.tag() == DiffTag::Equal && (speaks || !between);
        match out.last_mut().filter(|last| !is_equal && last.tag() != DiffTag::Equal) {
            Some(last) => *last = spanning(last, op),
            None if is_equal || op.tag() != DiffTag::Equal => out.push(*op),
            None => out.push(spanning(op, op)),
        }
    }
    out
}

/// One difference from the beginning of `first` to the end of `last`.
fn spanning(first: &DiffOp, last: &DiffOp) -> DiffOp {
    let (old, new) = (first.old_range().start, first.new_range().start);
    DiffOp::Replace {
        old_index: old,
        old_len: last.old_range().end - old,
        new_index: new,
        new_len: last.new_range().end - new,
    }
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, of: In, words: &[&str]) {
        if words.is_empty() {
            return;
        }
        match self.0.last_mut().filter(|last| last.of == of) {
            Some(last) => last.text += &words.concat(),
            None => self.0.push(Piece { of, text: words.concat() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(a: &str, b: &str) -> String {
        let mark = |piece: &Piece| match piece.of {
            In::Both => piece.text.clone(),
            In::OnlyA => format!("[-{}-]", piece.text),
            In::OnlyB => format!("[+{}+]", piece.text),
        };
        words(a, b).iter().map(mark).collect()
    }

    #[test]
    fn words_that_differ_stand_beside_each_other() {
        for (a, b, expected) in [
            ("run the tests", "run the tests", "run the tests"),
            ("run the tests first", "run all tests first", "run [-the-][+all+] tests first"),
            ("I look, then act", "I think. Then act", "I [-look, then-][+think. Then+] act"),
            ("환불을 확인할게요", "환불을 취소할게요", "환불을 [-확인할게요-][+취소할게요+]"),
            ("", "new", "[+new+]"),
            ("", "", ""),
        ] {
            assert_eq!(shown(a, b), expected);
        }
    }

    #[test]
    fn two_long_texts_with_nothing_in_common_are_given_up_in_time() {
        let text = |salt: usize| {
            (0..20_000).map(|n| ((n * salt * 7919) % 10_007).to_string()).collect::<Vec<_>>().join(" ")
        };
        let start = Instant::now();
        let pieces = words(&text(3), &text(5));
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        assert!(!pieces.is_empty());
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_pieces(a in "[ab ,.한\n]{0,30}", b in "[ab ,.한\n]{0,30}") {
            let of = |only: In| {
                let mine = |piece: &&Piece| piece.of == In::Both || piece.of == only;
                words(&a, &b).iter().filter(mine).map(|piece| piece.text.as_str()).collect::<String>()
            };
            prop_assert_eq!(of(In::OnlyA), a.clone());
            prop_assert_eq!(of(In::OnlyB), b.clone());
        }
    }
}
