//! Every screen in every state, at every size and with every kind of terminal: one file of pictures for each.

mod offers;
mod scenes;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use insta::assert_snapshot;
use ratatui::buffer::Buffer;
use ratatui::style::Color;

use crate::tui::app::{Msg, Screen};
use crate::tui::keys::{BINDINGS, Context};
use crate::tui::testing::picture::{assert_rows_fill_the_screen, frame, painted, styled, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{NOON, World};
use crate::tui::theme::{Depth, Theme};

use self::scenes::{SCENES, Scene, Then};

/// The smallest terminal, then small, usual, roomy and wide ones.
const SIZES: [(u16, u16); 5] = [(60, 12), (60, 15), USUAL, (120, 36), (200, 50)];
const USUAL: (u16, u16) = (80, 24);

/// The kinds of terminal and of text that are looked at in the usual size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// All colours.
    Usual,
    /// The terminal's own sixteen.
    Sixteen,
    /// `NO_COLOR`.
    NoColor,
    /// No UTF-8.
    Ascii,
    /// Everything is named in Korean.
    Korean,
}

/// A scene as a session in its state.
fn session(scene: &Scene, size: (u16, u16), kind: Kind) -> Session {
    let theme = match kind {
        Kind::Sixteen => Theme::built_in(Depth::Sixteen, "dark"),
        Kind::NoColor => Theme::built_in(Depth::None, "dark"),
        _ => Theme::for_reading_back(),
    };
    let world = world_of(scene);
    let world = if kind == Kind::Korean { korean(world) } else { world };
    let ascii = kind == Kind::Ascii;
    let mut s = if scene.then.comes_first() {
        Session::unanswered(world, size, theme, ascii).0
    } else {
        Session::with(world, size, theme, ascii)
    };
    press(&mut s, scene.before);
    scene.then.happen(&mut s);
    press(&mut s, scene.keys);
    if scene.then == Then::Wait {
        // what is late says so
        s.send(Msg::Now(NOON + 3_000_000_000));
    }
    s
}

/// The world of a scene; made once for all of a thread's sessions, of which there are hundreds.
fn world_of(scene: &Scene) -> World {
    type Made = (fn() -> World, World);
    thread_local! {
        static LAST: RefCell<Option<Made>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        let known = last.take().filter(|(make, _)| std::ptr::fn_addr_eq(*make, scene.world));
        last.insert(known.unwrap_or_else(|| (scene.world, (scene.world)()))).1.clone()
    })
}

fn press(s: &mut Session, keys: &str) {
    if !keys.is_empty() {
        s.press(keys);
    }
}

/// A world with Korean before each name.
fn korean(mut world: World) -> World {
    for told in &mut world.runs {
        let summary = &mut told.summary;
        summary.task = summary.task.as_ref().map(|task| format!("이중 결제를 환불해 주세요 고객님 {task}"));
        summary.agents.iter_mut().for_each(|agent| agent.insert_str(0, "환불담당 "));
        for step in &mut told.steps {
            step.name = format!("환불규정을 확인하는 {}", step.name).into();
            step.agent = step.agent.as_ref().map(|agent| format!("환불담당 {agent}").into());
            for side in
                step.handoff.iter_mut().flat_map(|handoff| [&mut handoff.from, &mut handoff.to]).flatten()
            {
                *side = format!("환불담당 {side}").into();
            }
            step.error = step.error.as_ref().map(|error| format!("시간이 초과되었습니다 {error}").into());
        }
    }
    world
}

/// The picture of a scene in all its columns.
fn row(scene: &Scene) -> String {
    let mut out = String::new();
    let mut add = |head: &str, picture: &str| writeln!(out, "══ {head} ══\n{}", without_gaps(picture));
    let mut usual = String::new();
    for size in SIZES {
        let s = session(scene, size, Kind::Usual);
        assert_is_sound(scene, &s, Kind::Usual);
        if size == USUAL {
            usual = text(&frame(&s.app));
        }
        add(&format!("{}×{}", size.0, size.1), &styled(&s.app)).unwrap();
    }
    for (head, kind) in [("in 16 colours", Kind::Sixteen), ("without colours", Kind::NoColor)] {
        let s = session(scene, USUAL, kind);
        assert_is_sound(scene, &s, kind);
        let buffer = frame(&s.app);
        let (picture, paint) = (text(&buffer), painted(&buffer));
        let picture = if picture == usual { String::new() } else { picture + "~~~\n" };
        add(&format!("80×24 {head}"), &(picture + &paint)).unwrap();
    }
    for (head, kind) in [("in ASCII", Kind::Ascii), ("in Korean", Kind::Korean)] {
        let s = session(scene, USUAL, kind);
        assert_is_sound(scene, &s, kind);
        add(&format!("80×24 {head}"), &text(&frame(&s.app))).unwrap();
    }
    out
}

/// A picture whose rows that say the same again are told in one.
fn without_gaps(picture: &str) -> String {
    let rows: Vec<&str> = picture.lines().collect();
    let alike = rows.chunk_by(|one, other| one == other).flat_map(|rows| match (rows, rows[0]) {
        ([_] | [_, _], _) => rows.iter().map(|&row| row.to_owned()).collect(),
        (_, "") => vec![format!("… {} blank rows", rows.len())],
        (_, first) => vec![first.to_owned(), format!("… {} more rows like this", rows.len() - 1)],
    });
    alike.fold(String::new(), |out, row| out + &row + "\n")
}

/// What must hold for any picture.
fn assert_is_sound(scene: &Scene, s: &Session, kind: Kind) {
    let buffer = frame(&s.app);
    let of = format!("{} {kind:?} {:?}\n{}", scene.name, s.app.size, text(&buffer));
    assert_rows_fill_the_screen(&buffer, &of);
    assert_eq!((buffer.area.width, buffer.area.height), s.app.size, "{of}");
    let others = buffer.content.iter().filter(|cell| !is_of(kind, cell.fg) || !is_of(kind, cell.bg));
    assert_eq!(others.count(), 0, "{of}");
    assert!(kind != Kind::Ascii || text(&buffer).is_ascii(), "{of}");
    assert!(s.app.size.0 < USUAL.0 || footer_is_whole(s, &buffer), "{of}");
}

/// Whether a terminal of this kind has the colour.
fn is_of(kind: Kind, color: Color) -> bool {
    match kind {
        Kind::NoColor => color == Color::Reset,
        Kind::Sixteen => !matches!(color, Color::Rgb(..) | Color::Indexed(16..)),
        _ => true,
    }
}

/// Whether the line of keys, or of news, ends with a word.
fn footer_is_whole(s: &Session, buffer: &Buffer) -> bool {
    let whole = text(buffer);
    let footer = whole.lines().nth(usize::from(buffer.area.height) - 1).unwrap_or_default().trim();
    if let Some(notice) = &s.app.notice {
        return footer == notice.text;
    }
    if s.app.chain().contains(&Context::Search) {
        return footer.starts_with('/') && (footer.ends_with("no hits") || footer.contains(" of "));
    }
    let is_told = |part: &str| {
        let ours = ["quit", "tree", "refused", "refused, why: e", "disk full on /home: free some space"];
        let labels = BINDINGS.iter().map(|binding| binding.label).filter(|label| !label.is_empty());
        labels.chain(ours).any(|label| part == label || part.ends_with(&format!(" {label}")))
    };
    footer.split("  ").map(str::trim).filter(|part| !part.is_empty()).all(is_told)
}

#[test]
fn every_screen_in_every_state_at_every_size() {
    for scene in SCENES {
        assert_snapshot!(scene.name, row(scene));
    }
}

/// A number for each screen: a new one does not compile before it has one, and fails before it has a scene.
const fn number(screen: &Screen) -> usize {
    match screen {
        Screen::Runs(_) => 0,
        Screen::Run(_) => 1,
        Screen::Search(_) => 2,
        Screen::Handoffs(_) => 3,
        Screen::Replay(_) => 4,
        Screen::Diff(_) => 5,
        Screen::Help(_) => 6,
        Screen::Confirm(_) => 7,
        Screen::Palette(_) => 8,
    }
}

#[test]
fn every_screen_and_every_context_has_a_scene() {
    let (mut screens, mut contexts) = ([false; 9], BTreeSet::new());
    for scene in SCENES {
        let s = session(scene, USUAL, Kind::Usual);
        s.app.top().into_iter().for_each(|screen| screens[number(screen)] = true);
        contexts.extend(s.app.chain().iter().map(|context| context.name()));
    }
    assert_eq!(screens, [true; 9]);
    for context in <Context as strum::VariantArray>::VARIANTS {
        assert!(contexts.contains(context.name()), "{context:?}");
    }
}

#[test]
fn every_scene_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = SCENES.iter().map(|scene| scene.name).collect();
    assert_eq!(names.len(), SCENES.len());
}
