//! `spanglass`: receive, store and show, live.

use std::cell::RefCell;
use std::rc::Rc;

use super::demo::Stream;
use super::engine::Engine;
use super::exit::Exit;
use super::{logs, screen};
use crate::config::Settings;
use crate::ingest::{News, Notify};
use crate::receive::OnRefusal;
use crate::tui;

pub(super) fn run(settings: &Settings) -> anyhow::Result<Exit> {
    with(settings, |_| Ok(()))
}

/// Shows what is received; `begin` may start the demo as soon as there is a receiver.
pub(super) fn with(
    settings: &Settings,
    begin: impl FnOnce(&mut Stream) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let _logs = logs::start(settings);
    let (news, mailbox) = tui::channel();
    let refusals = news.clone();
    let on_refusal = OnRefusal::new(move || refusals.intake_changed());
    let engine = Engine::start(settings, teller(news), on_refusal)?;
    let demo = Rc::new(RefCell::new(Stream::to(engine.grpc())));
    // a statement of its own: the loan ends with it, before the interface may ask for another
    let started = begin(&mut demo.borrow_mut());
    let shown = started.and_then(|()| {
        let live = screen::Live { engine: &engine, start_demo: starter(&demo) };
        screen::run(&settings.db, Some(live), mailbox, settings)
    });
    // the demo first, so that it does not run into a closed door
    let sent = demo.borrow_mut().stop();
    engine.stop()?;
    shown.and(sent)?;
    Ok(Exit::Good)
}

/// Hands on to the interface what the writer tells.
fn teller(interface: tui::Handle) -> Notify {
    Box::new(move |news| match news {
        News::Committed(revision) => interface.committed(revision),
        News::Health => interface.intake_changed(),
    })
}

/// What the interface calls to start the demo.
fn starter(demo: &Rc<RefCell<Stream>>) -> Box<dyn FnMut()> {
    let demo = Rc::clone(demo);
    Box::new(move || {
        if let Err(error) = demo.borrow_mut().start(1) {
            tracing::error!("the demo does not start: {error:#}");
        }
    })
}
