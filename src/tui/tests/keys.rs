//! What each key does: a world, keys, what is so afterwards.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::model::RunKey;
use crate::tui::app::{Effect, Msg, Screen};
use crate::tui::screens::Pane;
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{World, world};

fn wide() -> Session {
    Session::new(world(), (120, 40))
}

/// A session in the refund run, the cursor on its root.
fn in_refund() -> Session {
    let mut s = wide();
    s.press("j enter");
    s
}

#[test]
fn arrows_and_letters_move_alike_and_stop_at_the_ends() {
    for (script, at) in [
        ("down down", 2),
        ("j j k", 1),
        ("up", 0),
        ("end", 5),
        ("G g", 0),
        ("ctrl-d ctrl-d", 5),
        ("pagedown ctrl-b", 0),
    ] {
        let mut s = wide();
        s.press(script);
        assert_eq!(s.runs().at, at, "{script}");
        assert!(!s.runs().follow, "{script}: a manual move leaves follow");
    }
}

#[test]
fn the_filter_looks_at_agent_task_name_and_model() {
    for (words, expected) in [
        ("refund", vec![3, 5]),
        ("REFUND 8811", vec![3]),
        ("주문", vec![4]),
        ("gemini-3", vec![5, 6]),
        ("reviewer", vec![2]),
        ("nothing-like-it", vec![]),
    ] {
        let mut s = wide();
        s.press(&format!("/ {} enter", words.replace(' ', " space ")));
        let runs = s.runs();
        let shown = (0..runs.shown.len()).filter_map(|at| runs.run(at, &s.app.runs));
        let mut keys: Vec<i64> = shown.map(|run| run.key.0).collect();
        keys.sort_unstable();
        assert_eq!(keys, expected, "{words}");
    }
}

#[test]
fn escape_clears_the_filter_and_never_leaves_the_program() {
    let mut s = wide();
    s.press("/ 8811 enter");
    assert_eq!(s.runs().shown.len(), 1);
    s.press("esc esc");
    assert_eq!((s.runs().shown.len(), s.runs().filter.value()), (6, ""));
    assert!(s.asked.is_empty());
}

#[test]
fn letters_typed_into_the_filter_are_no_orders() {
    let mut s = wide();
    s.press("/ q?faz");
    assert_eq!(s.runs().filter.value(), "q?faz");
    assert!(s.asked.is_empty() && s.app.screens.len() == 1);
    s.press("ctrl-c");
    assert_eq!(s.asked, [Effect::Quit]);
}

#[test]
fn a_paste_goes_into_the_filter_on_one_line() {
    let mut s = wide();
    s.press("/");
    s.send(Msg::Input(Event::Paste("refund\n\t주문\u{1b}".into())));
    assert_eq!(s.runs().filter.value(), "refund 주문\u{1b}");
}

#[test]
fn traces_without_an_agent_are_listed_when_asked_for() {
    let mut world = world();
    world.runs[1].summary.agentic = false;
    let mut s = Session::new(world, (120, 40));
    assert_eq!(s.runs().shown.len(), 5);
    s.press("a");
    assert_eq!(s.runs().shown.len(), 6);
}

#[test]
fn the_empty_screen_copies_the_setup_and_starts_the_demo() {
    let mut s = Session::new(World::default(), (80, 24));
    s.press("y d");
    let [Effect::Copy(setup), Effect::StartDemo] = s.asked.as_slice() else { panic!("{:?}", s.asked) };
    assert!(setup.contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318\n"), "{setup}");
}

#[test]
fn enter_opens_a_run_and_q_comes_back_to_the_same_row() {
    let mut s = in_refund();
    assert_eq!(s.run().key, RunKey(4));
    assert_eq!(s.step_name(), "triage");
    s.press("q");
    assert!(matches!(s.app.top(), Some(Screen::Runs(_))));
    assert_eq!(s.runs().selected, Some(RunKey(4)));
    s.press("q");
    assert_eq!(s.asked, [Effect::Quit]);
}

#[test]
fn folds_open_close_and_climb() {
    for (script, name, rows) in [
        ("", "triage", 14),
        ("left", "triage", 1),
        ("left right", "triage", 14),
        ("right", "chat claude-sonnet-4-5", 14),
        ("space", "triage", 1),
        ("down h", "triage", 14),
        ("end left", "billing", 14),
        ("end left left", "billing", 6),
        ("end left left -", "triage", 1),
        ("- =", "triage", 14),
        ("p", "triage", 15),
    ] {
        let mut s = in_refund();
        s.press(script);
        assert_eq!((s.step_name().as_str(), s.run().tree.shown.len()), (name, rows), "{script}");
    }
}

#[test]
fn errors_are_found_even_where_they_are_folded_away() {
    let mut s = in_refund();
    s.press("- n");
    assert_eq!(s.step_name(), "issue_refund");
    s.press("n");
    assert_eq!(s.app.notice.as_ref().unwrap().text, "no failed step below");
    s.press("G N");
    assert_eq!(s.step_name(), "issue_refund");
}

#[test]
fn a_search_in_the_tree_looks_at_names_agents_tools_and_errors() {
    for (typed, steps) in [
        ("search", vec!["search_web"]),
        ("timed out", vec!["issue_refund"]),
        ("tool get", vec!["get_order"]),
        ("CLAUDE", vec![]),
        ("sonnet", vec!["chat claude-sonnet-4-5"]),
    ] {
        let mut s = in_refund();
        s.press(&format!("- / {} enter", typed.replace(' ', " space ")));
        match steps.first() {
            Some(name) => assert_eq!(s.step_name(), *name, "{typed}"),
            None => assert_eq!(s.step_name(), "triage", "{typed}"),
        }
    }
    let mut s = in_refund();
    s.press("/ search_web enter n n");
    assert!(text(&frame(&s.app)).contains("search_web: 3 of 3"));
    s.press("n");
    assert!(text(&frame(&s.app)).contains("1 of 3"));
    s.press("esc n");
    assert_eq!(s.step_name(), "issue_refund", "without hits n goes to errors again");
}

#[test]
fn jumps_go_to_calls_tools_the_same_tool_the_dearest_and_through_time() {
    for (script, name, at) in [
        ("m", "chat claude-sonnet-4-5", 1),
        ("m m M", "chat claude-sonnet-4-5", 1),
        ("t", "get_order", 2),
        ("t t", "search_web", 7),
        ("t t s s", "search_web", 11),
        ("t t s S", "search_web", 7),
        ("$", "chat claude-sonnet-4-5", 13),
        ("> >", "get_order", 2),
        ("> > <", "chat claude-sonnet-4-5", 1),
        ("- t t", "search_web", 7),
    ] {
        let mut s = in_refund();
        s.press(script);
        assert_eq!((s.step_name().as_str(), s.run().tree.at), (name, at), "{script}");
    }
    let mut s = in_refund();
    s.press("M");
    assert_eq!(s.app.notice.as_ref().unwrap().text, "no model call above");
}

#[test]
fn figures_are_sums_own_or_all_so_far() {
    let mut s = in_refund();
    let last = |s: &Session| {
        text(&frame(&s.app)).lines().find(|row| row.contains("issue_refund")).unwrap().to_owned()
    };
    assert!(!last(&s).contains('$'), "{}", last(&s));
    s.press("x");
    assert!(text(&frame(&s.app)).contains("own figures"));
    let root = text(&frame(&s.app)).lines().find(|row| row.contains("▾ ◆ triage")).unwrap().to_owned();
    assert!(!root.contains('$'), "{root}");
    s.press("x");
    assert!(text(&frame(&s.app)).contains("running total"));
    assert!(last(&s).contains('$'), "{}", last(&s));
    s.press("x P");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("critical path") && picture.contains('█') && !picture.contains("running total"));
}

#[test]
fn help_lists_the_keys_of_the_screen_below() {
    let mut s = in_refund();
    s.press("?");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("next failed step") && !picture.contains("play several"), "{picture}");
    s.press("q");
    assert!(matches!(s.app.top(), Some(Screen::Run(_))));
}

#[test]
fn the_wheel_moves_and_a_click_selects_then_folds() {
    let mut s = in_refund();
    let mouse = |kind, column, row| {
        Msg::Input(Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    };
    s.send(mouse(MouseEventKind::ScrollDown, 5, 5));
    assert_eq!(s.run().tree.at, 3);
    let click = MouseEventKind::Down(MouseButton::Left);
    s.send(mouse(click, 5, 2));
    assert_eq!((s.step_name().as_str(), s.run().tree.shown.len()), ("triage", 14));
    s.send(mouse(click, 5, 2));
    assert_eq!(s.run().tree.shown.len(), 1);
    s.send(mouse(click, 100, 6));
    assert_eq!(s.run().focus, Pane::Detail);
}

#[test]
fn suspend_and_quit_are_asked_for() {
    let mut s = wide();
    s.press("ctrl-z ctrl-c");
    assert_eq!(s.asked, [Effect::Suspend, Effect::Quit]);
}

#[test]
fn the_cost_is_one_key_away_wherever_the_detail_is() {
    for size in [(120, 40), (80, 24)] {
        let mut s = Session::new(world(), size);
        s.press("j enter j c");
        assert!(s.run().focus == Pane::Detail);
        let picture = text(&frame(&s.app));
        assert!(picture.contains("$1.50/M") && picture.contains("computed"), "{picture}");
        s.press("K c");
        let picture = text(&frame(&s.app));
        assert!(picture.contains("cost of the calls below") && picture.contains("6 calls"), "{picture}");
        s.press("J J c");
        assert!(text(&frame(&s.app)).contains("no model call is paid here"));
    }
}

#[test]
fn a_search_finds_the_same_once_it_is_known_which_rows_are_alike() {
    for (words, found) in
        [("search_web", 3), ("tool get", 1), ("sonnet billing", 0), ("tool", 5), ("nowhere", 0)]
    {
        let typed = format!("/ {}", words.replace(' ', " space "));
        let hits = |s: &Session| s.run().tree.search.as_ref().unwrap().hits.clone();
        let mut s = in_refund();
        s.press(&typed);
        let view = s.run().view.clone().unwrap();
        assert!(view.known_likeness().is_none());
        let before = hits(&s);
        assert_eq!(before.len(), found, "{words}");
        view.likeness();
        s.press("esc");
        s.press(&typed);
        assert_eq!(hits(&s), before, "{words}");
    }
}
