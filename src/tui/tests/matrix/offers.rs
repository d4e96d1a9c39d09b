//! What is offered does something, what is not does nothing: every key of every scene is pressed.

use ratatui::buffer::Buffer;

use crate::tui::keys::{Binding, Bound};
use crate::tui::possible::is_possible;
use crate::tui::testing::picture::frame;
use crate::tui::testing::session::Session;

use super::scenes::{SCENES, Scene};
use super::{Kind, USUAL, session};

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    Nothing,
    /// It said why not.
    Told,
    /// The screen is another one, or the loop has something to do.
    Something,
}

fn seen(s: &Session) -> (Buffer, usize) {
    (frame(&s.app), s.asked.len())
}

/// Presses a key; whether it did anything.
fn pressed(s: &mut Session, key: &str) -> Did {
    s.app.notice = None;
    let before = seen(s);
    s.press(key);
    let told = s.app.notice.take().is_some();
    match (seen(s) == before, told) {
        (false, _) => Did::Something,
        (true, true) => Did::Told,
        (true, false) => Did::Nothing,
    }
}

/// What is wrong with the offers of a scene.
fn faults(scene: &Scene) -> Vec<String> {
    let mut s = session(scene, USUAL, Kind::Usual);
    let chain = s.app.chain();
    let keys = |s: &Session| {
        let key = |row: &Bound| Some((row.binding, s.app.settings.keys.key_of(chain, row)?.to_string()));
        s.app.settings.keys.listening(chain).filter_map(key).collect::<Vec<(&'static Binding, String)>>()
    };
    let mut faults = Vec::new();
    for (binding, key) in keys(&s) {
        let offered = is_possible(&s.app, binding);
        let did = pressed(&mut s, &key);
        if did != Did::Nothing {
            s = session(scene, USUAL, Kind::Usual);
        }
        let fault = match (offered, did) {
            (true, Did::Nothing) => "is offered and does nothing",
            (false, Did::Something) => "is not offered and does something",
            _ => continue,
        };
        faults.push(format!("{}: {key} {} {fault}", scene.name, binding.name()));
    }
    faults
}

#[test]
fn what_is_offered_does_something_or_says_why_not_and_nothing_else_does() {
    let faults: Vec<String> = SCENES.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
