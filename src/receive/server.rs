//! The running receiver: its threads, its connections, its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::Layer;

use crate::ingest::Inlet;
use crate::model::IntakeCounts;

use super::Config;
use super::admit::Budget;
use super::cors::Origins;
use super::counters::Counters;
use super::intake::Intake;
use super::listen::{Named, StartError, bind};
use super::route::{Service, answer};

/// Threads that serve sockets; decoding of large bodies has its own.
const WORKERS: usize = 2;
/// Time for what was received to be answered when stopping: an exporter's own patience.
const DRAIN: Duration = Duration::from_secs(10);
/// Time for connections to close once all is answered. Exporters that are alive need a round trip; one that hangs in a
/// debugger never does it.
const FAREWELL: Duration = Duration::from_millis(500);
/// After a failed accept, mostly for want of file descriptors, others need time to close theirs.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Time for a request's head. The wait for it counts too, and exporters of metrics keep a connection idle for minutes.
const HEAD_TIME: Duration = Duration::from_mins(10);

/// HTTP/2 flow control: a stream's window holds a usual export, a connection's several.
const STREAM_WINDOW: u32 = 2 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;
/// Larger frames than the usual 16 KiB: fewer of them for bodies of megabytes.
const FRAME: u32 = 256 << 10;
/// Calls under way on one connection.
const STREAMS: u32 = 256;

/// A receiver that listens. Dropped without [`Receiver::stop`], it drops what is under way.
#[derive(Debug)]
pub struct Receiver {
    runtime: Runtime,
    stop: watch::Sender<bool>,
    accepting: Vec<JoinHandle<()>>,
    connections: Arc<GracefulShutdown>,
    unanswered: Unanswered,
    counters: Counters,
    grpc: SocketAddr,
    http: SocketAddr,
}

impl Receiver {
    /// Listens where `config` says and hands what arrives to `inlet`.
    ///
    /// # Errors
    /// When an address cannot be listened on; the message says who holds it and what to do.
    pub fn start(config: Config, inlet: Inlet) -> Result<Self, StartError> {
        let runtime = threads().map_err(StartError::Threads)?;
        let guard = runtime.enter();
        let grpc = bind(&config.grpc, Named::GRPC)?;
        let http = bind(&config.http, Named::HTTP)?;

        let counters = Counters::new(config.on_refusal.clone());
        let (grpc_addr, http_addr) = (grpc.first, http.first);
        let service = service(config, inlet, counters.clone());
        let connections = Arc::new(GracefulShutdown::new());
        let unanswered = Unanswered::default();
        let (stop, stopped) = watch::channel(false);
        let accepting = grpc
            .listeners
            .into_iter()
            .chain(http.listeners)
            .map(|listener| {
                let service = Arc::clone(&service);
                let connections = Arc::clone(&connections);
                tokio::spawn(accept(listener, service, unanswered.clone(), connections, stopped.clone()))
            })
            .collect();
        drop(guard);
        let (grpc, http) = (grpc_addr, http_addr);
        Ok(Self { runtime, stop, accepting, connections, unanswered, counters, grpc, http })
    }

    /// First address for gRPC, with the port that was picked.
    pub const fn grpc_addr(&self) -> SocketAddr {
        self.grpc
    }

    /// First address for HTTP, with the port that was picked.
    pub const fn http_addr(&self) -> SocketAddr {
        self.http
    }

    /// What came in and what was turned away so far.
    pub fn counts(&self) -> IntakeCounts {
        self.counters.snapshot()
    }

    /// Stops accepting, answers what was received, and returns when that is done or has taken too long. The other end
    /// of the inlet must go on working meanwhile.
    pub fn stop(self) {
        self.stop.send_replace(true);
        self.runtime.block_on(async {
            let drained = async {
                for listener in self.accepting {
                    if let Err(error) = listener.await {
                        tracing::warn!(%error, "a listener ended badly");
                    }
                }
                // the listeners held the only other handles
                if let Some(connections) = Arc::into_inner(self.connections) {
                    tokio::select! {
                        () = connections.shutdown() => {}
                        () = self.unanswered.farewell() => tracing::info!("a connection was cut that did not close"),
                    }
                }
            };
            if tokio::time::timeout(DRAIN, drained).await.is_err() {
                tracing::warn!("stopped with requests unanswered after {} s", DRAIN.as_secs());
            }
        });
        self.runtime.shutdown_background();
    }
}

fn threads() -> io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(WORKERS, usize::from);
    runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        // decoding is pure work: more threads than cores would only hold more memory
        .max_blocking_threads(cores.max(WORKERS))
        .thread_name("receive")
        .enable_all()
        .build()
}

fn service(config: Config, inlet: Inlet, counters: Counters) -> Arc<Service> {
    let budget = Budget::new(config.max_in_flight);
    let intake = Intake { inlet, budget, counters, max_body: config.max_body };
    let prefix = config.prefix.trim_end_matches('/').to_owned();
    Arc::new(Service { intake, origins: Origins::new(config.origins), prefix })
}

/// Counts requests that came in and are not answered yet.
#[derive(Clone, Debug, Default)]
struct Unanswered(watch::Sender<usize>);

impl Unanswered {
    /// One more, until what is returned is dropped.
    fn one(&self) -> OneUnanswered {
        self.0.send_modify(|count| *count += 1);
        OneUnanswered(self.0.clone())
    }

    /// Returns a little after there are none, so that the last answer is on its way.
    async fn farewell(&self) {
        // an error would mean that the counter is gone, which we hold
        let _ = self.0.subscribe().wait_for(|&count| count == 0).await;
        tokio::time::sleep(FAREWELL).await;
    }
}

#[derive(Debug)]
struct OneUnanswered(watch::Sender<usize>);

impl Drop for OneUnanswered {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

async fn accept(
    listener: TcpListener,
    service: Arc<Service>,
    unanswered: Unanswered,
    connections: Arc<GracefulShutdown>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // an error means that the receiver is gone, which is a stop too
            _ = stopped.wait_for(|&stop| stop) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, Arc::clone(&service), unanswered.clone(), connections.watcher()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, service: Arc<Service>, unanswered: Unanswered, watcher: Watcher) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may be delayed");
    }
    let cors = service.origins.layer();
    let answer = tower::service_fn(move |request: hyper::Request<Incoming>| {
        let (one, service) = (unanswered.one(), Arc::clone(&service));
        async move {
            let answered = answer(service, request).await;
            drop(one);
            answered
        }
    });
    let service = TowerToHyperService::new(cors.layer(answer));
    let builder = protocols();
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// HTTP/1.1 and HTTP/2 by prior knowledge, told apart by the first bytes.
fn protocols() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    builder
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .max_concurrent_streams(STREAMS);
    builder
}
