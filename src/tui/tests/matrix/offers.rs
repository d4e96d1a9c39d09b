//! What is offered does something, what is not does nothing: every key of every scene is pressed.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use ratatui::buffer::Buffer;

use crate::tui::app::{Errands, Screen};
use crate::tui::keys::{Binding, Bound};
use crate::tui::possible::is_possible;
use crate::tui::testing::picture::frame;
use crate::tui::testing::session::Session;

use super::scenes::{SCENES, Scene};
use super::{Kind, USUAL, session};

/// What does something although it is not offered, and why that is right.
const EXCEPTIONS: [(&str, &str); 1] =
    [("run.handoffs", "its screen says that nobody gave work away, and fills while a run is live")];

/// Whether steps are being read: what is typed ahead is done with them, but there is nothing yet to offer it on.
fn is_typed_ahead(s: &Session) -> bool {
    match s.app.top() {
        Some(Screen::Run(run)) => run.is_reading(),
        Some(Screen::Replay(replay)) => replay.view.is_none(),
        _ => false,
    }
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    Nothing,
    /// It said why not.
    Told,
    /// The screen is another one, or the loop has something to do.
    Something,
}

/// The screen, and what is to be done besides.
struct Seen {
    besides: (usize, Errands, usize),
    picture: Buffer,
}

impl Seen {
    fn of(s: &Session) -> Self {
        Self { besides: Self::besides(s), picture: frame(&s.app) }
    }

    /// What the loop is to do, and how many screens there are: known without a picture, which takes as long as a key.
    fn besides(s: &Session) -> (usize, Errands, usize) {
        (s.asked.len(), s.app.errands, s.app.screens.len())
    }

    fn is_still(&self, s: &Session) -> bool {
        self.besides == Self::besides(s) && self.picture == frame(&s.app)
    }
}

/// Presses a key where this was `seen`; whether it did anything.
fn pressed(s: &mut Session, before: &Seen, key: &str) -> Did {
    s.press(key);
    let told = s.app.notice.take().is_some();
    match (before.is_still(s), told) {
        (false, _) => Did::Something,
        (true, true) => Did::Told,
        (true, false) => Did::Nothing,
    }
}

/// What is wrong with the offers of a scene.
fn faults(scene: &Scene, size: (u16, u16)) -> Vec<String> {
    let begin = || {
        let mut s = session(scene, size, Kind::Usual);
        s.app.notice = None;
        s
    };
    let mut s = begin();
    // a scene begins the same each time, and nothing changes it but a key that does something
    let before = Seen::of(&s);
    let chain = s.app.chain();
    let keys = |s: &Session| {
        let key = |row: &Bound| Some((row.binding, s.app.settings.keys.key_of(chain, row)?.to_string()));
        s.app.settings.keys.listening(chain).filter_map(key).collect::<Vec<(&'static Binding, String)>>()
    };
    let mut faults = Vec::new();
    for (binding, key) in keys(&s) {
        let ahead = is_typed_ahead(&s) || EXCEPTIONS.iter().any(|(name, _)| *name == binding.name());
        let offered = is_possible(&s.app, s.app.top(), binding);
        let did = pressed(&mut s, &before, &key);
        if did == Did::Something {
            s = begin();
        }
        let fault = match (offered, did) {
            (true, Did::Nothing) => "is offered and does nothing",
            (false, Did::Something) if !ahead => "is not offered and does something",
            _ => continue,
        };
        faults.push(format!("{}: {key} {} {fault}", scene.name, binding.name()));
    }
    faults
}

/// Scenes are looked at side by side: each takes a tenth of a second.
fn assert_offers_are_right(size: (u16, u16), of: impl Fn(&Scene) -> bool + Sync) {
    let next = AtomicUsize::new(0);
    let look = || {
        let mine = || SCENES.get(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(mine).filter(|scene| of(scene)).flat_map(|scene| faults(scene, size)).collect()
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let faults: Vec<String> = thread::scope(|scope| {
        let looks: Vec<ScopedJoinHandle<'_, Vec<String>>> = (0..threads).map(|_| scope.spawn(look)).collect();
        looks.into_iter().flat_map(|look| look.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_is_offered_does_something_or_says_why_not_and_nothing_else_does() {
    assert_offers_are_right(USUAL, |_| true);
}

#[test]
fn the_same_holds_where_panes_lie_beside_each_other() {
    let size = (120, 36);
    let has_panes = |scene: &Scene| {
        let s = session(scene, size, Kind::Usual);
        matches!(s.app.top(), Some(Screen::Run(_) | Screen::Diff(_)))
    };
    assert_offers_are_right(size, has_panes);
}
