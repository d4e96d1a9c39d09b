//! Sockets: OTLP over gRPC and HTTP, from bytes on a connection to a [`crate::model::Export`] in ingest's inlet.
//!
//! ```text
//! listen ─▶ server ─▶ route ─┬▶ grpc ─┐
//!                            └▶ http ─┴▶ body ─▶ intake ─▶ wire | json ─▶ convert ─▶ ingest::Inlet
//!                                       (admit)  (inflate)
//! ```
//!
//! Owns listening, both protocols, admission limits, inflating, repair of what libraries refuse, and the answers.
//! Both listeners speak both protocols: a gRPC exporter pointed at the HTTP port works, and the other way round.
//! Must not know dialects, analysis, the interface or SQL. Tokio lives here and nowhere else.

mod admit;
mod body;
mod client;
mod convert;
mod cors;
mod counters;
mod grpc;
mod holder;
mod http;
mod inflate;
mod intake;
mod json;
mod listen;
mod metric;
mod refused;
mod remarks;
mod route;
mod server;
mod signal;
mod weigh;
mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub use client::{Client, ClientError};
pub use counters::OnRefusal;
pub use listen::StartError;
pub use server::Receiver;

/// Largest body taken, decompressed: what the OTLP specification recommends.
const MAX_BODY: usize = 64 << 20;
/// Bytes of bodies being read, decoded or waiting for their commit: two of the largest.
const MAX_IN_FLIGHT: usize = 128 << 20;

/// Where to listen and how much to take.
#[derive(Clone, Debug)]
pub struct Config {
    /// Addresses for gRPC, default port 4317.
    pub grpc: Vec<SocketAddr>,
    /// Addresses for HTTP, default port 4318.
    pub http: Vec<SocketAddr>,
    /// Largest body in bytes, after decompression.
    pub max_body: usize,
    /// Bytes of bodies that may be under way at once, over both protocols. A compressed body counts twice while it is
    /// inflated, so less than twice `max_body` refuses the largest bodies for ever.
    pub max_in_flight: usize,
    /// Origins whose pages may send, besides those on this machine; `*` is any.
    pub origins: Vec<String>,
    /// Path before `/v1/…` that is accepted too, for example `/otlp`.
    pub prefix: String,
    /// Hears of everything turned away.
    pub on_refusal: OnRefusal,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            grpc: loopback(4317),
            http: loopback(4318),
            max_body: MAX_BODY,
            max_in_flight: MAX_IN_FLIGHT,
            origins: Vec::new(),
            prefix: String::new(),
            on_refusal: OnRefusal::default(),
        }
    }
}

/// Both loopback addresses: Node resolves `localhost` to `::1` first, others to `127.0.0.1`.
pub fn loopback(port: u16) -> Vec<SocketAddr> {
    [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
        .map(|ip| SocketAddr::new(ip, port))
        .into()
}
