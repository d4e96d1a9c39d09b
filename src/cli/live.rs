//! `spanglass`: receive, store and show, live.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::demo::Stream;
use super::engine::Engine;
use super::exit::Exit;
use super::{logs, screen};
use crate::config::Settings;
use crate::ingest::Notify;
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
    let _logs = logs::start();
    let (news, mailbox) = tui::channel();
    let refusals = news.clone();
    let on_refusal = OnRefusal::new(move || refusals.intake_changed());
    let engine = Engine::start(settings, teller(news), on_refusal)?;
    let demo = Rc::new(RefCell::new(Stream::to(engine.grpc())));
    let shown = begin(&mut demo.borrow_mut()).and_then(|()| {
        let live = screen::Live { engine: &engine, start_demo: starter(&demo) };
        screen::run(&settings.db, Some(live), mailbox, settings)
    });
    // the demo first, so that it does not run into a closed door
    let sent = demo.borrow_mut().stop();
    engine.stop()?;
    shown.and(sent)?;
    Ok(Exit::Good)
}

/// Tells the interface of every commit, and of the store's health: then the number is the last commit's once more.
fn teller(news: tui::Handle) -> Notify {
    let last = Cell::new(0);
    Box::new(move |revision| {
        if last.replace(revision) == revision { news.intake_changed() } else { news.committed(revision) }
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
