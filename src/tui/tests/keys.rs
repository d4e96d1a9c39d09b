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
fn tab_and_enter_give_the_keys_to_the_detail_and_escape_takes_them_back() {
    let mut s = in_refund();
    s.press("tab");
    assert_eq!(s.run().focus, Pane::Detail);
    s.press("tab enter");
    assert_eq!(s.run().focus, Pane::Detail);
    s.press("z");
    assert!(s.run().zoom);
    s.press("esc esc");
    assert_eq!((s.run().zoom, s.run().focus), (false, Pane::Tree));
    s.press("esc");
    assert_eq!(s.app.screens.len(), 1);
}

#[test]
fn the_detail_begins_with_what_is_new_and_folds_the_rest() {
    let mut s = in_refund();
    s.press("j");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("new since the last call"), "{picture}");
    assert!(picture.contains("▸ 2 earlier messages"), "{picture}");
    assert!(picture.contains("문 앞에 두었습니다"), "escapes are decoded: {picture}");
    assert!(!picture.contains("Where is order 8812?"), "{picture}");
}

#[test]
fn the_next_step_can_be_read_without_leaving_the_detail() {
    let mut s = in_refund();
    s.press("j tab J");
    assert_eq!((s.step_name().as_str(), s.run().focus), ("get_order", Pane::Detail));
    s.press("K");
    assert_eq!(s.step_name(), "chat claude-sonnet-4-5");
}

#[test]
fn a_value_is_copied_without_its_name_and_a_fold_with_all_that_it_holds() {
    for (script, expected) in [
        ("j j tab j j y", "refund policy"),
        ("j j tab j y", r#"{"q":"refund policy","lang":"ko","options":{"safe":true,"region":null}}"#),
        ("j tab j y", "left with neighbour"),
    ] {
        let mut s = in_refund();
        s.press(script);
        let text: Vec<&str> = s
            .asked
            .iter()
            .filter_map(|e| if let Effect::Copy(t) = e { Some(t.as_str()) } else { None })
            .collect();
        assert!(text.iter().any(|text| text.contains(expected)), "{script}: {text:?}");
    }
}

#[test]
fn a_step_is_copied_as_json_and_by_its_id() {
    let mut s = in_refund();
    s.press("j Y ctrl-y");
    let [Effect::Copy(json), Effect::Copy(id)] = s.asked.as_slice() else { panic!("{:?}", s.asked) };
    let step: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!((step["kind"].as_str(), step["span_id"].as_str()), (Some("llm"), Some(id.as_str())));
    assert_eq!(step["output"][0]["parts"][1]["name"], "search_web");
}

#[test]
fn no_value_is_copied_while_its_step_is_on_its_way() {
    let mut s = in_refund();
    s.press("j tab");
    s.holds_back = true;
    s.press("J y");
    assert!(!s.asked.iter().any(|asked| matches!(asked, Effect::Copy(_))), "{:?}", s.asked);
    assert_eq!(s.app.notice.as_ref().unwrap().text, "the step is still being read: y again");
}

#[test]
fn what_is_too_long_for_the_clipboard_is_told_with_the_way_out() {
    let mut s = in_refund();
    s.press("j");
    s.app.errands.copies = Some((7, s.app.now));
    s.send(Msg::Json(7, Ok("x".repeat(200_000))));
    assert!(s.asked.is_empty());
    let said = &s.app.notice.as_ref().unwrap().text;
    assert!(said.contains("200 kB are more than terminals take (100 kB): o opens"), "{said}");
}

#[test]
fn the_whole_step_is_read_elsewhere() {
    let mut s = in_refund();
    s.press("j o");
    let [Effect::Read(document)] = s.asked.as_slice() else { panic!("{:?}", s.asked) };
    let text = document.text_of(0..document.lines.len());
    assert!(text.contains("just refund it please") && text.contains("Where is order 8812?"), "{text}");
}

#[test]
fn a_search_in_the_detail_finds_folded_words_and_goes_round() {
    let mut s = in_refund();
    s.press("j tab / where");
    assert!(text(&frame(&s.app)).contains("/where▏"));
    assert!(text(&frame(&s.app)).contains("Where is order 8812?"), "unfolded: {}", text(&frame(&s.app)));
    s.press("esc / order");
    let at = |s: &Session| s.run().detail.line(s.run().detail.cursor.line).unwrap().text.clone();
    let first = at(&s);
    s.press("enter");
    assert!(text(&frame(&s.app)).contains("order: 1 of "), "{}", text(&frame(&s.app)));
    let count = s.run().detail.search.as_ref().unwrap().hits.len();
    s.press("n");
    assert_ne!(at(&s), first);
    for _ in 1..count {
        s.press("n");
    }
    assert_eq!(at(&s), first, "after the last the first again");
    s.press("N n");
    assert_eq!(at(&s), first);
    s.press("esc");
    assert!(s.run().detail.search.is_none() && s.run().focus == Pane::Detail);
}

#[test]
fn a_search_given_up_leaves_the_cursor_where_it_was() {
    let mut s = in_refund();
    s.press("j tab j j");
    let before = s.run().detail.cursor;
    s.press("/ order esc");
    assert_eq!((s.run().detail.cursor, s.run().detail.search.is_none()), (before, true));
    s.press("/ nosuchword");
    assert!(text(&frame(&s.app)).contains("no hits"));
    assert_eq!(s.run().detail.cursor, before);
    s.press("enter n esc esc");
    assert_eq!(s.run().focus, Pane::Tree);
}

#[test]
fn a_search_goes_on_in_the_next_step() {
    let mut s = in_refund();
    s.press("j j tab / refund enter");
    let before = s.run().detail.search.as_ref().unwrap().hits.len();
    s.press("J");
    let search = s.run().detail.search.as_ref().unwrap();
    assert!(before > 0 && !search.hits.is_empty() && search.hits.len() != before, "{search:?}");
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
