//! What was flagged: keys in, marks, folds, walks and alarms out.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;

use crate::model::{FindingKind, RunKey, RunSummary, Severity};
use crate::tui::alarms::Alert;
use crate::tui::app::{Effect, Msg, Screen};
use crate::tui::backend::RunView;
use crate::tui::screens::{Pane, TreePane};
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::troubled::{looped, troubled};
use crate::tui::testing::world::Told;

fn session() -> Session {
    Session::new(troubled(), (120, 36))
}

/// A session in the run with the loop.
fn in_loop() -> Session {
    let mut s = session();
    s.press("enter");
    s
}

fn picture(s: &Session) -> String {
    text(&frame(&s.app))
}

/// The number of the round that the cursor's row is in, of the first finding.
fn round(s: &Session) -> Option<u32> {
    let run = s.run();
    let view = run.view.as_ref()?;
    let row = view.row(run.tree.selected?)?;
    view.marks.at(row)?.round
}

#[test]
fn rounds_after_the_first_are_one_row_that_tells_what_it_hides() {
    let mut s = in_loop();
    assert_eq!(s.run().tree.shown.len(), 7);
    let shown = picture(&s);
    assert!(shown.contains("5 more rounds") && shown.contains("✖5"), "{shown}");
    s.press("j j j j j l");
    assert_eq!((s.run().tree.shown.len(), s.step_name().as_str()), (16, "chat gpt-5.1"));
    s.press("r");
    assert_eq!((s.run().tree.shown.len(), s.run().tree.at), (7, 5));
    s.press("space + -");
    assert_eq!(s.run().tree.shown.len(), 1);
    s.press("+");
    assert_eq!(s.run().tree.shown.len(), 16);
}

#[test]
fn the_message_under_the_cursor_is_shown_whole() {
    for size in [(60, 12), (80, 24), (120, 36)] {
        let mut s = Session::new(troubled(), size);
        s.press("enter w");
        let message = s.run().view.as_ref().unwrap().marks.flagged[0].finding.message.clone();
        let shown = picture(&s);
        assert!(message.split(' ').all(|word| shown.contains(word)), "{message}\n{shown}");
        assert!(shown.contains(" steps "), "and where it is, {size:?}\n{shown}");
    }
}

#[test]
fn rounds_are_folded_by_their_key_alone_where_there_are_any() {
    let mut s = in_loop();
    s.press("r");
    assert!(picture(&s).contains("no rounds to fold here"));
    s.press("j j j r");
    assert_eq!(s.run().tree.shown.len(), 16, "the first round counts too");
}

#[test]
fn errors_in_folded_rounds_are_found_one_by_one() {
    let mut s = in_loop();
    let rounds: Vec<Option<u32>> = (0..6)
        .map(|_| {
            s.press("n");
            round(&s)
        })
        .collect();
    assert_eq!(rounds, (1..=6).map(Some).collect::<Vec<_>>());
}

#[test]
fn a_growing_loop_never_folds_over_the_cursor() {
    let mut world = troubled();
    let whole = looped(7, 100, 6);
    world.runs[0] = looped(7, 100, 2);
    let mut s = Session::new(world, (120, 36));
    s.press("enter G k");
    let before = (s.step_name(), round(&s));
    assert_eq!(before, ("search_web".to_owned(), Some(2)));
    s.world.runs[0] = Told { summary: RunSummary { revision: 60, ..whole.summary }, ..whole };
    s.send(Msg::Committed(60));
    assert_eq!((s.step_name(), round(&s)), before);
    assert_eq!(s.run().tree.shown.len(), 16);
}

#[test]
fn the_findings_are_one_key_away_and_walk_along_their_steps() {
    let mut s = session();
    s.press("w");
    assert_eq!(s.run().focus, Pane::Findings);
    assert!(picture(&s).contains("6 times") && picture(&s).contains("in researcher"), "{}", picture(&s));
    s.press("enter");
    assert_eq!((s.step_name().as_str(), round(&s)), ("search_web", Some(1)));
    s.press("enter ]");
    assert_eq!(round(&s), Some(3));
    s.press("[");
    assert_eq!(round(&s), Some(2));
    s.press("left left left");
    assert_eq!(round(&s), Some(5), "round and round");
    assert!(picture(&s).contains("at 5 of 6"), "{}", picture(&s));
    s.press("esc");
    assert!(s.run().findings.is_none() && s.run().focus == Pane::Tree);
}

#[test]
fn the_findings_take_and_give_back_the_keys() {
    let mut s = in_loop();
    s.press("w tab");
    assert_eq!(s.run().focus, Pane::Tree);
    s.press("tab tab");
    assert_eq!(s.run().focus, Pane::Findings);
    s.press("w");
    assert!(s.run().findings.is_none());
    s.press("w esc esc");
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
}

#[test]
fn the_next_finding_is_one_key_away_in_the_tree() {
    let mut s = in_loop();
    s.press("]");
    assert_eq!((s.step_name().as_str(), round(&s)), ("search_web", Some(1)));
    s.press("[");
    assert!(picture(&s).contains("no finding above"));
    s.press("q G enter ]");
    assert!(picture(&s).contains("nothing is flagged in this run"));
}

#[test]
fn flagged_steps_alone_stand_below_what_holds_them() {
    let mut s = in_loop();
    s.press("!");
    assert_eq!(s.run().tree.shown.len(), 7, "the agent and six searches");
    assert!(picture(&s).contains("only flagged"));
    s.press("! q G enter !");
    assert!(picture(&s).contains("nothing is flagged in this run"));
}

#[test]
fn where_nothing_is_flagged_it_is_told_what_was_looked_for() {
    let mut s = session();
    s.press("G w");
    assert!(picture(&s).contains("Looked for:") && picture(&s).contains("handoff cycles"), "{}", picture(&s));
}

#[test]
fn a_dismissed_finding_is_no_longer_marked_or_counted_until_that_is_taken_back() {
    let mut s = session();
    s.press("w X");
    assert!(picture(&s).contains("dismissed in this run"));
    s.press("k");
    assert!(!picture(&s).contains("1 of 6") && picture(&s).contains("done"), "{}", picture(&s));
    assert_eq!(s.app.runs.get(RunKey(7)).unwrap().findings.flagged, [0; FindingKind::ALL.len()]);
    s.press("X");
    assert_eq!(s.app.runs.get(RunKey(7)).unwrap().findings.flagged[0], 1);
}

#[test]
fn the_worst_finding_of_the_selected_run_is_told_in_words_below_the_list() {
    let mut s = session();
    let shown = picture(&s);
    assert!(shown.contains("6 times") && shown.contains("wasted") && shown.contains("w findings"), "{shown}");
    s.press("G");
    assert!(!picture(&s).contains("wasted"));
}

#[test]
fn handoffs_lead_to_their_first_steps() {
    let mut s = session();
    s.press("j enter H");
    assert!(matches!(s.app.top(), Some(Screen::Handoffs(_))));
    s.press("j enter");
    assert_eq!(s.step_name(), "환불 담당 👩‍👩‍👧‍👦", "the second agent");
    s.press("H G enter");
    assert_eq!(s.step_name(), "clerk", "the last way");
    s.press("H H H q");
    assert!(matches!(s.app.top(), Some(Screen::Run(_))));
    s.press("q G enter H");
    assert!(picture(&s).contains("no agent is named") || picture(&s).contains("alone"), "{}", picture(&s));
}

#[test]
fn a_click_selects_a_finding_and_another_walks() {
    let mut s = session();
    s.press("w tab");
    let list = s.run().areas((120, 36)).findings.unwrap().list;
    let kind = MouseEventKind::Down(MouseButton::Left);
    let click = MouseEvent { kind, column: 20, row: list.y, modifiers: KeyModifiers::NONE };
    s.send(Msg::Input(Event::Mouse(click)));
    assert_eq!((s.run().focus, round(&s)), (Pane::Findings, None));
    s.send(Msg::Input(Event::Mouse(click)));
    assert_eq!(round(&s), Some(1));
}

#[test]
fn a_click_selects_an_agent_or_a_way_and_another_goes_to_its_first_step() {
    // the map beside the list, the map above it, a matrix in its place
    for (script, size) in [("j enter H", (160, 45)), ("j enter H", (80, 45)), ("j j enter H", (80, 24))] {
        let mut s = Session::new(troubled(), size);
        s.press(script);
        let row_of = |s: &Session, name: &str| {
            let row = picture(s).lines().position(|row| row.contains(name) && row.contains('$'));
            u16::try_from(row.unwrap()).unwrap()
        };
        let name = if script == "j enter H" { "◆ clerk" } else { "◆ worker 1 " };
        let click = |row| {
            let kind = MouseEventKind::Down(MouseButton::Left);
            let column = size.0 - 30;
            Msg::Input(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
        };
        let row = row_of(&s, name);
        s.send(click(row));
        let shown = picture(&s);
        assert!(shown.lines().nth(row.into()).unwrap().contains('▌'), "{size:?}\n{shown}");
        s.send(click(row));
        assert!(matches!(s.app.top(), Some(Screen::Run(_))), "{size:?}");
        assert_eq!(format!("◆ {}", s.step_name()), name.trim_end(), "{size:?}");
    }
}

#[test]
fn the_key_that_opens_the_handoffs_leaves_them() {
    let mut s = session();
    s.press("j enter H");
    assert!(matches!(s.app.top(), Some(Screen::Handoffs(_))));
    s.press("H");
    assert!(matches!(s.app.top(), Some(Screen::Run(_))));
    for leave in ["esc", "q"] {
        s.press("H");
        s.press(leave);
        assert!(matches!(s.app.top(), Some(Screen::Run(_))), "{leave}");
    }
}

#[test]
fn a_new_alarm_on_a_live_run_is_told_once_and_an_old_one_never() {
    let mut s = session();
    s.app.alarms.wanted = true;
    let grown = |key: i64, rounds, revision| {
        let mut told = looped(key, 100, rounds);
        (told.summary.revision, told.summary.findings.flagged[0]) = (revision, 1);
        told
    };
    for (told, alarms) in [(grown(20, 2, 60), 0), (grown(20, 3, 61), 1), (grown(20, 6, 62), 0)] {
        s.world.runs.retain(|run| run.summary.key != told.summary.key);
        let revision = told.summary.revision;
        s.world.runs.push(told);
        s.asked.clear();
        s.send(Msg::Committed(revision));
        let heard = s.asked.iter().filter(|effect| matches!(effect, Effect::Tell(Alert { .. }))).count();
        assert_eq!(heard, alarms, "revision {revision}");
    }
}

#[test]
fn runs_that_were_there_before_us_ring_no_bell() {
    let mut s = session();
    assert!(s.world.counts(RunKey(7)).flagged[0] == 1 && s.asked.is_empty());
    let severity = s.app.alarms.worst(RunKey(7)).map(|(worst, _)| worst.severity);
    assert_eq!(severity, Some(Severity::Alarm), "it is one, and not told");
}

proptest! {
    /// Rounds, folds and filters change only their own rows: they must be those that the whole tree would give.
    #[test]
    fn rounds_folded_one_by_one_are_those_of_the_whole_tree(
        moves in proptest::collection::vec((0usize..20, 0..7), 1..40), rounds in 2u64..7
    ) {
        let mut world = troubled();
        let steps = looped(7, 100, rounds).steps;
        let view = RunView::new(RunKey(7), 1, steps);
        let findings = crate::tui::Backend::findings(&mut world, RunKey(7), &view.steps, &view.tree).unwrap();
        let view = view.with(findings);
        let mut pane = TreePane::default();
        pane.refresh(&view, 20);
        for (to, what) in moves {
            pane.select(to, &view);
            match what {
                0 => pane.fold(&view),
                1 => pane.unfold(&view),
                2 => pane.toggle(&view),
                3 => drop(pane.toggle_rounds(&view)),
                4 => drop(pane.seek_finding(&view, true)),
                5 => drop(pane.seek_error(&view, false)),
                _ => drop(pane.seek_error(&view, true)),
            }
            let before = (pane.shown.clone(), pane.selected, pane.at);
            pane.refresh(&view, 20);
            prop_assert_eq!(before, (pane.shown.clone(), pane.selected, pane.at));
        }
    }
}
