//! The terminal's background, asked of the terminal itself.
//!
//! The answer to OSC 11 comes the way keys come, and crossterm, which knows no such answer, makes keys of it. It is picked
//! out of them here, however late it comes: nothing waits for it, and none of it is ever taken for what people typed.
//! (Crates that ask read the terminal themselves up to a deadline; what comes after it, as over a slow SSH, is typed.)

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::theme::Background;
use crate::config::theme::is_light;

/// Asks for the background (xterm's "Operating System Commands", 11).
pub(super) const QUESTION: &str = "\x1b]11;?\x07";

/// What the answer begins with, after `ESC ]`.
const HEAD: &str = "11;rgb";

/// More than any answer has: `11;rgba:` and four parts of four digits.
const LONGEST: usize = 32;

/// How long an `ESC` that came alone may be the half of an order, its other half still on the way: what a connection needs
/// for two packets that were sent as one. Vim waits as long.
pub(super) const HALF: Duration = Duration::from_millis(100);

/// What came of an event.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// It may be a part of the answer: held back.
    Part,
    /// People did this, in this order.
    Events(Vec<Event>),
    /// The answer, whole; `None` where it tells no colour.
    Answer(Option<Background>),
}

/// How much of the answer came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// None of it.
    #[default]
    Nothing,
    /// An `ESC`, which may be a key.
    Escape,
    /// `ESC ]` and what is in the text.
    Begun,
    /// All, and the `ESC` of its end.
    Ending,
    /// It came, or is not expected.
    Done,
}

/// Listens for one answer.
#[derive(Debug, Default)]
pub(super) struct Listener {
    stage: Stage,
    held: Vec<Event>,
    text: String,
    /// An `ESC` was a key. No further one is held back: who answers has answered by then, and keys are to be quick.
    escape_is_a_key: bool,
}

impl Listener {
    /// One that expects no answer.
    pub(super) fn deaf() -> Self {
        Self { stage: Stage::Done, ..Self::default() }
    }

    /// Whether what is held back is the half of an order: silence for as long as [`HALF`] tells what it was.
    pub(super) fn holds_a_half(&self) -> bool {
        matches!(self.stage, Stage::Escape | Stage::Ending)
    }

    /// Nothing came after a half.
    pub(super) fn silence(&mut self) -> Heard {
        if self.stage == Stage::Ending { self.answer() } else { Heard::Events(self.release()) }
    }

    /// Takes the next event. What is no key passes: it is no part of an answer, nor does it end one.
    pub(super) fn hear(&mut self, event: Event) -> Heard {
        let Some(key) = event.as_key_press_event().filter(|_| self.stage != Stage::Done) else {
            return Heard::Events(vec![event]);
        };
        let named = self.text.starts_with(HEAD);
        let stage = self.stage;
        self.stage = match stage {
            Stage::Nothing if is_escape(key) && !self.escape_is_a_key => Stage::Escape,
            Stage::Escape if is_char(key, ']', KeyModifiers::NONE) => Stage::Begun,
            Stage::Begun if named && is_escape(key) => Stage::Ending,
            Stage::Begun if named && is_end(key) => return self.answer(),
            Stage::Ending if is_char(key, '\\', KeyModifiers::NONE) => return self.answer(),
            Stage::Begun if self.takes(key) => Stage::Begun,
            _ => return self.begin_anew(event, key),
        };
        self.held.push(event);
        Heard::Part
    }

    fn answer(&mut self) -> Heard {
        self.stage = Stage::Done;
        self.held.clear();
        Heard::Answer(background(&self.text))
    }

    /// What was held back was typed; the answer may begin with this key.
    fn begin_anew(&mut self, event: Event, key: KeyEvent) -> Heard {
        let mut events = self.release();
        if is_char(key, ']', KeyModifiers::ALT) {
            self.stage = Stage::Begun;
            self.held.push(event);
        } else {
            events.push(event);
        }
        if events.is_empty() { Heard::Part } else { Heard::Events(events) }
    }

    fn release(&mut self) -> Vec<Event> {
        self.escape_is_a_key |= self.stage == Stage::Escape;
        self.stage = Stage::Nothing;
        self.text.clear();
        std::mem::take(&mut self.held)
    }

    /// Whether the answer may go on with this key; it is written down.
    fn takes(&mut self, key: KeyEvent) -> bool {
        let KeyCode::Char(c) = key.code else { return false };
        let fits = (key.modifiers - KeyModifiers::SHIFT).is_empty()
            && match HEAD.as_bytes().get(self.text.len()) {
                Some(&next) => char::from(next) == c,
                None => self.text.len() < LONGEST && (c.is_ascii_hexdigit() || matches!(c, ':' | '/')),
            };
        self.text.extend(fits.then_some(c));
        fits
    }
}

fn is_char(key: KeyEvent, c: char, modifiers: KeyModifiers) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers == modifiers
}

fn is_escape(key: KeyEvent) -> bool {
    key.code == KeyCode::Esc && key.modifiers.is_empty()
}

/// `BEL`, or `ESC \`.
fn is_end(key: KeyEvent) -> bool {
    is_char(key, '\\', KeyModifiers::ALT) || is_char(key, 'g', KeyModifiers::CONTROL)
}

/// Of `11;rgb:1b1b/1e1e/2626`: one to four hexadecimal digits each.
fn background(text: &str) -> Option<Background> {
    let mut parts = text.split_once(':')?.1.split('/').map(|part| {
        let most = (1_u32 << (4 * part.len().min(4))) - 1;
        u32::from_str_radix(part, 16).ok().map(|value| value.min(most) * 255 / most.max(1))
    });
    let [red, green, blue] = [parts.next()??, parts.next()??, parts.next()??];
    let light = is_light(red << 16 | green << 8 | blue);
    Some(if light { Background::Light } else { Background::Dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    /// Keys as crossterm makes them of an answer: `]` with Alt, letters, the end as written. `⟧` and `⧵` stand for keys
    /// whose `ESC` came before them, `□` for a change of the window's size.
    fn keys(text: &str) -> Vec<Event> {
        let one = |c: char| match c {
            '\u{7}' => press(KeyCode::Char('g'), KeyModifiers::CONTROL),
            '\u{1b}' => press(KeyCode::Esc, KeyModifiers::NONE),
            ']' | '\\' => press(KeyCode::Char(c), KeyModifiers::ALT),
            '⟧' => press(KeyCode::Char(']'), KeyModifiers::NONE),
            '⧵' => press(KeyCode::Char('\\'), KeyModifiers::NONE),
            '□' => Event::Resize(80, 24),
            c if c.is_uppercase() => press(KeyCode::Char(c), KeyModifiers::SHIFT),
            c => press(KeyCode::Char(c), KeyModifiers::NONE),
        };
        text.chars().map(one).collect()
    }

    fn all(listener: &mut Listener, text: &str) -> (Vec<Event>, Vec<Option<Background>>) {
        let (mut events, mut answers) = (Vec::new(), Vec::new());
        for event in keys(text) {
            match listener.hear(event) {
                Heard::Part => {}
                Heard::Events(more) => events.extend(more),
                Heard::Answer(background) => answers.push(background),
            }
        }
        (events, answers)
    }

    #[test]
    fn an_answer_is_heard_and_nothing_of_it_is_typed() {
        for (text, background) in [
            ("]11;rgb:1b1b/1e1e/2626\u{7}", Some(Background::Dark)),
            ("]11;rgb:FFFF/ffff/FFFF\\", Some(Background::Light)),
            ("]11;rgb:fd/f6/e3\\", Some(Background::Light)),
            ("]11;rgba:0000/0000/0000/ffff\\", Some(Background::Dark)),
            ("]11;rgb:\u{7}", None),
            ("\u{1b}⟧11;rgb:ffff/ffff/ffff\\", Some(Background::Light)),
            ("\u{1b}⟧11;rgb:ffff/ffff/ffff\u{7}", Some(Background::Light)),
            ("]11;rgb:0000/0000/0000\u{1b}⧵", Some(Background::Dark)),
            ("\u{1b}⟧11;rgb:0000/0000/0000\u{1b}⧵", Some(Background::Dark)),
        ] {
            let mut listener = Listener::default();
            assert_eq!(all(&mut listener, text), (Vec::new(), vec![background]), "{text}");
            assert_eq!(all(&mut listener, text).0, keys(text), "it is asked for once");
        }
    }

    #[test]
    fn what_people_type_is_theirs() {
        for text in [
            "jk",
            "]x",
            "]11q",
            "]11;rgb:zz",
            "]]",
            "]11;rg\\",
            "\u{1b}",
            "\u{1b}\u{1b}j",
            "\u{1b}⟧x",
            "\u{1b}11",
            "⟧11",
        ] {
            let (mut events, answers) = all(&mut Listener::default(), &format!("{text}\u{7}"));
            assert_eq!(answers, [], "{text}");
            assert_eq!(events.pop(), keys("\u{7}").pop(), "{text}");
            assert_eq!(events, keys(text), "{text}");
        }
        let answer = "]11;rgb:1b1b/1e1e/2626\u{7}";
        assert_eq!(all(&mut Listener::deaf(), answer).0, keys(answer));
    }

    #[test]
    fn a_key_before_and_after_the_answer_keeps_its_place() {
        let (events, answers) = all(&mut Listener::default(), "j]11;rgb:0/0/0\\k");
        assert_eq!((events, answers), (keys("jk"), vec![Some(Background::Dark)]));
    }

    #[test]
    fn a_size_that_changes_meanwhile_is_told_at_once_and_breaks_nothing() {
        let (events, answers) = all(&mut Listener::default(), "]11;r□gb:0/0/0\\");
        assert_eq!((events, answers), (keys("□"), vec![Some(Background::Dark)]));
    }

    #[test]
    fn an_escape_is_a_key_after_a_silence_and_from_then_on_at_once() {
        let (mut listener, escape) = (Listener::default(), keys("\u{1b}"));
        assert_eq!(listener.hear(escape[0].clone()), Heard::Part);
        assert!(listener.holds_a_half());
        assert_eq!(listener.silence(), Heard::Events(escape.clone()));
        assert!(!listener.holds_a_half());
        assert_eq!(listener.hear(escape[0].clone()), Heard::Events(escape.clone()));
        let answer = all(&mut listener, "]11;rgb:0/0/0\\");
        assert_eq!(answer, (Vec::new(), vec![Some(Background::Dark)]), "it may still come");
    }

    #[test]
    fn a_key_that_was_escape_gives_way_to_the_answer_behind_it() {
        let (events, answers) = all(&mut Listener::default(), "\u{1b}]11;rgb:0/0/0\\j");
        assert_eq!((events, answers), (keys("\u{1b}j"), vec![Some(Background::Dark)]));
    }

    #[test]
    fn an_end_that_never_comes_whole_is_an_end() {
        let mut listener = Listener::default();
        assert_eq!(all(&mut listener, "]11;rgb:0/0/0\u{1b}"), (Vec::new(), Vec::new()));
        assert!(listener.holds_a_half());
        assert_eq!(listener.silence(), Heard::Answer(Some(Background::Dark)));
    }
}
