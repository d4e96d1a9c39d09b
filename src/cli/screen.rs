//! The interface: what it is started with, and on which terminal.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::backend::StoreBackend;
use super::engine::Engine;
use super::wishes::SharedWishes;
use super::{prices, setup, terminal};
use crate::config::{NotifyBy, Settings};
use crate::model::IntakeCounts;
use crate::report::format::Zone;
use crate::tui::keys::Keymap;
use crate::tui::{self, Gauges, Mailbox, Mode, Options, Ways};

/// What a live interface has besides the file.
pub(super) struct Live<'a> {
    pub(super) engine: &'a Engine,
    pub(super) start_demo: Box<dyn FnMut()>,
}

/// Shows `db` until the user leaves.
pub(super) fn run(
    db: &Path,
    live: Option<Live<'_>>,
    mailbox: Mailbox,
    settings: &Settings,
) -> anyhow::Result<()> {
    let inlet = live.as_ref().map(|live| live.engine.inlet());
    let options = options(db, live, settings)?;
    let prices = Arc::new(prices::of(settings));
    let wishes = SharedWishes::of(settings)?;
    let mut open = || {
        let backend = StoreBackend::open(db, Arc::clone(&prices), wishes.clone(), inlet.clone())?;
        Ok(Box::new(backend) as Box<dyn tui::Backend>)
    };
    Ok(tui::run(options, mailbox, &mut open)?)
}

/// All themes, of which a wrong one is told only where it is asked for.
fn themes(settings: &Settings) -> anyhow::Result<tui::Themes> {
    let themes = setup::themes(settings)?;
    let chosen = themes.wished(&settings.theme)?.map(|theme| theme.name);
    let choice = |name: &str| (name.to_owned(), themes.theme(name).map_err(|error| error.to_string()));
    let all = themes.names().into_iter().map(choice).collect();
    Ok(tui::Themes::new(all, chosen.as_deref(), terminal::depth(settings.color)))
}

fn options(db: &Path, live: Option<Live<'_>>, settings: &Settings) -> anyhow::Result<Options> {
    let database = db.file_name().unwrap_or(db.as_os_str()).to_string_lossy().into_owned();
    let gauges = gauges(db, live.as_ref().map(|live| live.engine));
    let (mode, setup) = live.as_ref().map_or((Mode::Saved, Vec::new()), |live| {
        let (grpc, http) = (live.engine.grpc(), live.engine.http());
        (
            Mode::Live(vec![format!("grpc {}", grpc.port()), format!("http {}", http.port())]),
            setup_lines(http),
        )
    });
    Ok(Options {
        mode,
        database,
        file: db.to_string_lossy().into_owned(),
        setup,
        start_demo: live.map(|live| live.start_demo),
        gauges,
        themes: themes(settings)?,
        background: terminal::background(terminal::variable),
        answers: terminal::answers(terminal::variable),
        ascii: terminal::ascii(settings, terminal::variable),
        zone: Zone::Local,
        notify: ways(settings),
        keys: Keymap::of(&settings.keys)?,
    })
}

fn ways(settings: &Settings) -> Ways {
    let NotifyBy { bell, osc9, osc777 } = settings.notify;
    let command = settings.notify_command.split_whitespace().map(str::to_owned).collect();
    Ways { bell, osc9, osc777, command }
}

fn gauges(db: &Path, engine: Option<&Engine>) -> Gauges {
    let nothing = || Box::new(IntakeCounts::default) as Box<dyn Fn() -> IntakeCounts + Send>;
    let files = [db.to_owned(), log_of(db)];
    Gauges {
        intake: engine.map_or_else(nothing, Engine::gauge),
        database_bytes: Box::new(move || {
            files.iter().filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum()
        }),
        told: engine.is_some(),
    }
}

/// `SQLite`'s write-ahead log: what is not folded into the file yet.
fn log_of(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Lines that point an agent at `http`. Of prompts and answers most instrumentations send nothing unless told.
fn setup_lines(http: SocketAddr) -> Vec<String> {
    vec![
        format!("export OTEL_EXPORTER_OTLP_ENDPOINT=http://{http}"),
        "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf".to_owned(),
        "export OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true".to_owned(),
    ]
}
