//! What the rules cost: over a long run at once, and for each step of a run that grows. `cargo bench --bench findings`.
//!
//! Bars: 100 000 steps in 300 ms; a step of a run twice as long costs the same.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on says so")]
#![expect(clippy::print_stdout, reason = "its table is what it is for")]

mod common;

use std::hint::black_box;
use std::time::{Duration, Instant};

use spanglass::analyze::findings::{self, Circumstances, Live, Look};
use spanglass::analyze::tree;
use spanglass::model::{Finding, Step};

const ROUNDS: u32 = 5;

fn main() {
    whole("100 000 steps, no call twice", &run(100_000, |n| n));
    whole("100 000 steps, the same call now and then", &run(100_000, |n| n % 400));
    whole("100 000 steps, a round of five", &run(100_000, |n| n % 5));
    whole("100 000 steps, one call", &run(100_000, |_| 0));
    for (every, what) in [(50, "a look after 50 steps"), (1, "a look after each step")] {
        for steps in [2_000, 4_000, 8_000] {
            live(&format!("{steps} steps told one by one, {what}"), &run(steps, |n| n % 40), every);
        }
    }
}

/// The rules over a whole run, its tree built before.
fn whole(what: &str, steps: &[Step]) {
    let (tree, nothing) = (tree::build(steps), Circumstances::default());
    let once = || {
        let start = Instant::now();
        let found = findings::find(steps, &tree, &nothing);
        (start.elapsed(), black_box(found))
    };
    let all: Vec<(Duration, Vec<Finding>)> = (0..ROUNDS).map(|_| once()).collect();
    let (best, found) = all.into_iter().min_by_key(|(took, _)| *took).unwrap();
    println!("{what:60} {best:>10.1?}  {} findings", found.len());
}

/// A run that grows step by step, with every look that is due, trees included. Reading the steps from the file is not.
fn live(what: &str, steps: &[Step], every: usize) {
    let mut live = Live::default();
    let (mut looks, mut read) = (0, 0);
    let start = Instant::now();
    for (at, step) in steps.iter().enumerate() {
        live.note(step);
        let look = live.look(&Circumstances::default()).filter(|_| at % every == 0);
        read += look.map_or(0, |look| go_over(&mut live, look, &steps[..=at]));
        looks += u32::from(look.is_some());
    }
    let each = start.elapsed() / u32::try_from(steps.len()).unwrap();
    println!(
        "{what:60} {each:>10.1?} a step  {looks} looks over {} steps each",
        read / looks.max(1) as usize
    );
}

/// Makes a look; gives the steps it went over.
fn go_over(live: &mut Live, look: Look, arrived: &[Step]) -> usize {
    let nothing = Circumstances::default();
    let find = |steps: &[Step], find: fn(&[Step], &tree::Tree, &Circumstances) -> Vec<Finding>| {
        find(steps, &tree::build(steps), &nothing)
    };
    match look {
        Look::Whole => {
            live.take_whole(find(arrived, findings::find), &nothing);
            arrived.len()
        }
        Look::Last(count) => {
            // the agent stands above every other step
            let last: Vec<Step> =
                arrived[..1].iter().chain(&arrived[arrived.len() - count..]).cloned().collect();
            live.take_last(find(&last, findings::find_in_stretch));
            count
        }
    }
}

/// One agent's calls; `target` gives arguments and result of the nth.
fn run(steps: u64, target: impl Fn(u64) -> u64) -> Vec<Step> {
    common::worker(steps, |n| [target(n) + 1; 2])
}
