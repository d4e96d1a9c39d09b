//! Listening sockets: both families of loopback on one port, and a line that helps when that fails.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket};

use super::holder;

/// Waiting connections of one socket.
const BACKLOG: u32 = 1024;
/// How often a free port is picked anew when the other family has it taken.
const PICKS: usize = 16;

/// Why the receiver cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Someone else listens there.
    #[error("port {} ({protocol}) is taken by {holder}: stop it, or listen elsewhere with {flag} ADDR:PORT (port 0 picks a free one)", address.port())]
    Taken {
        /// Where we wanted to listen.
        address: SocketAddr,
        /// `gRPC` or `HTTP`.
        protocol: &'static str,
        /// Who probably listens there.
        holder: String,
        /// The flag that chooses another address.
        flag: &'static str,
    },
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address} ({protocol}): {source}: choose another address with {flag} ADDR:PORT"
    )]
    Listen {
        /// Where we wanted to listen.
        address: SocketAddr,
        /// `gRPC` or `HTTP`.
        protocol: &'static str,
        /// What the system says.
        source: io::Error,
        /// The flag that chooses another address.
        flag: &'static str,
    },
    /// No address at all was given.
    #[error("no address to listen on for {protocol}: give one with {flag} ADDR:PORT")]
    NoAddress {
        /// `gRPC` or `HTTP`.
        protocol: &'static str,
        /// The flag that gives one.
        flag: &'static str,
    },
    /// The threads that serve sockets cannot be started.
    #[error("cannot start the receiver's threads: {0}")]
    Threads(#[source] io::Error),
}

/// A protocol's name and flag, for messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) protocol: &'static str,
    pub(super) flag: &'static str,
}

impl Named {
    pub(super) const GRPC: Self = Self { protocol: "gRPC", flag: "--grpc" };
    pub(super) const HTTP: Self = Self { protocol: "HTTP", flag: "--http" };

    fn error(self, address: SocketAddr, source: io::Error) -> StartError {
        let Self { protocol, flag } = self;
        if source.kind() == ErrorKind::AddrInUse {
            StartError::Taken { address, protocol, holder: holder::likely(address.port()), flag }
        } else {
            StartError::Listen { address, protocol, source, flag }
        }
    }
}

/// What a protocol listens on.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) listeners: Vec<TcpListener>,
    /// The first address, with the port that was picked.
    pub(super) first: SocketAddr,
}

/// Listens on all of `addresses`. Those that ask for port 0 share the port that the first of them gets, if that can be.
pub(super) fn bind(addresses: &[SocketAddr], named: Named) -> Result<Bound, StartError> {
    let mut last = bind_once(addresses, named);
    for _ in 1..PICKS {
        match &last {
            Err(StartError::Taken { .. }) if addresses.iter().any(|a| a.port() == 0) => {
                last = bind_once(addresses, named);
            }
            _ => break,
        }
    }
    last
}

fn bind_once(addresses: &[SocketAddr], named: Named) -> Result<Bound, StartError> {
    let mut listeners = Vec::with_capacity(addresses.len());
    let (mut first, mut picked) = (None, 0);
    for &wanted in addresses {
        let mut address = wanted;
        if address.port() == 0 {
            address.set_port(picked);
        }
        match listen(address) {
            Ok((listener, bound)) => {
                if wanted.port() == 0 {
                    picked = bound.port();
                }
                first.get_or_insert(bound);
                listeners.push(listener);
            }
            Err(error) if is_optional(wanted, addresses, &error) => {
                tracing::debug!(%address, %error, "no IPv6 loopback here, going on without");
            }
            Err(error) => return Err(named.error(address, error)),
        }
    }
    let Named { protocol, flag } = named;
    first.map(|first| Bound { listeners, first }).ok_or(StartError::NoAddress { protocol, flag })
}

/// `::1` beside `127.0.0.1` is a courtesy: without IPv6 we go on.
fn is_optional(address: SocketAddr, addresses: &[SocketAddr], error: &io::Error) -> bool {
    let sibling = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port());
    address.ip() == Ipv6Addr::LOCALHOST
        && addresses.contains(&sibling)
        && error.kind() != ErrorKind::AddrInUse
}

fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // on Windows this would let two programs share a port
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receive::loopback;

    #[tokio::test]
    async fn port_zero_is_the_same_port_for_both_families() {
        let listeners = bind(&loopback(0), Named::GRPC).unwrap().listeners;
        let ports: Vec<u16> = listeners.iter().map(|l| l.local_addr().unwrap().port()).collect();
        assert!(ports.iter().all(|&p| p == ports[0] && p != 0), "{ports:?}");
    }

    #[tokio::test]
    async fn a_taken_port_is_one_line_with_port_holder_and_flag() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = bind(&loopback(port), Named::HTTP).unwrap_err().to_string();
        assert!(!message.contains('\n'));
        for part in [&format!("port {port}"), "--http", "port 0"] {
            assert!(message.contains(part), "{message:?} lacks {part:?}");
        }
        #[cfg(target_os = "linux")]
        assert!(message.contains(&format!("(pid {})", std::process::id())), "{message}");
    }

    #[test]
    fn only_the_second_loopback_may_be_missing() {
        let missing = io::Error::from(ErrorKind::AddrNotAvailable);
        let both = loopback(4317);
        assert!(is_optional(both[1], &both, &missing));
        assert!(!is_optional(both[0], &both, &missing));
        assert!(!is_optional(both[1], &both[1..], &missing), "asked for by name");
        assert!(!is_optional(both[1], &both, &io::Error::from(ErrorKind::AddrInUse)));
    }
}
