//! The demo on its way: a thread that sends each batch when its time has come.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::super::out;
use super::pace::{self, Batch};
use super::script::Script;
use super::{plan, script};
use crate::receive::Client;

/// A demo that plays when it is told to.
pub(in crate::cli) struct Stream {
    to: SocketAddr,
    thread: Option<(Sender<()>, JoinHandle<anyhow::Result<()>>)>,
}

impl Stream {
    /// A demo for the receiver at `to`, not started.
    pub(in crate::cli) const fn to(to: SocketAddr) -> Self {
        Self { to, thread: None }
    }

    /// Starts sending, `fast` times faster than real agents. While it is sending a second start changes nothing.
    pub(in crate::cli) fn start(&mut self, fast: u64) -> anyhow::Result<()> {
        if self.thread.as_ref().is_some_and(|(_, thread)| !thread.is_finished()) {
            return Ok(());
        }
        let (scripts, client) = (script::all()?, Client::connect(self.to)?);
        let (stop, stopped) = mpsc::channel();
        let send = move |request| Ok(client.send_traces(request)?);
        let work = move || play(&scripts, out::now(), fast, &stopped, send);
        let thread =
            thread::Builder::new().name("demo".to_owned()).spawn(work).context("cannot start the demo")?;
        self.thread = Some((stop, thread));
        Ok(())
    }

    /// Waits until all is sent.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.thread.take().map_or(Ok(()), |(_stop, thread)| joined(thread))
    }

    /// Stops sending.
    pub(in crate::cli) fn stop(&mut self) -> anyhow::Result<()> {
        self.thread.take().map_or(Ok(()), |(stop, thread)| {
            drop(stop);
            joined(thread)
        })
    }
}

fn joined(thread: JoinHandle<anyhow::Result<()>>) -> anyhow::Result<()> {
    thread.join().map_err(|_| anyhow!("the demo broke off: this is a bug, please report it"))?
}

/// Sends every batch of `scripts` in its time until `stopped` closes. Spans keep their durations; played faster than
/// life, they begin in the past so that none ends in the future.
fn play(
    scripts: &[Script],
    now: u64,
    fast: u64,
    stopped: &Receiver<()>,
    mut send: impl FnMut(ExportTraceServiceRequest) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let began = Instant::now();
    // the clock as seed: a second demo must bring new runs, not the same ones again
    let length = batches(scripts, now, 0).last().map_or(0, |batch| batch.at);
    let start = now - length + length / fast;
    for batch in batches(scripts, now, start) {
        let due = Duration::from_nanos((batch.at - start) / fast);
        match stopped.recv_timeout(due.saturating_sub(began.elapsed())) {
            Err(RecvTimeoutError::Timeout) => send(batch.request)?,
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(())
}

fn batches(scripts: &[Script], seed: u64, start: u64) -> Vec<Batch> {
    pace::batches(plan::plans(scripts, seed, start), start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_767_225_600_000_000_000;

    fn ends(request: &ExportTraceServiceRequest) -> Vec<u64> {
        let scopes = request.resource_spans.iter().flat_map(|r| &r.scope_spans);
        scopes.flat_map(|s| &s.spans).map(|span| span.end_time_unix_nano).collect()
    }

    #[test]
    fn played_fast_everything_is_sent_and_nothing_ends_in_the_future() {
        let (_stop, stopped) = mpsc::channel();
        let mut sent = Vec::new();
        let keep = |request: ExportTraceServiceRequest| {
            sent.extend(ends(&request));
            Ok(())
        };
        play(&script::all().unwrap(), NOW, 1_000_000, &stopped, keep).unwrap();
        let planned: usize = plan::plans(&script::all().unwrap(), NOW, 0).iter().map(|p| p.spans.len()).sum();
        assert_eq!(sent.len(), planned);
        assert!(sent.iter().all(|&end| end <= NOW + 1_000_000));
    }

    #[test]
    fn a_demo_that_is_stopped_sends_nothing_more() {
        let (stop, stopped) = mpsc::channel();
        let mut stop = Some(stop);
        let mut sent = 0;
        let leave = |_| {
            sent += 1;
            drop(stop.take());
            Ok(())
        };
        play(&script::all().unwrap(), NOW, 10_000, &stopped, leave).unwrap();
        assert_eq!(sent, 1);
    }
}
