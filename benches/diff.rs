//! What it costs to lay two runs beside each other, trees built before. `cargo bench --bench diff`.
//!
//! Bars: 10 000 × 10 000 steps in 50 ms, 100 000 with a tenth edited in 1 s, unrelated runs in 2 s.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on says so")]
#![expect(clippy::print_stdout, reason = "its table is what it is for")]

mod common;

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use spanglass::analyze::diff::{Facts, Side, Which, compare};
use spanglass::analyze::tree;
use spanglass::model::{Step, StepKey};

const ROUNDS: u32 = 5;

fn main() {
    let target = |n: u64| n;
    let edited = |n: u64| if n % 10 == 5 { n + 1_000_000 } else { n };
    measure("10 000 steps, a tenth edited", &run(10_000, target), &run(10_000, edited));
    measure("100 000 steps, a tenth edited", &run(100_000, target), &run(100_000, edited));
    let few = |seed: u64| move |n: u64| (n.wrapping_mul(seed) >> 7) % 40;
    let (a, b) = (0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F);
    measure("100 000 steps, unrelated, forty different", &run(100_000, few(a)), &run(100_000, few(b)));
    measure("10 000 steps, unrelated, forty different", &run(10_000, few(a)), &run(10_000, few(b)));
    measure(
        "100 000 steps, unrelated, all different",
        &run(100_000, target),
        &run(100_000, |n| n + 9_000_000),
    );
}

fn measure(what: &str, a: &[Step], b: &[Step]) {
    let (tree_a, tree_b) = (tree::build(a), tree::build(b));
    let once = || {
        let start = Instant::now();
        let (mut a, mut b) = (Side::new(a, &tree_a, None), Side::new(b, &tree_b, None));
        let read = &mut |_: Which, _: &[StepKey]| Ok::<_, Infallible>(Facts::default());
        let diff = compare(&mut a, &mut b, read).unwrap();
        let took = start.elapsed();
        (took, black_box(diff))
    };
    let all: Vec<(Duration, _)> = (0..ROUNDS).map(|_| once()).collect();
    let (best, diff) = all.into_iter().min_by_key(|(took, _)| *took).unwrap();
    let marks = [(diff.unrelated, "unrelated"), (diff.limit_hit, "limit hit")];
    let marks: Vec<_> = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
    println!("{what:45} {best:>10.1?}  {} hunks {}", diff.hunks.len(), marks.join(", "));
}

/// One agent's calls; `target` gives the arguments of the nth.
fn run(steps: u64, target: impl Fn(u64) -> u64) -> Vec<Step> {
    common::worker(steps, |n| [target(n) + 1, 0])
}
