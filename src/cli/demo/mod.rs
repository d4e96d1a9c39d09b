//! `spanglass demo`: realistic agent runs, sent through the real receiver at human speed.
//!
//! ```text
//! assets/demo/*.toml ─▶ script ─▶ plan (spans with times) ─▶ pace (batches) ─▶ stream ─▶ receive::Client
//! ```
//!
//! Everything before the stream is pure: same seed, same bytes.

mod pace;
mod plan;
mod script;
mod span;
mod stream;
mod talk;

use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;

use anyhow::{Context as _, bail};

pub(super) use self::stream::Stream;
use super::exit::Exit;
use super::{args, fault, live};
use crate::config::Settings;
use crate::receive::Client;

pub(super) fn run(args: &args::Demo, settings: &Settings) -> anyhow::Result<Exit> {
    let listening =
        settings.grpc.sockets().iter().find(|&&addr| addr.port() != 0 && Client::connect(addr).is_ok());
    match listening {
        Some(&addr) => send(addr, args.fast),
        None if io::stdout().is_terminal() => live::with(settings, |demo| demo.start(args.fast)),
        None => bail!(
            "nobody receives on {}: start spanglass serve first, or run demo in a terminal",
            settings.grpc
        ),
    }
}

/// Sends everything to the receiver at `addr` and waits for the end.
fn send(addr: SocketAddr, fast: u64) -> anyhow::Result<Exit> {
    let mut stream = Stream::to(addr);
    stream.start(fast)?;
    fault::tell(&format!("sending agent runs to {addr}; watch them with spanglass"));
    stream.finish().with_context(|| format!("the receiver on {addr} did not take the demo"))?;
    Ok(Exit::Good)
}
