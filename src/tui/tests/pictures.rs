//! What must hold for any picture, beyond those of the matrix.

use insta::assert_snapshot;
use ratatui::style::Color;

use crate::model::{Content, IntakeCounts, Message, Part, Role as Speaker};
use crate::tui::app::Msg;
use crate::tui::testing::pair::pairs;
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::troubled::troubled;
use crate::tui::testing::world::{NOON, World, world};
use crate::tui::theme::{Depth, Theme};

const SIZES: [(u16, u16); 4] = [(60, 12), (80, 24), (120, 40), (200, 50)];

#[test]
fn the_header_leaves_out_what_is_known_anyway_where_room_is_short() {
    let mut s = Session::new(world(), (200, 24));
    s.send(Msg::Now(NOON + 1_000_000_000));
    s.intake = IntakeCounts { spans: 21_300, refused: 2, rejected: 31, ..IntakeCounts::default() };
    s.send(Msg::IntakeChanged);
    let mut at = |width: u16| {
        s.send(Msg::Input(crossterm::event::Event::Resize(width, 24)));
        text(&frame(&s.app)).lines().next().unwrap_or_default().trim_end().to_owned()
    };
    let rows: Vec<String> = [200, 120, 110, 100, 90, 80, 70, 60].map(&mut at).into();
    assert_snapshot!(rows.join("\n"));
}

#[test]
fn a_terminal_too_small_is_told_what_is_needed() {
    let s = Session::new(world(), (50, 11));
    assert_eq!(text(&frame(&s.app)).trim(), "spanglass needs 60×12, this is 50×11");
}

/// Every screen in its states: a world and what is pressed in it.
fn scenes() -> Vec<(World, &'static [&'static str])> {
    let usual: &[&str] = &[
        "",
        "S",
        "b right",
        "b b right",
        "b b b",
        "/ is: tab",
        "/ 주문 left",
        "F 환불",
        "F",
        "F zzz",
        "j enter j j",
        "G enter j tab",
        "?",
        "j enter c",
        "G m g m",
    ];
    let flagged: &[&str] = &[
        "",
        "w",
        "w enter",
        "w X",
        "w enter c",
        "enter r",
        "enter !",
        "enter x",
        "enter P",
        "G w",
        "j w",
        "j enter H",
        "j enter H G",
        "j j enter H",
        "G enter H",
        "j enter H ?",
    ];
    let beside: &[&str] =
        &["m j m", "D", "j d", "j d n", "j d z", "j d m", "j d u g", "j d t", "j d s", "j d tab", "j d ?"];
    vec![(world(), usual), (troubled(), flagged), (pairs(), beside)]
}

/// Looks at every scene at small, usual and wide sizes, drawn with so many colours.
fn every_scene(depth: Depth, ascii: bool, look: impl Fn(&str, (u16, u16), &ratatui::buffer::Buffer)) {
    for size in [(60, 15), (80, 24), (160, 45)] {
        for (world, scripts) in scenes() {
            for script in scripts {
                let theme = Theme::built_in(depth, "dark");
                let mut s = Session::with(world.clone(), size, theme, ascii);
                if !script.is_empty() {
                    s.press(script);
                }
                look(script, size, &frame(&s.app));
            }
        }
    }
}

#[test]
fn without_utf8_every_cell_is_ascii() {
    every_scene(Depth::None, true, |script, size, buffer| {
        let picture = text(buffer);
        assert!(picture.is_ascii(), "{script} {size:?}\n{picture}");
    });
}

#[test]
fn without_colour_no_cell_has_one() {
    every_scene(Depth::None, false, |script, size, buffer| {
        let coloured =
            buffer.content.iter().filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset);
        assert_eq!(coloured.count(), 0, "{script} {size:?}");
        let has_cursor = text(buffer).contains('▌');
        let needs_none = ["?", "zzz", " z", "G enter H", "F"];
        let excused = needs_none.iter().any(|end| script.ends_with(end));
        assert!(
            has_cursor || excused,
            "the cursor is a sign, not a colour: {script} {size:?}\n{}",
            text(buffer)
        );
    });
}

#[test]
fn with_sixteen_colours_no_cell_has_another() {
    let is_one = |color| !matches!(color, Color::Rgb(..) | Color::Indexed(16..));
    every_scene(Depth::Sixteen, false, |script, size, buffer| {
        let others = buffer.content.iter().filter(|cell| !is_one(cell.fg) || !is_one(cell.bg));
        assert_eq!(others.count(), 0, "{script} {size:?}");
    });
}

/// What reaches the terminal is the cells' symbols: none may hold anything but what is printed.
#[test]
fn no_control_character_of_a_span_reaches_a_cell() {
    for script in [
        "",
        "G",
        "G enter",
        "G enter j j tab",
        "G enter j tab =",
        "j enter n tab = pagedown",
        "G m g m d",
        "G m g m d j j z",
        "G m g m d m",
    ] {
        for size in SIZES {
            let mut s = Session::new(world(), size);
            s.press(script);
            for cell in &frame(&s.app).content {
                let bad = cell.symbol().chars().find(|c| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') && *c != '\u{200d}');
                assert_eq!(bad, None, "{script} {size:?} {:?}", cell.symbol());
            }
        }
    }
}

/// Ten megabytes of answer: any frame touches only the lines of its window, and none of them is long.
#[test]
fn a_long_content_scrolls_without_being_wrapped_whole() {
    use crate::tui::document;
    let mut s = Session::new(world(), (120, 40));
    s.press("j enter j tab");
    let mut content = Content::default();
    let long = "긴 답변과 a long answer, line by line. ".repeat(250_000);
    content.output.push(Message {
        role: Speaker::Assistant,
        name: None,
        parts: vec![Part::Text(long)],
        finish_reason: None,
    });
    let asked = s.run().detail.asked.clone().unwrap();
    let mut detail = crate::tui::backend::Backend::detail(&mut s.world, &asked).unwrap();
    detail.content = content;
    let document = document::of_step(&asked, &detail, crate::report::format::Zone::Utc);
    assert!(document.lines.len() > 2000);
    let number = s.app.number + 1;
    if let Some(crate::tui::app::Screen::Run(run)) = s.app.screens.last_mut() {
        run.detail.waits_for = Some(number);
    }
    s.send(Msg::Detail(number, Ok(std::sync::Arc::new(document))));
    let longest = s.run().detail.document.as_ref().unwrap().lines.iter().map(|line| line.text.len()).max();
    assert!(longest <= Some(document::LONGEST), "a frame wraps no more than the lines of its window");
    s.press("G");
    assert!(text(&frame(&s.app)).contains("ids and times"));
    s.press("g pagedown");
    assert!(text(&frame(&s.app)).contains("line by line"));
}
