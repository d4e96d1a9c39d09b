//! A step read: every kind of content as a styled picture, long content, a hostile document.

use std::sync::Arc;

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::model::{Content, Part, Role};
use crate::report::format::Zone;
use crate::report::text::is_obeyed;
use crate::tui::app::{Effect, FoundSteps, Msg};
use crate::tui::backend::{Backend, StepDetail};
use crate::tui::document;
use crate::tui::screens::DetailPane;
use crate::tui::search::Search;
use crate::tui::testing::content::{rich, says, show};
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::world;
use crate::tui::theme::{Depth, Theme};

/// A session whose detail pane shows the first call with this content.
fn reading(size: (u16, u16), theme: Theme, ascii: bool, change: impl FnOnce(&mut StepDetail)) -> Session {
    let mut s = Session::with(world(), size, theme, ascii);
    s.press("j enter j tab");
    show(&mut s, change);
    s
}

#[test]
fn words_that_a_step_says_are_found_from_the_tree() {
    let mut s = Session::new(world(), (120, 36));
    s.press("j enter / 14 space days");
    assert_eq!(s.step_name(), "get_order");
    assert_eq!(s.run().search_line().unwrap().1, "1 of 5");
    s.press("enter n");
    assert_eq!(s.step_name(), "search_web");
    let number = s.app.number;
    s.press("esc");
    assert!(s.run().tree.said.steps.is_empty(), "what is no longer looked for is forgotten");
    let late =
        FoundSteps { steps: [s.run().view.as_ref().unwrap().steps[0].key].into(), whole: true, percent: 100 };
    s.send(Msg::Said(number, Ok(late)));
    assert!(s.run().tree.said.steps.is_empty(), "and a late answer is dropped");
}

#[test]
fn an_agents_figures_are_those_of_its_steps_and_what_it_says_otherwise_stands_beside_them() {
    let mut world = world();
    let roots = world.runs.iter_mut().filter_map(|told| told.steps.first_mut());
    roots.for_each(|root| (root.usage.input, root.usage.output) = (Some(98_000), Some(1_000)));
    let mut s = Session::new(world, (160, 36));
    s.press("j enter tab z");
    let picture = text(&frame(&s.app));
    let row = picture.lines().find(|row| row.contains("with all steps below")).unwrap();
    assert!(row.contains("in 15.8k") && row.contains("declares 99.0k tokens"), "{picture}");
}

#[test]
fn content_is_read_without_colours_and_without_utf8() {
    let mut s = reading((100, 30), Theme::built_in(Depth::None, "dark"), true, rich);
    s.press("z");
    let picture = text(&frame(&s.app));
    assert!(picture.is_ascii(), "{picture}");
    s.press("/ refund enter n");
    assert_snapshot!("reading_without_colours", text(&frame(&s.app)));
    let colours = frame(&s.app);
    let coloured = colours.content.iter().filter(|c| c.fg != ratatui::style::Color::Reset);
    assert_eq!(coloured.count(), 0);
}

#[test]
fn where_the_detail_has_no_room_the_step_under_the_cursor_is_meant() {
    let mut s = Session::new(world(), (80, 24));
    s.press("j enter j j Y");
    let copied = |s: &Session| match s.asked.last() {
        Some(Effect::Copy(json)) => json.clone(),
        other => panic!("{other:?}"),
    };
    assert!(copied(&s).contains("get_order"));
    s.press("o");
    let opened = |s: &Session| match s.asked.last() {
        Some(Effect::Read(document)) => document.text_of(0..document.lines.len()),
        other => panic!("{other:?}"),
    };
    assert!(opened(&s).contains("get_order"), "it is read for it");
    s.press("enter esc G o");
    assert!(opened(&s).contains("claude-sonnet-4-5"), "not the step of before");
    s.press("Y");
    assert!(copied(&s).contains("claude-sonnet-4-5"));
}

#[test]
fn what_is_to_be_opened_is_not_once_another_key_was_pressed() {
    let mut s = Session::new(world(), (80, 24));
    s.press("j enter j j");
    s.holds_back = true;
    s.press("o");
    let Some(Effect::LoadDetail(number, asked)) = s.asked.pop() else { panic!("it is asked for") };
    s.app.now += 1_000_000_000;
    assert!(text(&frame(&s.app)).contains("reading the step to open it"));
    s.press("k");
    let document = crate::tui::document::of_step(&asked, &s.world.detail(&asked).unwrap(), Zone::Utc);
    s.send(Msg::Detail(number, Ok(Arc::new(document))));
    assert!(!s.asked.iter().any(|effect| matches!(effect, Effect::Read(_))), "{:?}", s.asked);
    assert_eq!(s.app.tick(), None);
}

#[test]
fn a_jump_of_the_context_is_told_where_it_happens() {
    let s = reading((120, 36), Theme::for_reading_back(), false, rich);
    let picture = text(&frame(&s.app));
    assert!(picture.contains("the context fell from 31.0k to 1.8k"), "{picture}");
    let mut s = s;
    s.press("/ earlier");
    assert!(text(&frame(&s.app)).contains("2 earlier messages (about 1.8k tokens)"));
}

/// Ten megabytes on one line, and ten in short ones: no frame, page or search is felt.
#[test]
fn ten_megabytes_are_searched_and_unfolded() {
    for long in [
        format!("{}needle{}", "긴 답변 ".repeat(500_000), " and a long answer".repeat(200_000)),
        format!("{}needle\n{}", "긴 답변 line\n".repeat(200_000), "and a long answer\n".repeat(200_000)),
    ] {
        let mut s = reading((120, 36), Theme::for_reading_back(), false, |detail| {
            detail.content.result = Some(long.clone());
        });
        s.press("/ needle enter");
        let picture = text(&frame(&s.app));
        assert!(picture.contains("needle: 1 of 1"), "{picture}");
        s.press("pagedown ctrl-u G g");
    }
}

/// Text that has broken terminals and parsers, JSON and Markdown among it.
fn wild() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "\\PC{0,10}",
        proptest::sample::select(vec![
            "\u{1b}[31m",
            "\u{1b}]0;x\u{7}",
            "\u{9b}2J",
            "**",
            "`",
            "```\n",
            "# ",
            "\n",
            "\t",
            "{\"a\": \"",
            "\"}",
            "[",
            "👩‍👩‍👧‍👦",
            "\u{200d}",
            "\u{301}",
            "한국어",
            "\u{202e}",
            "مرحبا",
            "\\n",
            "\\u001b",
            "- ",
            "> ",
            "\u{0}",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The letters and digits of any script: what no rendering may lose.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #[test]
    fn no_content_is_lost_and_none_is_obeyed(said in wild(), columns in 4usize..60) {
        let s = Session::new(world(), (120, 36));
        let mut s = s;
        s.press("j enter j");
        let asked = s.run().detail.asked.clone().unwrap();
        let mut detail = s.world.detail(&asked).unwrap();
        detail.content = Content {
            output: vec![says(Role::Assistant, vec![Part::Text(said.clone())])],
            ..Content::default()
        };
        let document = Arc::new(document::of_step(&asked, &detail, Zone::Utc));
        let mut pane = DetailPane::default();
        pane.set(Arc::clone(&document), false);
        let said_at = document.lines.iter().position(|line| line.text == "assistant").unwrap();
        let body = &document.lines[said_at + 1..=said_at + document.lines[said_at].holds];
        for line in body {
            prop_assert!(!line.text.chars().any(is_obeyed), "{:?}", line.text);
            prop_assert!(line.roles.last().is_none_or(|&(end, _)| end == line.text.len()));
            prop_assert!(line.roles.iter().all(|&(end, _)| line.text.is_char_boundary(end)));
            let rows = document::rows(&line.text, columns);
            prop_assert_eq!(rows.iter().map(|&(from, to)| &line.text[from..to]).collect::<String>(), line.text.clone());
        }
        let is_json = serde_json::from_str::<serde_json::Value>(&said).is_ok();
        if !is_json && !said.contains(['\u{1b}', '\u{9b}']) && !said.contains("\u{e0000}") {
            let shown: String = body.iter().map(|line| line.text.as_str()).collect();
            let kept = letters(&crate::report::text::lines(&said).collect::<Vec<_>>().concat());
            let rest = letters(&shown);
            prop_assert_eq!(rest.len() >= kept.len(), true, "{} / {}", shown, said);
        }
    }

    #[test]
    fn every_hit_can_be_gone_to(said in wild(), typed in "[a-z한]{1,2}", columns in 4usize..60) {
        let mut s = Session::new(world(), (120, 36));
        s.press("j enter j");
        let asked = s.run().detail.asked.clone().unwrap();
        let mut detail = s.world.detail(&asked).unwrap();
        detail.content.result = Some(said);
        let mut pane = DetailPane::default();
        pane.set(Arc::new(document::of_step(&asked, &detail, Zone::Utc)), false);
        pane.fold_all(true);
        pane.search = Some(Search { input: typed.as_str().into(), ..Search::default() });
        pane.seek();
        let hits = pane.search.as_ref().unwrap().hits.clone();
        for (line, byte) in hits {
            pane.go_on(true, columns);
            let (from, to) = pane.rows_of(pane.cursor.line, columns)[pane.cursor.row];
            let here = pane.search.as_ref().and_then(Search::here).unwrap();
            prop_assert_eq!(pane.shown[pane.cursor.line], here.0);
            prop_assert!((from..to).contains(&here.1), "{here:?} of {line} {byte}");
        }
    }
}

#[test]
fn a_copy_that_takes_long_says_so_and_esc_gives_it_up() {
    let mut s = Session::new(world(), (100, 30));
    s.press("enter");
    s.holds_back = true;
    let idle = s.app.tick();
    s.press("Y");
    assert!(!text(&frame(&s.app)).contains("to copy it"), "most are there at once");
    s.send(Msg::Now(s.app.now + 600_000_000));
    assert!(text(&frame(&s.app)).contains("reading the step to copy it · Esc gives up"));
    s.press("esc");
    s.send(Msg::Json(s.app.number, Ok("late".into())));
    assert!(!s.asked.iter().any(|asked| matches!(asked, Effect::Copy(_))), "{:?}", s.asked);
    assert_eq!((s.app.tick(), s.app.screens.len()), (idle, 2), "nothing moves, and the run is still open");
}
