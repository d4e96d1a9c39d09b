//! Two sequences of keys laid beside each other: common ends first, then a histogram diff, then gaps.
//!
//! Work is bounded in steps and cells, never by a clock: the same runs always give the same answer.

use imara_diff::{Algorithm, Diff, Token};
use rustc_hash::FxHashMap;

use super::gaps;
use super::keys::Key;

/// Places of two units that belong together, or of one alone.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// A histogram diff follows keys that occur at most this often (imara-diff's own bound on a chain is 63).
const RARE: u32 = 63;

/// Sequences up to this length together are laid side by side whatever their keys.
const SHORT: usize = 20_000;

/// What is left of the work that one comparison may take.
pub(super) struct Budget<'a> {
    /// Cells of tables: 40 million take about half a second.
    cells: usize,
    /// Something was given up.
    pub(super) hit: bool,
    /// Whether nobody waits for the answer any more: what is left is then laid apart.
    stop: &'a dyn Fn() -> bool,
}

impl Budget<'static> {
    pub(super) fn new() -> Self {
        Self::until(&|| false)
    }
}

impl<'a> Budget<'a> {
    pub(super) fn until(stop: &'a dyn Fn() -> bool) -> Self {
        Self { cells: 40_000_000, hit: false, stop }
    }

    /// Takes the cells of a table if they are left.
    fn take(&mut self, cells: usize) -> bool {
        if cells > self.cells || (self.stop)() {
            self.hit = true;
            return false;
        }
        self.cells -= cells;
        true
    }
}

/// Lays `a` beside `b`. Every place of both is in the answer once, in order; where several ways are equally good, the
/// choice does not depend on which run comes first.
pub(super) fn align(a: &[Key], b: &[Key], budget: &mut Budget<'_>) -> Vec<Pair> {
    let full = |keys: &'_ [Key]| keys.iter().map(|key| key.full).collect::<Vec<_>>();
    let mut pairs = if full(a) <= full(b) {
        laid(a, b, budget)
    } else {
        laid(b, a, budget).into_iter().map(|(b, a)| (a, b)).collect()
    };
    for alone in pairs.chunk_by_mut(|x, y| is_alone(x) && is_alone(y)) {
        alone.sort_by_key(|pair| pair.0.is_none());
    }
    pairs
}

const fn is_alone(pair: &Pair) -> bool {
    pair.0.is_none() || pair.1.is_none()
}

fn laid(a: &[Key], b: &[Key], budget: &mut Budget<'_>) -> Vec<Pair> {
    let head = common(a.iter().zip(b));
    let tail = common(a[head..].iter().rev().zip(b[head..].iter().rev()));
    let mut pairs = Pairs { out: Vec::with_capacity(a.len().max(b.len())), a: 0, b: 0 };
    pairs.same(head);
    middle(&a[head..a.len() - tail], &b[head..b.len() - tail], budget, &mut pairs);
    pairs.same(tail);
    pairs.out
}

fn common<'k>(pairs: impl Iterator<Item = (&'k Key, &'k Key)>) -> usize {
    pairs.take_while(|(a, b)| a.full == b.full).count()
}

/// What was laid out so far, and the next place of either side.
struct Pairs {
    out: Vec<Pair>,
    a: usize,
    b: usize,
}

impl Pairs {
    fn same(&mut self, count: usize) {
        self.out.extend((0..count).map(|at| (Some(self.a + at), Some(self.b + at))));
        (self.a, self.b) = (self.a + count, self.b + count);
    }

    fn apart(&mut self, a: usize, b: usize) {
        self.out.extend((self.a..self.a + a).map(|at| (Some(at), None)));
        self.out.extend((self.b..self.b + b).map(|at| (None, Some(at))));
        (self.a, self.b) = (self.a + a, self.b + b);
    }

    fn gap(&mut self, a: &[Key], b: &[Key], budget: &mut Budget<'_>) {
        if a.is_empty() || b.is_empty() || !budget.take(a.len().saturating_mul(b.len())) {
            return self.apart(a.len(), b.len());
        }
        let Some(laid) = gaps::align(a, b, budget.stop) else {
            return self.apart(a.len(), b.len());
        };
        let (from_a, from_b) = (self.a, self.b);
        let moved = |(a, b): Pair| (a.map(|at| at + from_a), b.map(|at| at + from_b));
        self.out.extend(laid.into_iter().map(moved));
        (self.a, self.b) = (from_a + a.len(), from_b + b.len());
    }
}

/// What lies between the common ends.
fn middle(a: &[Key], b: &[Key], budget: &mut Budget<'_>, pairs: &mut Pairs) {
    if (budget.stop)() {
        return pairs.apart(a.len(), b.len());
    }
    let (tokens_a, tokens_b, kinds) = intern(a, b);
    if a.len() + b.len() > SHORT && !has_anchors(&tokens_a, &tokens_b, kinds) {
        budget.hit = true;
        return pairs.apart(a.len(), b.len());
    }
    let mut diff = Diff::default();
    diff.compute_with(Algorithm::Histogram, &tokens_a, &tokens_b, kinds);
    let (mut at_a, mut at_b) = (0, 0);
    for hunk in diff.hunks() {
        let (before, after) = (range(&hunk.before), range(&hunk.after));
        pairs.same(before.start - at_a);
        pairs.gap(&a[before.clone()], &b[after.clone()], budget);
        (at_a, at_b) = (before.end, after.end);
    }
    debug_assert_eq!(a.len() - at_a, b.len() - at_b);
    pairs.same(a.len() - at_a);
}

fn range(range: &std::ops::Range<u32>) -> std::ops::Range<usize> {
    range.start as usize..range.end as usize
}

/// Keys as the small numbers that the diff works on.
fn intern(a: &[Key], b: &[Key]) -> (Vec<Token>, Vec<Token>, u32) {
    let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
    let mut number = |key: &Key| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        Token(*numbers.entry(key.full).or_insert(next))
    };
    let (a, b) = (a.iter().map(&mut number).collect(), b.iter().map(&mut number).collect());
    (a, b, u32::try_from(numbers.len()).unwrap_or(u32::MAX))
}

/// Whether a tenth of the shorter side, or more, may be found by keys rare enough to follow. Without them (two unrelated
/// runs over forty keys) any diff takes seconds and finds accidents.
fn has_anchors(a: &[Token], b: &[Token], kinds: u32) -> bool {
    let mut counts = vec![[0_u32; 2]; kinds as usize];
    for (side, tokens) in [a, b].into_iter().enumerate() {
        for token in tokens {
            counts[token.0 as usize][side] += 1;
        }
    }
    let rare = counts.iter().filter(|count| count.iter().all(|&n| n <= RARE));
    let shared: usize = rare.map(|count| count[0].min(count[1]) as usize).sum();
    shared.saturating_mul(10) >= a.len().min(b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        let key = |c: char| {
            let (full, decision) = (u64::from(c), u64::from(c.to_ascii_lowercase()));
            Key { full, decision, what: u64::from(c.is_ascii_digit()), kind: 1, weight: 1 }
        };
        text.chars().map(key).collect()
    }

    fn shown(a: &str, b: &str) -> String {
        let pairs = align(&keys(a), &keys(b), &mut Budget::new());
        let letter = |text: &str, at: Option<usize>| at.map_or('-', |at| text.as_bytes()[at] as char);
        let pairs: Vec<_> = pairs.iter().map(|&(x, y)| format!("{}{}", letter(a, x), letter(b, y))).collect();
        pairs.join(" ")
    }

    #[test]
    fn sequences_are_laid_side_by_side() {
        for (what, a, b, expected) in [
            ("equal", "abc", "abc", "aa bb cc"),
            ("one more", "abc", "abxc", "aa bb -x cc"),
            ("one less", "abc", "ac", "aa b- cc"),
            ("another outcome", "abc", "aBc", "aa bB cc"),
            ("a repeat lies after the longest common beginning", "aa", "aaa", "aa aa -a"),
            ("nothing on one side", "", "ab", "-a -b"),
            ("a detour in the middle stays together", "abcd", "axyzd", "aa bx cy -z dd"),
        ] {
            assert_eq!(shown(a, b), expected, "{what}");
        }
    }

    #[test]
    fn an_alignment_that_nobody_waits_for_is_given_up_with_each_place_once() {
        let asked = std::cell::Cell::new(0);
        for patience in 0..6 {
            asked.set(0);
            let stop = || asked.replace(asked.get() + 1) >= patience;
            let pairs = align(&keys("abcdef"), &keys("aXcYZf"), &mut Budget::until(&stop));
            assert!(asked.get() <= patience + 2, "it is not asked much longer: {}", asked.get());
            let of_a: Vec<_> = pairs.iter().filter_map(|pair| pair.0).collect();
            let of_b: Vec<_> = pairs.iter().filter_map(|pair| pair.1).collect();
            assert_eq!((of_a, of_b), ((0..6).collect(), (0..6).collect()), "{patience}");
        }
    }

    #[test]
    fn two_long_runs_without_anything_rare_are_given_up_with_their_common_ends() {
        let noise = |seed: u64, len: u64| {
            let key = move |at: u64| {
                let full = (at * at * seed + at * 7 + seed) % 40;
                Key { full, decision: full, what: 0, kind: 0, weight: 1 }
            };
            (0..len).map(key).collect::<Vec<_>>()
        };
        let ends = Key { full: 99, decision: 99, what: 0, kind: 0, weight: 1 };
        let with_ends = |mut keys: Vec<Key>| {
            keys.insert(0, ends);
            keys.push(ends);
            keys
        };
        let (a, b) = (with_ends(noise(3, 100_000)), with_ends(noise(11, 90_000)));
        let mut budget = Budget::new();
        let pairs = align(&a, &b, &mut budget);
        assert!(budget.hit);
        assert_eq!(
            (pairs[0], pairs.last().copied()),
            ((Some(0), Some(0)), Some((Some(100_001), Some(90_001))))
        );
        assert_eq!(pairs.iter().filter(|pair| pair.0.is_some()).count(), a.len());
    }
}
