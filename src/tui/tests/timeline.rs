//! The timeline and the axis that it shares with the tree, and the way from run to run of a session.

use std::sync::Arc;

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use insta::assert_snapshot;

use crate::model::{RunKey, StepKind, StepStatus};
use crate::tui::app::{Effect, Msg, Screen};
use crate::tui::backend::RunView;
use crate::tui::keys::Action;
use crate::tui::possible::is_possible;
use crate::tui::screens::Pane;
use crate::tui::testing::picture::{frame, styled, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::timed::timed;
use crate::tui::testing::troubled::troubled;
use crate::tui::testing::world::{NOON, Script, World, world};
use crate::tui::theme::{Role, Theme};

/// The team's run on the timeline.
fn team() -> Session {
    let mut s = Session::new(timed(), (220, 50));
    s.press("enter v");
    assert_eq!(s.run().key, RunKey(20));
    s
}

fn mouse(kind: MouseEventKind, at: (u16, u16), modifiers: KeyModifiers) -> Msg {
    Msg::Input(Event::Mouse(MouseEvent { kind, column: at.0, row: at.1, modifiers }))
}

fn click(s: &mut Session, at: (u16, u16)) {
    s.send(mouse(MouseEventKind::Down(MouseButton::Left), at, KeyModifiers::NONE));
}

/// Where the bar of a step begins on the screen.
fn place(s: &Session, name: &str) -> (u16, u16) {
    let (run, view) = (s.run(), s.run().view.as_ref().unwrap());
    let layout = &run.timeline.as_ref().unwrap().layout;
    let named = |row: &u32| view.step(*row).is_some_and(|step| &*step.name == name);
    let bar = layout.bar((0..layout.rows()).find(named).unwrap()).unwrap();
    let (places, window) = (run.places(s.app.size), run.axis.window(run.whole(None).unwrap()));
    let line = places.line(layout, layout.place(bar.row).unwrap().track);
    (places.bars.x + window.column(bar.from, places.bars.width), places.bars.y + u16::try_from(line).unwrap())
}

#[test]
fn a_timeline_of_a_run_that_goes_on() {
    let mut s = Session::new(world(), (120, 36));
    s.press("enter v");
    assert!(s.run().is_running(&s.app));
    s.send(Msg::Now(NOON + 21_000_000_000));
    assert_snapshot!("timeline_live_later", styled(&s.app));
}

#[test]
fn the_timeline_comes_and_goes_and_the_cursor_stays_on_its_step() {
    let mut s = Session::new(timed(), (120, 36));
    s.press("enter j j j");
    let before = (s.step_name(), s.run().tree.selected);
    s.press("v");
    assert!(text(&frame(&s.app)).contains("─ Timeline ─"));
    assert_eq!((s.step_name(), s.run().tree.selected), before);
    s.press("right right v");
    assert!(text(&frame(&s.app)).contains("─ Steps ─"));
    assert_ne!(s.run().tree.selected, before.1);
    let after = s.run().tree.selected;
    s.press("v");
    assert_eq!(s.run().tree.selected, after);
}

#[test]
fn keys_go_along_lanes_and_across_them() {
    for (script, name) in [
        ("", "lead"),
        ("down", "chat claude-sonnet-4-5"),
        ("down right", "publish"),
        ("down l l", "chat claude-sonnet-4-5"),
        ("down right left", "chat claude-sonnet-4-5"),
        ("down down", "researcher"),
        ("down down down", "chat gpt-5.1"),
        ("down down down right", "search_web"),
        ("j j j l j", "read_page"),
        ("j j j l j j", "문서_검색"),
        ("j j j end", "chat gpt-5.1"),
        ("j j j end home", "chat gpt-5.1"),
        ("down down up up", "lead"),
        ("pagedown", "chat gpt-5.1"),
    ] {
        let mut s = team();
        s.press(script);
        assert_eq!(s.step_name(), name, "{script}");
    }
    let mut s = team();
    s.press("right right right right right");
    assert_eq!(s.app.notice.as_ref().unwrap().text, "the last step of the lane");
}

#[test]
fn going_up_comes_back_to_where_going_down_began() {
    let mut s = team();
    s.press("j l");
    assert_eq!(s.step_name(), "publish");
    s.press("j j j j k k k k");
    assert_eq!(s.step_name(), "publish");
}

#[test]
fn jumps_and_searches_work_as_in_the_tree() {
    for (script, name) in [
        ("n", "publish"),
        ("m", "chat claude-sonnet-4-5"),
        ("t", "search_web"),
        ("t t", "read_page"),
        ("> >", "researcher"),
        ("/ publish enter", "publish"),
        ("G f", "chat claude-sonnet-4-5"),
    ] {
        let mut s = team();
        s.press(script);
        assert_eq!(s.step_name(), name, "{script}");
    }
}

#[test]
fn enter_reads_the_step_and_the_next_step_is_the_next_of_the_lane() {
    let mut s = team();
    s.press("j enter");
    assert_eq!(s.run().focus, Pane::Detail);
    s.press("J");
    assert_eq!((s.step_name().as_str(), s.run().focus), ("publish", Pane::Detail));
    s.press("K");
    assert_eq!(s.step_name(), "chat claude-sonnet-4-5");
}

#[test]
fn the_axis_is_narrowed_round_a_step_widened_again_and_told() {
    let mut s = team();
    s.press("n .");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("publish") && picture.contains(" of 10s"), "{picture}");
    s.press(". ,");
    assert_eq!(text(&frame(&s.app)), picture, "back to what was shown before");
    s.press(". . . esc");
    assert!(!s.run().axis.is_narrowed() && s.app.screens.len() == 2, "escape zooms out before it leaves");
    s.press(",");
    assert_eq!(s.app.notice.as_ref().unwrap().text, "this is the whole run");
    s.press("esc");
    assert_eq!(s.app.screens.len(), 1);
}

#[test]
fn a_step_outside_of_the_window_is_brought_into_it() {
    let mut s = team();
    s.press("j . . .");
    s.press("n");
    let view = s.run().view.clone().unwrap();
    let step = view.step(view.row(s.run().tree.selected.unwrap()).unwrap()).unwrap();
    let window = s.run().axis.window(s.run().whole(None).unwrap());
    assert!(step.status == StepStatus::Error && window.meets(step.start, step.end), "{window:?}");
}

#[test]
fn the_tree_is_narrowed_to_the_step_from_its_start_to_its_end() {
    let mut s = Session::new(timed(), (200, 50));
    s.press("enter");
    assert!(text(&frame(&s.app)).contains(" 0s ───"), "{}", text(&frame(&s.app)));
    s.press("n .");
    let picture = text(&frame(&s.app));
    assert!(picture.contains(" 7.40s ──") && picture.contains("── 7.80s ─"), "{picture}");
    assert!(picture.contains('‹') && picture.contains('›'), "what is outside is told at the edge: {picture}");
    s.press("v");
    assert!(text(&frame(&s.app)).contains("7.40s–7.80s of 10s"), "the same window");
    s.press("v ,");
    assert!(!text(&frame(&s.app)).contains('‹'));
}

#[test]
fn a_click_goes_to_a_bar_and_the_next_one_narrows_to_it() {
    let mut s = team();
    let at = place(&s, "publish");
    s.press("G");
    click(&mut s, at);
    assert_eq!((s.step_name().as_str(), s.run().axis.is_narrowed()), ("publish", false));
    click(&mut s, at);
    assert!(s.run().axis.is_narrowed());
    s.press("esc");
    let (_, y) = place(&s, "번역가 팀");
    click(&mut s, (2, y));
    assert_eq!(s.step_name(), "번역가 팀", "on the name of a lane the nearest of its steps");
}

#[test]
fn the_wheel_narrows_with_ctrl_and_moves_in_time_where_all_lanes_are_seen() {
    let mut s = team();
    let at = place(&s, "publish");
    let window = |s: &Session| s.run().axis.window(s.run().whole(None).unwrap());
    let whole = window(&s);
    s.send(mouse(MouseEventKind::ScrollUp, at, KeyModifiers::CONTROL));
    let narrow = window(&s);
    assert!(narrow.length() < whole.length() / 2 && narrow.from > whole.from);
    s.send(mouse(MouseEventKind::ScrollUp, at, KeyModifiers::NONE));
    assert!(window(&s).from < narrow.from && window(&s).length() == narrow.length());
    s.send(mouse(MouseEventKind::ScrollRight, at, KeyModifiers::NONE));
    assert_eq!(window(&s), narrow);
    s.send(mouse(MouseEventKind::ScrollDown, at, KeyModifiers::CONTROL));
    assert_eq!(window(&s), whole);
}

#[test]
fn the_wheel_moves_lanes_that_have_no_room_and_leaves_the_cursor() {
    let mut s = Session::new(timed(), (80, 14));
    s.press("enter v");
    assert!(text(&frame(&s.app)).contains("◆ lead"));
    for _ in 0..20 {
        s.send(mouse(MouseEventKind::ScrollDown, (30, 8), KeyModifiers::NONE));
    }
    let picture = text(&frame(&s.app));
    assert!(!picture.contains("◆ lead ") && picture.contains("checker"), "{picture}");
    assert_eq!(s.step_name(), "lead");
    s.press("down up");
    assert!(text(&frame(&s.app)).contains("◆ lead"), "a key goes back to the cursor");
}

#[test]
fn the_window_of_a_run_that_goes_on_grows_unless_it_is_narrowed() {
    let mut s = Session::new(world(), (120, 36));
    s.press("enter v");
    let window =
        |s: &Session| s.run().axis.window(s.run().whole(s.run().present(&s.app.runs, s.app.now)).unwrap());
    let before = window(&s);
    s.send(Msg::Now(NOON + 5_000_000_000));
    let after = window(&s);
    assert_eq!((after.from, after.to > before.to), (before.from, true));
    s.press(".");
    let narrow = window(&s);
    s.send(Msg::Now(NOON + 9_000_000_000));
    assert_eq!(window(&s), narrow);
}

#[test]
fn only_flagged_steps_and_plumbing_are_as_in_the_tree() {
    let mut s = Session::new(troubled(), (160, 45));
    s.press("enter v");
    let bars = |s: &Session| -> usize {
        s.run().timeline.as_ref().unwrap().layout.tracks.iter().map(|track| track.bars.len()).sum()
    };
    let all = bars(&s);
    s.press("!");
    assert!(bars(&s) < all && bars(&s) > 0);
    s.press("!");
    assert_eq!(bars(&s), all);
}

/// A world whose only run has more steps than are laid out where they are needed.
fn long() -> World {
    let mut s = Script::new(1, 4000);
    let root = s.add(None, StepKind::Agent, "walker", 0);
    for at in 0..2500 {
        let step = s.add(Some(root), StepKind::Tool, "walk", 1000);
        s.edit(step, |step| {
            step.status = if at % 5 == 0 { StepStatus::Error } else { StepStatus::Ok };
        });
    }
    World { runs: vec![s.end(&["walker"], "go on and on")], ..World::default() }
}

#[test]
fn a_long_run_is_laid_out_by_a_loader_and_a_newer_view_waits_for_that() {
    let mut s = Session::new(long(), (120, 36));
    s.press("enter");
    let lens = s.run().tree.lens();
    s.holds_back = true;
    s.press("v");
    assert!(text(&frame(&s.app)).contains("laying out 2.5k steps in time"), "{}", text(&frame(&s.app)));
    s.press("- right G g");
    let shown = s.run().view.clone().unwrap();
    assert_eq!(s.asked.iter().filter(|asked| matches!(asked, Effect::LayOut(..))).count(), 1);
    shown.timeline(lens);
    s.send(Msg::LaidOut(Arc::clone(&shown)));
    assert_eq!(s.run().bar_here().map(|bar| bar.row), Some(0));
    let newer = Arc::new(RunView::new(shown.run, 9, shown.steps.iter().cloned()));
    s.send(Msg::Steps(shown.run, Ok(Arc::clone(&newer))));
    assert!(Arc::ptr_eq(s.run().view.as_ref().unwrap(), &shown), "rows and bars are of one view");
    newer.timeline(lens);
    s.send(Msg::LaidOut(Arc::clone(&newer)));
    assert!(Arc::ptr_eq(s.run().view.as_ref().unwrap(), &newer) && s.run().bar_here().is_some());
}

#[test]
fn steps_too_close_to_be_told_apart_are_red_only_where_most_of_them_failed() {
    let mut world = long();
    let red = |world: &World| {
        let mut s = Session::new(world.clone(), (120, 36));
        s.press("enter v down end");
        let buffer = frame(&s.app);
        let error = Theme::for_reading_back().style(Role::Error).fg;
        let (bars, line) = (s.run().places(s.app.size).bars, s.run().line_here(s.app.size).unwrap());
        let y = bars.y + u16::try_from(line - s.run().timeline.as_ref().unwrap().top).unwrap();
        (bars.left()..bars.right()).filter(|&x| Some(buffer[(x, y)].fg) == error).count()
    };
    assert_eq!(red(&world), 0, "a fifth of them");
    world.runs[0].steps.iter_mut().skip(1).for_each(|step| step.status = StepStatus::Error);
    assert!(red(&world) > 50, "all of them");
}

#[test]
fn what_a_timeline_has_not_is_not_offered_there() {
    let mut s = Session::new(timed(), (120, 36));
    let offered = |s: &Session, action: Action| {
        let rows = s.app.settings.keys.listening(s.app.chain());
        rows.filter(|row| row.binding.action == action)
            .any(|row| is_possible(&s.app, s.app.top(), row.binding))
    };
    let asked = [Action::FoldAll, Action::Column];
    for (keys, expected) in [("enter", true), ("v", false), ("v", true)] {
        s.press(keys);
        assert_eq!(asked.map(|action| offered(&s, action)), [expected; 2], "{keys}");
    }
}

#[test]
fn a_run_without_steps_has_an_empty_timeline() {
    let mut world = timed();
    world.runs[0].steps.clear();
    let mut s = Session::new(world, (80, 24));
    s.press("enter v . , right down G");
    assert!(text(&frame(&s.app)).contains("Timeline"));
}

#[test]
fn the_runs_of_a_session_are_one_key_apart_and_the_list_goes_along() {
    let mut s = Session::new(timed(), (120, 36));
    s.press("G enter");
    assert_eq!(s.run().key, RunKey(30));
    let picture = text(&frame(&s.app));
    assert!(picture.contains("1 of 4 in session conv-8812-a71f · jiyeon.kim"), "{picture}");
    s.press("{");
    assert_eq!(s.app.notice.as_ref().unwrap().text, "the first run of its session");
    s.press("v } }");
    assert_eq!(s.run().key, RunKey(32));
    assert!(s.run().timeline.is_some() && s.run().view.is_some(), "looked at in the same way");
    assert_eq!(s.app.notice.as_ref().unwrap().text, "run 3 of 4 in session conv-8812-a71f");
    s.press("{ esc");
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
    assert_eq!(s.runs().selected, Some(RunKey(31)));
    s.press("g enter }");
    assert_eq!(s.app.notice.as_ref().unwrap().text, "this run names no session");
}

#[test]
fn the_list_unfolds_the_group_of_a_sibling() {
    let mut s = Session::new(timed(), (120, 36));
    s.press("b F hello enter {");
    let key = s.run().key;
    s.press("esc esc esc");
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
    assert_eq!(s.runs().selected, Some(key));
}

#[test]
fn the_ends_of_the_axis_are_told_whole_or_not_at_all() {
    let mut s = Session::new(timed(), (120, 24));
    s.press("enter");
    let mut told = 0;
    for width in 60..=160 {
        s.send(Msg::Input(Event::Resize(width, 24)));
        let rule = text(&frame(&s.app)).lines().nth(1).unwrap().to_owned();
        let ends = [" 0s ", " 10s "].map(|end| rule.contains(end));
        assert!(ends[0] == ends[1] && rule.contains(" 1 of "), "{width}: {rule}");
        told += usize::from(ends[0]);
    }
    assert!(told > 60, "told at {told} of 101 widths");
}
