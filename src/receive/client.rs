//! A small OTLP/gRPC exporter: what `spanglass demo` sends with.

use std::net::SocketAddr;

use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, logs_service_client::LogsServiceClient,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, trace_service_client::TraceServiceClient,
};
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tonic::transport::{Channel, Endpoint};

/// Why something could not be sent.
#[derive(Debug, Error)]
pub enum ClientError {
    /// No runtime.
    #[error("cannot start the exporter: {0}")]
    Start(#[source] std::io::Error),
    /// Nobody listens there.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// Where to.
        address: SocketAddr,
        /// What went wrong.
        source: tonic::transport::Error,
    },
    /// The receiver turned it away.
    #[error("the receiver refused: {0}")]
    Refused(#[from] Box<tonic::Status>),
}

/// A connection to a receiver; its calls block.
#[derive(Debug)]
pub struct Client {
    runtime: Runtime,
    channel: Channel,
}

impl Client {
    /// Connects to the receiver at `address`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn connect(address: SocketAddr) -> Result<Self, ClientError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(ClientError::Start)?;
        let connect = |source| ClientError::Connect { address, source };
        let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(connect)?;
        let channel = runtime.block_on(endpoint.connect()).map_err(connect)?;
        Ok(Self { runtime, channel })
    }

    /// Sends spans; returns once they are committed.
    ///
    /// # Errors
    /// When the receiver refuses or is gone.
    pub fn send_traces(&self, request: ExportTraceServiceRequest) -> Result<(), ClientError> {
        let mut client = TraceServiceClient::new(self.channel.clone());
        self.runtime.block_on(client.export(request)).map(drop).map_err(|status| Box::new(status).into())
    }

    /// Sends log records; returns once they are committed.
    ///
    /// # Errors
    /// When the receiver refuses or is gone.
    pub fn send_logs(&self, request: ExportLogsServiceRequest) -> Result<(), ClientError> {
        let mut client = LogsServiceClient::new(self.channel.clone());
        self.runtime.block_on(client.export(request)).map(drop).map_err(|status| Box::new(status).into())
    }
}
