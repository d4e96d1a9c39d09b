//! Two runs beside each other: which two, what the keys do, what holds for any two.

use std::convert::Infallible;
use std::sync::Arc;

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;

use crate::analyze::diff::{Facts, Op, Which};
use crate::model::{RunKey, StepKey};
use crate::report::Look;
use crate::report::format::Zone;
use crate::tui::app::{Effect, Msg, Screen};
use crate::tui::backend::RunView;
use crate::tui::comparison::{Comparison, Item, Piece, Rows, items};
use crate::tui::screens::Reads;
use crate::tui::testing::pair::{Turn, pairs, review_of};
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::Told;

fn session(size: (u16, u16)) -> Session {
    Session::new(pairs(), size)
}

/// Run 11 beside run 12, the cursor where they part.
fn parted(size: (u16, u16)) -> Session {
    let mut s = session(size);
    s.press("j m j m d");
    assert_eq!(runs(&s), [11, 12]);
    s
}

fn runs(s: &Session) -> [i64; 2] {
    s.diff().runs.map(|RunKey(key)| key)
}

fn picture(s: &Session) -> String {
    text(&frame(&s.app))
}

fn notice(s: &Session) -> String {
    s.app.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default()
}

/// Indexes of the steps under the cursor.
fn line(s: &Session) -> [Option<usize>; 2] {
    let (of, lines) = (s.diff().comparison.as_ref().unwrap(), s.diff().lines().unwrap());
    [0, 1].map(|side| of.cell(lines[side], side).map(|cell| cell.index))
}

#[test]
fn marks_the_run_before_and_the_best_before_choose_two_runs() {
    for (script, expected) in [
        ("d", [12, 13]),
        ("j d", [11, 12]),
        ("j m j m d", [11, 12]),
        ("j j m k m d", [11, 12]),
        ("m j j d", [13, 11]),
        ("m m j d", [11, 12]),
        ("D", [11, 13]),
        ("enter d", [12, 13]),
        ("enter tab D", [11, 13]),
        ("j j m k k enter d", [11, 13]),
    ] {
        let mut s = session((120, 40));
        s.press(script);
        assert_eq!(runs(&s), expected, "{script}");
    }
}

#[test]
fn where_there_is_nothing_to_compare_with_words_say_what_to_do() {
    for (script, expected) in [
        ("G d", "no earlier run of librarian: m marks a run"),
        ("G D", "no earlier run of librarian with this task ended well"),
        ("m j m j m d", "3 runs are marked"),
    ] {
        let mut s = session((120, 40));
        s.press(script);
        assert!(notice(&s).contains(expected), "{script}: {}", notice(&s));
        assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
    }
}

#[test]
fn marks_stay_on_their_runs_when_others_arrive() {
    let mut s = session((120, 40));
    s.press("j m");
    assert!(picture(&s).contains("1 marked: d compares it"));
    s.world.runs.push(review_of(50, 1, &[Turn(1, "grep", 1, 1)], false));
    s.send(Msg::Committed(50));
    let marked = picture(&s).lines().find(|line| line.contains('•')).unwrap().to_owned();
    assert!(marked.contains("✖"), "the failed run is the marked one: {marked}");
    s.press("G d");
    assert_eq!(runs(&s), [12, 14]);
}

#[test]
fn the_cursor_begins_where_the_runs_part_and_n_goes_from_difference_to_difference() {
    let mut s = parted((120, 40));
    assert!(picture(&s).contains("the same so far: 17 steps") && picture(&s).contains("difference 1 of 3"));
    let fork = line(&s);
    assert_eq!(fork, [Some(17), Some(17)]);
    s.press("n");
    assert!(picture(&s).contains("difference 2 of 3 · changes state"), "{}", picture(&s));
    s.press("n n");
    assert!(notice(&s).contains("no difference further down"));
    s.press("N N N");
    assert_eq!(line(&s), fork);
    assert!(notice(&s).contains("no difference further up"));
}

#[test]
fn stretches_fold_and_unfold_and_the_cursor_stays() {
    let mut s = parted((120, 40));
    let (before, rows) = (line(&s), s.diff().items.len());
    s.press("u");
    assert_eq!(line(&s), before);
    assert!(s.diff().items.len() > rows, "the nearest fold opens");
    s.press("space");
    assert_eq!((line(&s), s.diff().items.len()), (before, rows));
    s.press("=");
    assert!(s.diff().items.iter().all(|item| item.folds(0).is_none()));
    assert_eq!(line(&s), before);
    s.press("-");
    assert_eq!(s.diff().items.len(), rows);
    s.press("g");
    assert!(matches!(s.diff().items[0], Item::Fold(_)));
    for (open, close) in [("right", "left"), ("l", "h"), ("enter", "left")] {
        s.press(open);
        assert!(s.diff().items.len() > rows, "{open}");
        s.press(close);
        assert_eq!(s.diff().items.len(), rows, "{close}");
    }
}

#[test]
fn swapping_mirrors_the_screen_and_keeps_the_step() {
    let mut s = parted((120, 40));
    let (before, chosen) = (line(&s), s.diff().items.len());
    assert_eq!(s.diff().side, 1);
    s.press("s");
    assert_eq!((runs(&s), line(&s)), ([12, 11], [before[1], before[0]]));
    assert_eq!(
        (s.diff().side, s.diff().items.len()),
        (0, chosen),
        "the side that listens stays with its run"
    );
    assert!(picture(&s).lines().next().unwrap().starts_with(" A ✖"));
    s.press("s");
    assert_eq!((runs(&s), line(&s)), ([11, 12], before));
}

#[test]
fn enter_opens_the_step_of_the_side_that_listens_and_esc_comes_back_to_it() {
    for (script, run) in [("enter", 12), ("tab enter", 11), ("tab tab enter", 12)] {
        let mut s = parted((120, 40));
        s.press(script);
        assert_eq!(s.run().key, RunKey(run), "{script}");
        assert_eq!(s.step_name(), "chat claude-sonnet-4-5");
        let view = s.run().view.clone().unwrap();
        let shown = view.row(s.run().tree.selected.unwrap());
        assert_eq!(shown, Some(17), "{script}");
        s.press("esc");
        assert_eq!(line(&s), [Some(17), Some(17)]);
    }
}

#[test]
fn where_sides_are_stacked_tab_goes_to_the_other_half() {
    let mut s = parted((80, 24));
    s.press("n");
    let at = |s: &Session| (s.diff().at, s.diff().row_side());
    let (row, side) = at(&s);
    s.press("tab");
    assert_eq!(at(&s), (if side == 1 { row - 1 } else { row + 1 }, 1 - side));
    s.press("tab");
    assert_eq!(at(&s), (row, side));
    s.press("enter");
    assert_eq!(s.run().key, s.diff().runs[side]);
}

#[test]
fn what_is_said_follows_the_cursor_and_can_fill_the_screen() {
    let mut s = parted((120, 40));
    assert!(picture(&s).contains("the model was asked the same") && picture(&s).contains("─ why ─"));
    s.press("j");
    assert!(picture(&s).contains("what differs here: run_tests | search_web"), "{}", picture(&s));
    s.press("k z");
    assert_eq!(s.diff().reads, Reads::Whole);
    assert!(picture(&s).contains("later differences"));
    s.press("z");
    assert_eq!(s.diff().reads, Reads::Below);
    s.press("m");
    assert!(picture(&s).contains("what the model was asked") && picture(&s).contains("3 messages the same"));
    s.press("right");
    assert!(picture(&s).contains("system: the same"), "{}", picture(&s));
    s.press("esc");
    assert_eq!(s.diff().reads, Reads::Below, "Esc goes one step back");
    s.press("m m");
    assert_eq!(s.diff().reads, Reads::Below);
    s.press("esc");
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
}

#[test]
fn a_click_chooses_row_and_side_and_the_wheel_moves_what_is_under_it() {
    let mut s = parted((120, 36));
    let mouse = |kind, column, row| {
        Msg::Input(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    };
    let click = MouseEventKind::Down(MouseButton::Left);
    s.send(mouse(click, 5, 7));
    assert_eq!((s.diff().side, line(&s)), (0, [Some(18), Some(18)]));
    s.send(mouse(click, 90, 6));
    assert_eq!((s.diff().side, line(&s)), (1, [Some(17), Some(17)]));
    let rows = s.diff().items.len();
    s.send(mouse(click, 5, 2));
    s.send(mouse(click, 5, 2));
    assert!(s.diff().items.len() > rows, "a click on the fold under the cursor unfolds it");
    let at = s.diff().at;
    s.send(mouse(MouseEventKind::ScrollDown, 5, 5));
    assert_eq!(s.diff().at, at + 3);
    s.send(mouse(MouseEventKind::ScrollDown, 5, 30));
    assert_eq!(s.diff().at, at + 3);
}

#[test]
fn a_comparison_that_cannot_be_made_says_why() {
    let mut s = session((120, 36));
    s.holds_back = true;
    s.press("d");
    let Some(Effect::LoadDiff(number, _)) = s.asked.last() else { panic!("{:?}", s.asked) };
    s.send(Msg::Diff(*number, Err("cannot read /data/runs.db".into())));
    assert!(picture(&s).contains("cannot read /data/runs.db"));
    let mut s = parted((120, 36));
    s.holds_back = true;
    s.press("s");
    assert!(picture(&s).contains(" comparing "));
    let Some(Effect::LoadDiff(number, _)) = s.asked.last() else { panic!("{:?}", s.asked) };
    s.send(Msg::Diff(*number, Err("gone".into())));
    assert!(picture(&s).contains("as of before: gone") && picture(&s).contains("parted"));
}

#[test]
fn the_comparison_is_copied_and_so_is_the_command_that_prints_it() {
    let mut s = parted((120, 40));
    s.press("y e");
    let [Effect::Copy(report), Effect::Copy(command)] = s.asked.as_slice() else { panic!("{:?}", s.asked) };
    assert!(report.contains("| A |") && report.contains("asked the same"), "{report}");
    let (a, b) = (format!("{:032x}", 11), format!("{:032x}", 12));
    assert_eq!(command, &format!("spanglass diff {a} {b} --format markdown --db /data/runs.db"));
    s.press("z j y");
    let Some(Effect::Copy(line)) = s.asked.last() else { panic!("{:?}", s.asked) };
    assert!(line.starts_with("A: the model asks for run_tests"), "{line}");
}

#[test]
fn figures_are_those_of_each_step_or_of_all_so_far() {
    let mut s = parted((120, 40));
    let own = picture(&s);
    s.press("t");
    assert_ne!(own, picture(&s));
    let row = |picture: &str| picture.lines().find(|line| line.contains("◇▌")).unwrap().to_owned();
    assert!(row(&picture(&s)).contains("$0.050"), "nine calls so far: {}", row(&picture(&s)));
    s.press("t");
    assert_eq!(own, picture(&s));
}

#[test]
fn frames_are_shown_on_demand() {
    let mut world = pairs();
    for told in &mut world.runs {
        told.steps[2].kind = crate::model::StepKind::Other;
    }
    let mut s = Session::new(world, (120, 40));
    s.press("j d =");
    let rows = s.diff().items.len();
    s.press("p");
    assert_eq!(s.diff().items.len(), rows + 1);
    s.press("p");
    assert_eq!(s.diff().items.len(), rows);
}

#[test]
fn runs_that_behave_the_same_say_so_and_tell_what_is_worded_otherwise() {
    let mut s = session((120, 40));
    s.press("D");
    let picture = picture(&s);
    assert!(
        picture.contains("the same behaviour: 30 steps") && picture.contains("wording differs in 1"),
        "{picture}"
    );
    assert!(picture.contains('≈') || s.press("n").app.notice.is_some());
    s.press("n");
    assert!(notice(&s).contains("both behave the same"));
}

#[test]
fn a_comparison_that_takes_long_says_so_and_esc_gives_it_up() {
    let mut s = session((120, 40));
    s.holds_back = true;
    s.press("d");
    let [Effect::LoadDiff(number, _)] = s.asked.as_slice() else { panic!("{:?}", s.asked) };
    let number = *number;
    assert!(!picture(&s).contains("comparing"), "a word would only flicker");
    assert!(s.app.tick().is_some());
    s.send(Msg::Now(s.app.now + 400_000_000));
    assert!(picture(&s).contains("comparing 44 steps with 30, 400ms · Esc leaves"), "{}", picture(&s));
    s.press("esc");
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
    assert_eq!(s.asked.last(), Some(&Effect::DropDiff));
    s.press("d");
    s.send(Msg::Diff(number, Err("late".into())));
    assert!(s.diff().is_comparing(), "an answer to another request is dropped");
}

#[test]
fn two_live_runs_are_compared_anew_when_one_grows_and_the_cursor_stays_on_its_step() {
    let mut world = pairs();
    let whole = world.runs[1].clone();
    world.runs[1].steps.truncate(25);
    let mut s = Session::new(world, (120, 40));
    s.press("j d j j");
    let (before, rows) = (line(&s), s.diff().items.len());
    s.world.runs[1] = Told { summary: crate::model::RunSummary { revision: 60, ..whole.summary }, ..whole };
    s.send(Msg::Committed(60));
    assert_eq!(line(&s)[1], before[1]);
    assert!(s.diff().items.len() > rows && s.diff().waits_for.is_none());
}

#[test]
fn an_answer_missed_below_another_comparison_is_asked_for_again() {
    let mut s = session((120, 40));
    s.holds_back = true;
    s.press("d");
    s.holds_back = false;
    s.press("?");
    assert!(s.diff().is_comparing());
    s.press("esc");
    let Some(Effect::LoadDiff(number, _)) = s.asked.last() else { panic!("{:?}", s.asked) };
    assert_eq!(s.diff().waits_for, Some(*number), "help is no reason to ask again");
}

/// A comparison without content.
fn compared(a: &Told, b: &Told) -> Comparison {
    let view = |told: &Told| Arc::new(RunView::new(told.summary.key, 1, told.steps.clone()));
    let look = Look { columns: 100, ascii: false, zone: Zone::Utc, now: 0 };
    let mut read = |_: Which, _: &[StepKey]| Ok::<_, Infallible>(Facts::default());
    let Ok(made) = Comparison::of([view(a), view(b)], [&a.summary, &b.summary], &look, &mut read, &|| false);
    made.unwrap()
}

/// Indexes of both sides in the order of rows, folds opened.
fn told_by(of: &Comparison, rows: &[Item]) -> [Vec<usize>; 2] {
    [0, 1].map(|side| {
        let told = |line: u32| of.cell(line, side).map(|cell| cell.index);
        let lines = |at: u32| of.stretches[at as usize].lines.clone();
        let of_row = |row: &Item| match (*row, row.piece(side)) {
            (Item::Both(line), _) | (_, Some(Piece::Line(line))) => line..line + 1,
            (Item::Fold(at), _) | (_, Some(Piece::Fold(at))) => lines(at),
            _ => 0..0,
        };
        rows.iter().flat_map(of_row).filter(|&line| !of.entry(line).unwrap().frame).filter_map(told).collect()
    })
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    const TOOLS: [&str; 3] = ["grep", "read_file", "edit_file"];
    let turn = (1..3_u64, 0..3_usize, 1..4_u64, 1..3_u64);
    proptest::collection::vec(
        turn.prop_map(|(says, tool, args, result)| Turn(says, TOOLS[tool], args, result)),
        0..40,
    )
}

proptest! {
    #[test]
    fn rows_hold_every_step_once_and_in_order_whatever_is_folded(
        a in turns(), b in turns(), open in 0..64_u32, stacked: bool,
    ) {
        let (a, b) = (review_of(21, 90, &a, false), review_of(22, 60, &b, false));
        let made = compared(&a, &b);
        let (rows, _) = items(&made, Rows { stacked, frames: false }, |at| open >> (at % 6) & 1 == 0);
        let told = told_by(&made, &rows);
        for (told, steps) in told.iter().zip([&a.steps, &b.steps]) {
            prop_assert_eq!(told, &(0..steps.len()).collect::<Vec<_>>());
        }
        for (side, told) in told.iter().enumerate() {
            for &index in told {
                let line = made.line_of(side, index).unwrap();
                prop_assert_eq!(made.cell(line, side).map(|cell| cell.index), Some(index));
            }
        }
    }

    #[test]
    fn swapping_the_sides_mirrors_everything(a in turns(), b in turns()) {
        let (a, b) = (review_of(21, 90, &a, false), review_of(22, 60, &b, false));
        let (one, other) = (compared(&a, &b), compared(&b, &a));
        let mirrored = |op| match op { Op::OnlyA => Op::OnlyB, Op::OnlyB => Op::OnlyA, op => op };
        let mut x: Vec<_> = one.diff.entries.iter().map(|e| (e.a, e.b, e.op as u8)).collect();
        let mut y: Vec<_> = other.diff.entries.iter().map(|e| (e.b, e.a, mirrored(e.op) as u8)).collect();
        x.sort_unstable();
        y.sort_unstable();
        prop_assert_eq!(x, y);
        prop_assert_eq!(one.fork().is_some(), other.fork().is_some());
        prop_assert_eq!(one.stretches.len(), other.stretches.len());
        let last = u32::try_from(one.diff.entries.len()).unwrap().saturating_sub(1);
        let ([p, q], [r, s]) = (one.so_far(last), other.so_far(last));
        prop_assert_eq!((p, q), (s, r));
    }
}
