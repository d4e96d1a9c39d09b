//! Receiver, ingest and store, started and stopped in the order that loses nothing.

use std::net::SocketAddr;

use super::pipeline::Pipeline;
use crate::config::Settings;
use crate::model::IntakeCounts;
use crate::receive::{Config, Receiver};

/// Everything between a socket and the disk.
pub(super) struct Engine {
    receiver: Receiver,
    pipeline: Pipeline,
}

impl Engine {
    /// Opens the database first: nothing is accepted that could not be kept.
    pub(super) fn start(settings: &Settings) -> anyhow::Result<Self> {
        let (inlet, pipeline) = Pipeline::start(&settings.db)?;
        match Receiver::start(config(settings), inlet) {
            Ok(receiver) => Ok(Self { receiver, pipeline }),
            Err(refused) => {
                pipeline.stop()?;
                Err(refused.into())
            }
        }
    }

    /// First address for gRPC.
    pub(super) const fn grpc(&self) -> SocketAddr {
        self.receiver.grpc_addr()
    }

    /// First address for HTTP.
    pub(super) const fn http(&self) -> SocketAddr {
        self.receiver.http_addr()
    }

    /// What came in so far.
    pub(super) fn counts(&self) -> IntakeCounts {
        self.receiver.counts()
    }

    /// Stops accepting, then commits what was accepted.
    pub(super) fn stop(self) -> anyhow::Result<()> {
        self.receiver.stop();
        self.pipeline.stop()
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
