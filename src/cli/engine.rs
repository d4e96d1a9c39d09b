//! Receiver, ingest and store, started and stopped in the order that loses nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;

use super::wishes;
use crate::config::Settings;
use crate::dialect;
use crate::ingest::{Inlet, Notify, Pipeline};
use crate::model::IntakeCounts;
use crate::receive::{Config, OnRefusal, Receiver};
use crate::store::Writer;

/// Everything between a socket and the disk.
pub(super) struct Engine {
    receiver: Arc<Receiver>,
    inlet: Inlet,
    pipeline: Pipeline,
}

impl Engine {
    /// Opens the database first: nothing is accepted that could not be kept. `notify` hears of every commit and of
    /// trouble, `on_refusal` of what is turned away.
    pub(super) fn start(settings: &Settings, notify: Notify, on_refusal: OnRefusal) -> anyhow::Result<Self> {
        let writer = Writer::open(&settings.db, dialect::is_content)
            .with_context(|| format!("cannot write {}", settings.db.display()))?;
        let (inlet, pipeline) = Pipeline::start(writer, wishes::rulebook(settings), notify)
            .context("cannot start the writer thread")?;
        match Receiver::start(Config { on_refusal, ..config(settings) }, inlet.clone()) {
            Ok(receiver) => Ok(Self { receiver: Arc::new(receiver), inlet, pipeline }),
            Err(refused) => {
                drop(inlet);
                pipeline.join()?;
                Err(refused.into())
            }
        }
    }

    /// First address for gRPC.
    pub(super) fn grpc(&self) -> SocketAddr {
        self.receiver.grpc_addr()
    }

    /// First address for HTTP.
    pub(super) fn http(&self) -> SocketAddr {
        self.receiver.http_addr()
    }

    /// What came in and what was turned away so far, and what ails the store. To be dropped before [`Self::stop`].
    pub(super) fn gauge(&self) -> Box<dyn Fn() -> IntakeCounts + Send> {
        let (receiver, health) = (Arc::clone(&self.receiver), self.pipeline.health());
        Box::new(move || IntakeCounts { store_trouble: health.trouble(), ..receiver.counts() })
    }

    /// The way to the writer. To be dropped before [`Self::stop`].
    pub(super) fn inlet(&self) -> Inlet {
        self.inlet.clone()
    }

    /// Stops accepting, then commits what was accepted.
    pub(super) fn stop(self) -> anyhow::Result<()> {
        tracing::info!(counts = ?self.receiver.counts(), "stopping");
        let receiver = Arc::into_inner(self.receiver).context("cannot stop: someone still counts")?;
        receiver.stop();
        drop(self.inlet);
        Ok(self.pipeline.join()?)
    }
}

fn config(settings: &Settings) -> Config {
    Config {
        grpc: settings.grpc.sockets().to_vec(),
        http: settings.http.sockets().to_vec(),
        max_body: settings.max_body,
        max_in_flight: settings.max_in_flight,
        ..Config::default()
    }
}
