//! What a step keeps of its texts so that their wording can be compared: hashes of words, never the words.

/// Hashes kept of one text: the smallest ones, which are a fair sample of all. Texts of up to this many different words
/// are compared exactly, longer ones with a standard error of 0.04 (half of the square root of its inverse).
pub(super) const SAMPLE: usize = 128;

/// Texts of fewer words are targets (a path, a date, an id), not wording (`detection.md`, R4).
pub const FREE_TEXT: usize = 4;

/// Different words of a text, as hashes in ascending order, at most 128.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<u32>);

impl Words {
    /// The sample of these hashes.
    pub fn of(hashes: impl IntoIterator<Item = u32>) -> Self {
        let mut all: Vec<u32> = hashes.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        all.truncate(SAMPLE);
        Self(all)
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Different words, as far as they were kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Share of the words of both that both have, 0 to 1 (Jaccard); of two empty ones 1.
    pub fn likeness(&self, other: &Self) -> f64 {
        let (common, all) = self.overlap(other);
        if all == 0 { 1.0 } else { common as f64 / all as f64 }
    }

    /// Share of these words that `known` lacks, 0 to 1.
    pub fn novelty(&self, known: &Self) -> f64 {
        let fresh = self.0.iter().filter(|word| known.0.binary_search(word).is_err()).count();
        if self.0.is_empty() { 0.0 } else { fresh as f64 / self.0.len() as f64 }
    }

    /// Words that both have, and words that any has, among the smallest [`SAMPLE`] of all.
    fn overlap(&self, other: &Self) -> (usize, usize) {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let (mut common, mut all) = (0, 0);
        while all < SAMPLE {
            match (a.peek(), b.peek()) {
                (None, None) => break,
                (Some(x), Some(y)) if x == y => {
                    common += 1;
                    a.next();
                    b.next();
                }
                (Some(x), Some(y)) if x > y => drop(b.next()),
                (None, Some(_)) => drop(b.next()),
                _ => drop(a.next()),
            }
            all += 1;
        }
        (common, all)
    }
}

/// Hash of a text, as wording keeps it (FNV-1a, 32 bits): the same in every process and version.
pub fn text_hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// One leaf of a tool's arguments, or one call that a model asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaf {
    /// Hash of where it stands; of a call [`text_hash`] of the tool's name.
    pub path: u32,
    /// Hash of what it is, never 0.
    pub value: u32,
    /// Its words, where it is free text and, of a call, nothing else is asked with.
    pub words: Words,
}

/// Wording of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// Arguments of a tool call, where one of them is free text, ascending by path; of a model call what it asks for; of
    /// an agent what it was asked, as one leaf.
    pub asked: Vec<Leaf>,
    /// Of a tool call with free text the result's runs of three words; of a model call or an agent the words of its
    /// answer.
    pub told: Words,
}

impl Wording {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.told.is_empty()
    }

    /// As bytes: little-endian `u32`s; the number of leaves, each leaf's path, value, number of words and words, then
    /// the words told.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut numbers = vec![count(self.asked.len())];
        for leaf in &self.asked {
            numbers.extend([leaf.path, leaf.value, count(leaf.words.len())]);
            numbers.extend(&leaf.words.0);
        }
        numbers.extend(&self.told.0);
        numbers.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    /// From what [`Self::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chunks, rest) = bytes.as_chunks::<4>();
        let mut numbers = chunks.iter().map(|chunk| u32::from_le_bytes(*chunk));
        let leaves = numbers.next().filter(|_| rest.is_empty())?;
        let mut asked = Vec::new();
        for _ in 0..leaves {
            let (path, value, words) = (numbers.next()?, numbers.next()?, numbers.next()?);
            let kept = usize::try_from(words).ok()?.min(SAMPLE);
            asked.push(Leaf { path, value, words: Words::of(numbers.by_ref().take(kept)) });
        }
        Some(Self { asked, told: Words::of(numbers) })
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn likeness_is_the_share_of_common_words() {
        for (a, b, expected) in [
            (0..4, 0..4, 1.0),
            (0..4, 2..6, 1.0 / 3.0),
            (0..4, 4..8, 0.0),
            (0..0, 0..0, 1.0),
            (0..0, 0..2, 0.0),
        ] {
            assert!((Words::of(a).likeness(&Words::of(b)) - expected).abs() < 1e-9);
        }
        assert!((Words::of(0..4).novelty(&Words::of(1..9)) - 0.25).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn wording_comes_back_from_its_bytes(
            leaves in proptest::collection::vec((any::<u32>(), any::<u32>(), proptest::collection::vec(any::<u32>(), 0..9)), 0..5),
            told in proptest::collection::vec(any::<u32>(), 0..200),
        ) {
            let leaf = |(path, value, words): &(u32, u32, Vec<u32>)| Leaf { path: *path, value: *value, words: Words::of(words.iter().copied()) };
            let wording = Wording { asked: leaves.iter().map(leaf).collect(), told: Words::of(told) };
            prop_assert_eq!(Wording::from_bytes(&wording.to_bytes()), Some(wording));
        }

        #[test]
        fn damaged_bytes_are_no_wording_and_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Wording::from_bytes(&bytes);
        }
    }
}
