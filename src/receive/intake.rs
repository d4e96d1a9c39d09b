//! The one path for all: encoded bytes → export → ingest's inlet → answer.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::ingest::{Inlet, Refusal};
use crate::model::Export;

use super::admit::{Budget, Reservation};
use super::convert;
use super::counters::{Amount, Counters};
use super::inflate::{self, Coding};
use super::json;
use super::refused::{Kind, Refused};
use super::remarks::Remarks;
use super::signal::{Encoding, Signal};
use super::weigh;
use super::wire;

/// From here on decoding leaves the threads that serve sockets: about half a millisecond.
const HEAVY: usize = 64 << 10;
/// The same for compressed bodies, which may be much more than they seem.
const HEAVY_COMPRESSED: usize = 4 << 10;

/// What every request needs.
#[derive(Clone)]
pub(super) struct Intake {
    pub(super) inlet: Inlet,
    pub(super) budget: Arc<Budget>,
    pub(super) counters: Counters,
    pub(super) max_body: usize,
}

/// A body that was read, and how to understand it.
pub(super) struct Delivery {
    pub(super) signal: Signal,
    pub(super) encoding: Encoding,
    /// As applied: the last is undone first.
    pub(super) codings: Vec<Coding>,
    pub(super) body: Bytes,
    pub(super) reservation: Reservation,
}

/// What a delivery held.
struct Decoded {
    export: Export,
    remarks: Remarks,
    bytes: usize,
    reservation: Reservation,
}

impl Intake {
    /// Takes a delivery in: returns once it is committed, with what was wrong inside it.
    pub(super) async fn take(&self, delivery: Delivery) -> Result<Remarks, Refused> {
        let max_body = self.max_body;
        let decoded = if delivery.is_heavy() {
            let task = spawn_blocking(move || delivery.decode(max_body));
            task.await
                .map_err(|error| Refused::new(Kind::Internal, format!("decoding failed: {error}")))??
        } else {
            delivery.decode(max_body)?
        };
        let remarks = decoded.remarks.clone();
        self.submit(decoded).await?;
        if remarks.rejected > 0 {
            self.counters.rejected(remarks.rejected, remarks.reason().unwrap_or_default());
        }
        Ok(remarks)
    }

    /// Hands the export over and waits for its commit. What it holds and counts hangs on the answer, not on this future:
    /// a sender that hangs up changes neither.
    async fn submit(&self, decoded: Decoded) -> Result<(), Refused> {
        let amount = Amount::of(&decoded.export, decoded.bytes);
        if decoded.export.is_empty() {
            self.counters.answered(amount, &Ok(()));
            return Ok(());
        }
        let (answer, answered) = oneshot::channel();
        let (counters, reservation) = (self.counters.clone(), decoded.reservation);
        let reply = move |result: Result<(), Refusal>| {
            drop(reservation);
            counters.answered(amount, &result);
            if answer.send(result).is_err() {
                tracing::debug!("the sender hung up before its answer");
            }
        };
        self.inlet.submit(decoded.export, Box::new(reply));
        match answered.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refusal)) => Err(Refused::new(Kind::Busy, refusal.to_string())),
            // the writer is gone without a word
            Err(_) => Err(Refused::new(Kind::Busy, Refusal::Stopping.to_string())),
        }
    }
}

impl Delivery {
    fn is_heavy(&self) -> bool {
        self.body.len() > if self.codings.is_empty() { HEAVY } else { HEAVY_COMPRESSED }
    }

    fn decode(mut self, max_body: usize) -> Result<Decoded, Refused> {
        let body = inflate::inflate(&self.codings, self.body, max_body, &mut self.reservation)?;
        let excess = weigh::excess(self.signal, self.encoding, &body, self.reservation.under_way());
        self.reservation.grow_once(excess)?;
        let mut remarks = Remarks::default();
        let export = match self.encoding {
            Encoding::Protobuf => from_protobuf(self.signal, &body, &mut remarks),
            Encoding::Json => from_json(self.signal, &body, &mut remarks),
        }?;
        Ok(Decoded { export, remarks, bytes: body.len(), reservation: self.reservation })
    }
}

fn from_protobuf(signal: Signal, body: &[u8], remarks: &mut Remarks) -> Result<Export, Refused> {
    Ok(match signal {
        Signal::Traces => convert::traces(wire::read(body, remarks)?, remarks),
        Signal::Logs => convert::logs(wire::read(body, remarks)?, remarks),
        Signal::Metrics => convert::metrics(wire::read(body, remarks)?),
    })
}

fn from_json(signal: Signal, body: &[u8], remarks: &mut Remarks) -> Result<Export, Refused> {
    Ok(match signal {
        Signal::Traces => convert::traces(json::traces(body, remarks)?, remarks),
        Signal::Logs => convert::logs(json::logs(body, remarks)?, remarks),
        Signal::Metrics => convert::metrics(json::metrics(body, remarks)?),
    })
}

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
