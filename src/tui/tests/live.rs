//! Growing runs: nothing that arrives moves what the eye is on.

use std::sync::Arc;

use proptest::prelude::*;

use crate::model::{RunKey, Step};
use crate::report::format::Zone;
use crate::tui::app::{Effect, Msg, RunsAnswer, Screen};
use crate::tui::backend::{RowId, RunView};
use crate::tui::loader::make_whole;
use crate::tui::screens::{Run, TreePane};
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{NOON, Told, World, refund, review, world};

#[test]
fn a_new_run_above_leaves_the_cursor_on_its_run() {
    let mut s = Session::new(world(), (80, 24));
    s.press("j j");
    let before = (s.runs().selected, s.runs().at);
    s.world.runs.push(refund(50, 1, "the newest"));
    s.send(Msg::Committed(50));
    assert_eq!(s.runs().selected, before.0);
    assert_eq!(s.runs().at, before.1 + 1);
    s.press("f");
    assert_eq!(s.runs().selected, Some(RunKey(50)));
    s.world.runs.push(refund(51, 0, "newer still"));
    s.send(Msg::Committed(51));
    assert_eq!(s.runs().selected, Some(RunKey(51)), "follow goes on");
}

#[test]
fn the_open_run_grows_under_the_cursor() {
    let mut s = Session::new(world(), (120, 40));
    let whole = s.world.runs[1].clone();
    s.world.runs[1].steps.truncate(10);
    s.press("/ reviewer enter enter j j");
    let before = s.step_name();
    s.world.runs[1] = Told { summary: crate::model::RunSummary { revision: 60, ..whole.summary }, ..whole };
    s.send(Msg::Committed(60));
    assert_eq!(s.step_name(), before);
    assert!(s.run().view.as_ref().unwrap().steps.len() > 40);
    s.press("f");
    assert_eq!(s.run().tree.at, s.run().tree.shown.len() - 1, "follow shows the step that began last");
}

#[test]
fn the_newest_of_a_long_list_are_shown_while_the_rest_is_read() {
    let whole: Vec<_> = world().runs.iter().map(|told| told.summary.clone()).collect();
    let mut s = Session::new(World::default(), (80, 24));
    (s.app.loaded, s.world) = (false, world());
    let newest: Vec<_> = whole.iter().filter(|run| run.key.0 > 3).cloned().collect();
    s.send(Msg::Runs(Ok(RunsAnswer { changed: newest.clone(), ahead: true, ..RunsAnswer::default() })));
    s.press("b b j right j");
    let (under, shown) = (s.runs().selected, s.runs().shown.len());
    assert!(shown > 1 && shown < whole.len());
    assert!(text(&frame(&s.app)).contains("reading older runs"));
    let mut answer = RunsAnswer { changed: whole, ..RunsAnswer::default() };
    let shown_already = answer.changed.iter_mut().find(|run| run.key == RunKey(5)).unwrap();
    shown_already.revision += 1;
    make_whole(&mut answer, newest, Zone::Utc);
    let changed: Vec<_> = answer.changed.iter().map(|run| run.key).collect();
    assert_eq!(changed, [RunKey(5)], "those that are shown already and changed since");
    s.send(Msg::Runs(Ok(answer)));
    assert!(under.is_some() && s.runs().selected == under, "its group is still unfolded");
    assert!(s.runs().shown.len() > shown);
    assert!(!text(&frame(&s.app)).contains("reading older runs"));
}

#[test]
fn a_commit_that_is_known_asks_for_nothing() {
    let mut s = Session::new(world(), (80, 24));
    s.world.runs.clear();
    s.send(Msg::Committed(6));
    assert!(!s.app.runs.is_empty());
}

#[test]
fn elapsed_time_passes_only_while_something_runs_in_sight() {
    let mut s = Session::new(world(), (80, 24));
    assert!(s.app.tick().is_some());
    s.press("/ 8811 enter");
    assert!(s.app.tick().is_none());
    s.press("esc");
    s.send(Msg::Now(NOON + 3_600_000_000_000));
    assert!(s.app.tick().is_none(), "silent for an hour: incomplete, not running");
}

#[test]
fn a_stale_detail_is_dropped() {
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter j");
    let shown = s.run().detail.document.clone().unwrap();
    s.send(Msg::Detail(1, Err("too late".into())));
    assert!(Arc::ptr_eq(&shown, s.run().detail.document.as_ref().unwrap()));
}

#[test]
fn what_cannot_be_read_is_said_and_forgotten_when_it_can() {
    let mut s = Session::new(world(), (80, 24));
    s.send(Msg::Runs(Err("database is locked: close the other program".into())));
    assert!(s.app.trouble.is_some());
    s.send(Msg::Committed(99));
    assert!(s.app.trouble.is_none());
}

/// Steps in some order of arrival, the cursor on one of the first, the tree as high as the window or higher.
fn arrivals() -> impl Strategy<Value = (Vec<Step>, usize, usize, usize)> {
    let steps = review(2, 100).steps;
    let len = steps.len();
    (Just(steps).prop_shuffle(), 1..len, 0..len, 2usize..30)
}

proptest! {
    #[test]
    fn live_inserts_in_any_order_keep_the_step_under_the_cursor((steps, first, pick, height) in arrivals()) {
        let view = |count: usize| RunView::new(RunKey(2), 1, steps[..count].to_vec());
        let mut pane = TreePane { plumbing: true, ..TreePane::default() };
        let mut seen = view(first);
        pane.refresh(&seen, height);
        pane.step(isize::try_from(pick).unwrap(), &seen);
        pane.fit(height);
        let selected: Option<RowId> = pane.selected;
        for count in first + 1..=steps.len() {
            let offset = pane.at - pane.top;
            let before = pane.at;
            seen = view(count);
            pane.refresh(&seen, height);
            prop_assert_eq!(pane.selected, selected);
            prop_assert!(pane.top <= pane.at && pane.at < pane.top + height);
            // the row stays where it is on the screen unless the list is too short for that
            let at_the_edge = pane.top == 0 || pane.top + height >= pane.shown.len();
            prop_assert!(pane.at - pane.top == offset || at_the_edge, "{before} -> {}", pane.at);
        }
    }

    /// A fold changes only its own rows: they must be those that the whole tree would give.
    #[test]
    fn folds_made_one_by_one_are_those_of_the_whole_tree(
        moves in proptest::collection::vec((0usize..60, 0..4), 1..40), plumbing: bool
    ) {
        let view = RunView::new(RunKey(2), 1, review(2, 100).steps);
        let mut pane = TreePane { plumbing, ..TreePane::default() };
        pane.refresh(&view, 20);
        for (to, what) in moves {
            pane.select(to, &view);
            match what {
                0 => pane.fold(&view),
                1 => pane.unfold(&view),
                2 => pane.toggle(&view),
                _ => drop(pane.seek_error(&view, true)),
            }
            let before = (pane.shown.clone(), pane.selected, pane.at);
            pane.refresh(&view, 20);
            prop_assert_eq!(before, (pane.shown.clone(), pane.selected, pane.at));
        }
    }
}

#[test]
fn a_second_report_of_a_call_stands_in_the_detail_of_the_first_with_its_own_ids() {
    let mut s = Session::new(world(), (120, 60));
    let run = &mut s.world.runs[3];
    let mut twin = run.steps[1].clone();
    (twin.key.0, twin.scope) = (900, "another.instrumentation".into());
    twin.span_id = crate::model::SpanId::from_u64(0xabc_def).unwrap();
    twin.parent_span_id = Some(run.steps[1].span_id);
    (twin.usage, twin.cost) = Default::default();
    run.steps.push(twin);
    s.press("j enter j");
    let picture = text(&frame(&s.app));
    let said = picture.lines().position(|line| line.contains("also reported by"));
    let below = said.map(|at| picture.lines().skip(at + 1).take(4).collect::<String>()).unwrap_or_default();
    assert!(below.contains("another.instrumentation") && below.contains("0000000000abcdef"), "{picture}");
}

#[test]
fn a_refusal_is_counted_in_the_header_and_told_on_demand() {
    let mut s = Session::new(world(), (120, 30));
    s.press("e");
    assert!(text(&frame(&s.app)).contains("nothing was refused"));
    s.intake.bad_requests = 2;
    s.intake.last_refusal = Some("POST /v1/traces: not JSON".into());
    s.send(Msg::IntakeChanged);
    s.press("j");
    let picture = text(&frame(&s.app));
    assert!(picture.lines().next().unwrap().contains("2 refused") && picture.contains("why: e"), "{picture}");
    s.press("e");
    let told = "2 bad requests refused; the last: POST /v1/traces: not JSON";
    assert!(text(&frame(&s.app)).contains(told));
}

#[test]
fn trouble_is_told_in_an_open_run_too() {
    let mut s = Session::new(world(), (120, 30));
    s.press("enter");
    s.intake.store_trouble = Some("the disk is full; free some space".into());
    s.send(Msg::IntakeChanged);
    assert!(text(&frame(&s.app)).contains("not stored: the disk is full; free some space"));
}

#[test]
fn the_detail_of_a_call_is_read_again_when_the_steps_that_it_asked_for_come() {
    let mut s = Session::new(world(), (120, 40));
    let whole = s.world.runs[3].clone();
    s.world.runs[3].steps.truncate(2);
    s.press("j enter j");
    let (before, step) = (s.app.number, s.step_name());
    s.world.runs[3] = Told { summary: crate::model::RunSummary { revision: 60, ..whole.summary }, ..whole };
    s.send(Msg::Committed(60));
    assert_eq!((s.app.number, s.step_name()), (before + 1, step));
}

#[test]
fn what_is_received_is_told_a_second_and_falls_to_nothing_without_further_wake_ups() {
    let mut s = Session::new(world(), (120, 30));
    s.press("/ 8811 enter");
    let header = |s: &Session| text(&frame(&s.app)).lines().next().unwrap().to_owned();
    assert!(!header(&s).contains("/s"));
    s.send(Msg::Now(NOON + 1_000_000_000));
    (s.intake.spans, s.intake.logs) = (1000, 200);
    s.send(Msg::IntakeChanged);
    assert!(header(&s).contains("receiving 240/s"), "{}", header(&s));
    assert!(s.app.tick().is_some(), "the figure is to fall");
    s.send(Msg::Now(NOON + 6_000_000_000));
    assert!(!header(&s).contains("/s") && s.app.tick().is_none());
    s.press("enter");
    s.intake.spans = 1001;
    s.send(Msg::IntakeChanged);
    assert!(text(&frame(&s.app)).lines().last().unwrap().contains("0.2/s"));
}

#[test]
fn a_long_run_tells_how_far_it_is_read_and_is_left_at_once() {
    let mut world = world();
    world.runs.iter_mut().for_each(|told| told.summary.steps = 100_000);
    let mut s = Session::new(world, (80, 24));
    s.holds_back = true;
    s.press("enter");
    let key = s.run().key;
    assert!(!text(&frame(&s.app)).contains("reading"), "most are read before anybody wonders");
    s.send(Msg::Now(NOON + 600_000_000));
    s.send(Msg::Reading(key, 42_000));
    let picture = text(&frame(&s.app));
    assert!(picture.contains("reading 42.0k of 100k steps, 600ms · Esc leaves"), "{picture}");
    s.press("esc");
    assert_eq!(s.asked.last(), Some(&Effect::DropSteps(key)));
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
}

#[test]
fn steps_that_a_screen_below_waits_for_are_read_on() {
    let mut s = Session::new(world(), (80, 24));
    s.press("enter");
    s.holds_back = true;
    let key = s.run().key;
    s.app.screens.push(Screen::Run(Box::new(Run::new(key, NOON))));
    s.press("esc");
    assert!(!s.asked.contains(&Effect::DropSteps(key)));
}
