//! A run replayed: pictures of its stops, and what each key does there.

use std::sync::Arc;

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::model::{RunKey, StepKind, StepStatus};
use crate::report::text::is_obeyed;
use crate::tui::app::{Effect, Msg, Screen};
use crate::tui::backend::RunView;
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{Script, World, world};

const SIZES: [(u16, u16); 4] = [(60, 15), (80, 24), (120, 36), (200, 50)];

/// A session whose refund run is replayed from its root on.
fn replaying(size: (u16, u16), script: &str) -> Session {
    let mut s = Session::new(world(), size);
    s.press("j enter R");
    if !script.is_empty() {
        s.press(script);
    }
    s
}

/// Name of the step that is next, `-` at the end.
fn next(s: &Session) -> String {
    let replay = s.replay();
    let view = replay.view.as_ref().unwrap();
    let row = replay.next.and_then(|id| view.row(id));
    row.and_then(|row| view.step(row)).map_or_else(|| "-".to_owned(), |step| step.name.to_string())
}

#[test]
fn every_key_goes_where_its_help_says() {
    for (script, name) in [
        ("", "triage"),
        ("right", "chat claude-sonnet-4-5"),
        ("l space", "get_order"),
        ("enter >", "get_order"),
        ("down j", "get_order"),
        ("l l left", "chat claude-sonnet-4-5"),
        ("l l h <", "triage"),
        ("l l up k", "triage"),
        ("G", "-"),
        ("end right", "-"),
        ("G g", "triage"),
        ("left", "triage"),
        ("t", "get_order"),
        ("t t", "search_web"),
        ("G T", "issue_refund"),
        ("G T M", "chat claude-sonnet-4-5"),
        ("n", "issue_refund"),
        ("n N", "issue_refund"),
        ("G N", "issue_refund"),
        ("m m", "chat claude-sonnet-4-5"),
        ("G <", "chat claude-sonnet-4-5"),
        ("tab >", "chat claude-sonnet-4-5"),
        ("tab j j", "triage"),
    ] {
        assert_eq!(next(&replaying((120, 36), script)), name, "{script}");
    }
    let said = |script: &str| replaying((120, 36), script).app.notice.map(|notice| notice.text);
    assert_eq!(said("n n").as_deref(), Some("nothing fails later"));
    assert_eq!(said("M").as_deref(), Some("no model call came before"));
}

#[test]
fn leaving_puts_the_cursor_where_the_replay_stood() {
    for (script, name) in [
        ("t R", "get_order"),
        ("t esc", "get_order"),
        ("t q", "get_order"),
        ("t tab esc esc", "get_order"),
        ("G R", "chat claude-sonnet-4-5"),
    ] {
        let mut s = replaying((120, 36), "");
        s.press(script);
        assert!(matches!(s.app.top(), Some(Screen::Run(_))), "{script}");
        assert_eq!(s.step_name(), name, "{script}");
    }
    let mut s = Session::new(world(), (120, 36));
    s.press("j enter n R");
    assert_eq!(next(&s), "issue_refund", "it stops before the step under the cursor");
}

#[test]
fn what_a_step_came_to_is_not_shown_before_it() {
    let s = replaying((120, 36), "n");
    let shown = text(&frame(&s.app));
    assert!(shown.contains("issue_refund") && !shown.contains("payment gat"), "{shown}");
    let s = replaying((120, 36), "n right");
    assert!(text(&frame(&s.app)).contains("payment gat"));
}

#[test]
fn the_conversation_so_far_is_copied_and_read_elsewhere() {
    let mut s = replaying((120, 36), "m");
    s.press("y o");
    let [Effect::Copy(said), Effect::Read(_)] = s.asked.as_slice() else { panic!("{:?}", s.asked) };
    assert!(said.contains("just refund it please") && !said.contains("refund policy first"), "{said}");
    s.asked.clear();
    s.press("right y");
    let [Effect::Copy(said)] = s.asked.as_slice() else { panic!("{:?}", s.asked) };
    assert!(said.contains("I will look up our refund policy first."), "{said}");
}

#[test]
fn the_newest_message_is_at_the_bottom_and_the_conversation_can_be_walked() {
    let mut s = replaying((80, 24), "m m m");
    let pane = &s.replay().scene;
    assert_eq!(pane.cursor.line, pane.shown.len() - 1);
    s.press("tab g");
    assert_eq!((s.replay().scene.cursor.line, next(&s).as_str()), (0, "chat claude-sonnet-4-5"));
    s.press("-");
    let folded = s.replay().scene.shown.len();
    s.press("=");
    assert!(s.replay().scene.shown.len() > folded);
}

#[test]
fn the_mouse_walks_the_steps_and_the_conversation() {
    let mut s = replaying((120, 36), "m m");
    let mouse = |s: &mut Session, kind, column, row| {
        s.send(Msg::Input(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })));
    };
    let before = s.replay().at;
    mouse(&mut s, MouseEventKind::ScrollDown, 5, 10);
    assert_eq!(s.replay().at, before + 1);
    mouse(&mut s, MouseEventKind::Down(MouseButton::Left), 5, 3);
    assert_eq!((s.replay().at, next(&s).as_str()), (0, "triage"));
    mouse(&mut s, MouseEventKind::Down(MouseButton::Left), 5, 7);
    assert_eq!(s.replay().at, 3, "the line that says where it is stands above");
    mouse(&mut s, MouseEventKind::Down(MouseButton::Left), 80, 20);
    assert!(s.replay().reads);
}

#[test]
fn nothing_hostile_is_obeyed_at_any_stop() {
    for size in SIZES {
        let mut s = Session::new(world(), size);
        s.press("G enter R");
        assert_eq!(s.replay().view.as_ref().unwrap().run, RunKey(1));
        for _ in 0..5 {
            let shown = text(&frame(&s.app));
            assert!(!shown.chars().any(|c| c != '\n' && is_obeyed(c)), "{shown:?}");
            s.press("right");
        }
    }
}

/// A run under way with `calls` calls so far.
fn growing(calls: usize) -> World {
    let mut script = Script::new(7, 60);
    let root = script.add(None, StepKind::Agent, "root", 0);
    for _ in 0..calls {
        script.call(root, "gpt-5.1", 1000, (100, 0, 10));
        script.add(Some(root), StepKind::Tool, "look", 100);
    }
    script.edit(root, |step| (step.end, step.status) = (0, StepStatus::Running));
    World { runs: vec![script.end(&["root"], "grow")], ..World::default() }
}

fn grow(s: &mut Session, calls: usize) {
    s.world = growing(calls);
    let told = &s.world.runs[0];
    let view = RunView::new(RunKey(7), 9, told.steps.clone());
    s.send(Msg::Steps(RunKey(7), Ok(Arc::new(view))));
}

#[test]
fn a_run_that_grows_grows_at_the_end_and_the_stop_stays() {
    let mut s = Session::new(growing(2), (120, 36));
    s.press("enter R t t");
    assert_eq!((next(&s).as_str(), s.replay().at), ("look", 4));
    grow(&mut s, 5);
    assert_eq!((next(&s).as_str(), s.replay().at), ("look", 4));
    assert_eq!(s.replay().view.as_ref().unwrap().replay().stops(), 12);
    s.press("G");
    let last = s.replay().at;
    grow(&mut s, 6);
    assert_eq!(s.replay().at, last, "what was the end is before what came after it");
    assert_eq!(next(&s), "chat gpt-5.1");
}

#[test]
fn the_newest_wish_alone_is_answered() {
    let mut s = replaying((120, 36), "m");
    let shown = s.replay().scene.document.clone();
    let number = s.app.number;
    s.send(Msg::Scene(number - 1, Ok(Arc::default())));
    assert_eq!(s.replay().scene.document, shown, "an answer that nobody waits for is dropped");
}

#[test]
fn it_opens_before_the_steps_are_read_and_closes_too() {
    let mut s = Session::new(world(), (120, 36));
    s.press("j enter");
    let Some(Screen::Run(run)) = s.app.screens.last_mut() else { panic!("a run is open") };
    let view = run.view.take().unwrap();
    s.press("R right G m");
    assert!(s.replay().view.is_none());
    assert!(s.app.notice.is_some());
    s.send(Msg::Steps(view.run, Ok(view)));
    assert!(s.replay().view.is_some());
    s.press("esc");
    assert!(matches!(s.app.top(), Some(Screen::Run(_))));
}

#[test]
fn nothing_is_copied_while_the_conversation_of_the_stop_is_on_its_way() {
    let mut s = replaying((120, 36), "G");
    s.holds_back = true;
    for key in ["y", "o"] {
        s.press("< ");
        s.asked.clear();
        s.press(key);
        assert!(
            !s.asked.iter().any(|asked| matches!(asked, Effect::Copy(_) | Effect::Read(_))),
            "{:?}",
            s.asked
        );
        let said = &s.app.notice.as_ref().unwrap().text;
        assert_eq!(*said, format!("the conversation is still being read: {key} again"));
    }
}
