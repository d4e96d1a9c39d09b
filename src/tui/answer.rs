//! The terminal's background, asked of the terminal itself.
//!
//! The answer to OSC 11 comes the way keys come, and crossterm, which knows no such answer, makes keys of it. It is picked
//! out of them here, however late it comes: nothing waits for it, and none of it is ever taken for what people typed.
//! (Crates that ask read the terminal themselves up to a deadline; what comes after it, as over a slow SSH, is typed.)

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::theme::Background;
use crate::config::theme::is_light;

/// Asks for the background (xterm's "Operating System Commands", 11).
pub(super) const QUESTION: &str = "\x1b]11;?\x07";

/// What the answer begins with, after `ESC ]`.
const HEAD: &str = "11;rgb";

/// More than any answer has: `11;rgba:` and four parts of four digits.
const LONGEST: usize = 32;

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

/// Listens for one answer.
#[derive(Debug, Default)]
pub(super) struct Listener {
    held: Vec<Event>,
    text: String,
    done: bool,
}

impl Listener {
    /// One that expects no answer.
    pub(super) fn deaf() -> Self {
        Self { done: true, ..Self::default() }
    }

    /// Takes the next event.
    pub(super) fn hear(&mut self, event: Event) -> Heard {
        let key = event.as_key_press_event().filter(|_| !self.done);
        match key {
            Some(key) if self.held.is_empty() && is_alt(key, ']') => self.hold(event, None),
            Some(key) if !self.held.is_empty() && is_end(key) && self.text.starts_with(HEAD) => {
                self.done = true;
                self.held.clear();
                Heard::Answer(background(&self.text))
            }
            Some(KeyEvent { code: KeyCode::Char(c), modifiers, .. })
                if !self.held.is_empty() && (modifiers - KeyModifiers::SHIFT).is_empty() && self.fits(c) =>
            {
                self.hold(event, Some(c))
            }
            _ => {
                self.text.clear();
                let mut events = std::mem::take(&mut self.held);
                events.push(event);
                Heard::Events(events)
            }
        }
    }

    fn hold(&mut self, event: Event, c: Option<char>) -> Heard {
        self.held.push(event);
        self.text.extend(c);
        Heard::Part
    }

    /// Whether the answer may go on with `c`.
    fn fits(&self, c: char) -> bool {
        match HEAD.as_bytes().get(self.text.len()) {
            Some(&next) => char::from(next) == c,
            None => self.text.len() < LONGEST && (c.is_ascii_hexdigit() || matches!(c, ':' | '/')),
        }
    }
}

fn is_alt(key: KeyEvent, c: char) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers == KeyModifiers::ALT
}

/// `BEL`, or `ESC \`.
fn is_end(key: KeyEvent) -> bool {
    is_alt(key, '\\') || (key.code == KeyCode::Char('g') && key.modifiers == KeyModifiers::CONTROL)
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

    /// Keys as crossterm makes them of an answer: `]` with Alt, letters, the end as written.
    fn keys(text: &str) -> Vec<Event> {
        let one = |c: char| match c {
            '\u{7}' => press(KeyCode::Char('g'), KeyModifiers::CONTROL),
            ']' | '\\' => press(KeyCode::Char(c), KeyModifiers::ALT),
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
        ] {
            let mut listener = Listener::default();
            assert_eq!(all(&mut listener, text), (Vec::new(), vec![background]), "{text}");
            assert_eq!(all(&mut listener, text).0, keys(text), "it is asked for once");
        }
    }

    #[test]
    fn what_people_type_is_theirs() {
        for text in ["jk", "]x", "]11q", "]11;rgb:zz", "]]", "]11;rg\\"] {
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
}
