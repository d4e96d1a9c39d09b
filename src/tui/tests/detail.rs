//! What keys do in the detail of a step: reading on, copying, searching.

use crate::tui::app::{Effect, Msg};
use crate::tui::screens::Pane;
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::world;

/// A session in the refund run, the cursor on its root.
fn in_refund() -> Session {
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter");
    s
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
