//! Reading a body under its limits, and getting rid of one that is not wanted.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::{Instant, timeout, timeout_at};

use super::admit::Reservation;
use super::refused::{Kind, Refused};

/// A sender that is silent for so long in mid body has gone; what it holds of the budget is needed.
const STALL: Duration = Duration::from_secs(30);
/// Room made ahead for a declared length; a false declaration costs no more.
const HINT: usize = 1 << 20;
/// What of a refused body is read and thrown away, so that its sender gets to read the answer.
const DISCARD_BYTES: usize = 256 << 20;
/// How long that may take.
const DISCARD_TIME: Duration = Duration::from_secs(10);

/// Reads the whole of `body`, at most `max` bytes, each counted in `reservation` as it comes. `declared` is its length by
/// the head, `announced` tells the length by its first bytes; both are 0 if unknown.
pub(super) async fn read<B>(
    body: &mut B,
    declared: usize,
    announced: fn(&[u8]) -> usize,
    max: usize,
    reservation: &mut Reservation,
) -> Result<Bytes, Refused>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Display,
{
    if declared > max {
        return Err(Refused::too_large(max));
    }
    let Some(first) = next(body).await? else { return Ok(Bytes::new()) };
    let expected = declared.max(announced(&first));
    if expected > max {
        return Err(Refused::too_large(max));
    }
    admit(0, &first, max, reservation)?;
    if body.is_end_stream() {
        return Ok(first);
    }
    // read to its end even when all seems there: HTTP/2 resets a stream that is dropped before
    let Some(second) = next(body).await? else { return Ok(first) };
    admit(first.len(), &second, max, reservation)?;
    // copied, not kept in parts: a sender of one-byte chunks would cost 32 bytes for each
    let mut whole = Vec::with_capacity(expected.min(HINT).max(first.len() + second.len()));
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&second);
    drop((first, second));
    while let Some(part) = next(body).await? {
        admit(whole.len(), &part, max, reservation)?;
        whole.extend_from_slice(&part);
    }
    Ok(whole.into())
}

fn admit(have: usize, part: &Bytes, max: usize, reservation: &mut Reservation) -> Result<(), Refused> {
    if have + part.len() > max {
        return Err(Refused::too_large(max));
    }
    reservation.grow(part.len())
}

/// The next piece of data; trailers are passed over.
async fn next<B>(body: &mut B) -> Result<Option<Bytes>, Refused>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Display,
{
    loop {
        let frame = timeout(STALL, body.frame()).await.map_err(|_| {
            Refused::new(Kind::Stalled, format!("no data for {} s in mid body", STALL.as_secs()))
        })?;
        match frame {
            None => return Ok(None),
            Some(Err(error)) => {
                return Err(Refused::new(Kind::Stalled, format!("the body was cut off: {error}")));
            }
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// Reads on and forgets, within bounds: closing on a sender that still writes loses the answer on its way.
pub(super) async fn discard<B>(body: &mut B)
where
    B: Body<Data = Bytes> + Unpin,
{
    let until = Instant::now() + DISCARD_TIME;
    let mut left = DISCARD_BYTES;
    while let Ok(Some(Ok(frame))) = timeout_at(until, body.frame()).await {
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body_util::Full;
    use hyper::body::Frame;

    use super::*;
    use crate::receive::admit::Budget;

    async fn read_all(body: &[u8], max: usize, budget: usize) -> Result<Bytes, Refused> {
        let mut body = Full::new(Bytes::copy_from_slice(body));
        read(&mut body, 0, |_| 0, max, &mut Budget::new(budget).open()).await
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_not_a_byte_further() {
        assert_eq!(read_all(b"12345", 5, 100).await.unwrap(), "12345");
        assert_eq!(read_all(b"123456", 5, 100).await.unwrap_err().kind, Kind::TooLarge);
        assert_eq!(read_all(b"12345", 5, 4).await.unwrap_err().kind, Kind::Busy);
        assert_eq!(read_all(b"", 5, 4).await.unwrap(), "");
    }

    /// A body that comes in parts.
    struct Parts(VecDeque<Bytes>);

    impl Body for Parts {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(|part| Ok(Frame::data(part))))
        }
    }

    #[tokio::test]
    async fn parts_are_put_together_in_order() {
        let mut body = Parts(["one ", "two ", "three"].map(Bytes::from).into());
        let whole = read(&mut body, 0, |_| 0, 100, &mut Budget::new(100).open()).await.unwrap();
        assert_eq!(whole, "one two three");
    }

    #[tokio::test]
    async fn a_length_over_the_limit_is_refused_when_it_is_known() {
        let mut body = Full::new(Bytes::from_static(b"x"));
        let refused = read(&mut body, 0, |_| 101, 100, &mut Budget::new(100).open()).await.unwrap_err();
        assert_eq!(refused.kind, Kind::TooLarge);
        let mut body = Full::new(Bytes::from_static(b"x"));
        let refused = read(&mut body, 101, |_| 0, 100, &mut Budget::new(100).open()).await.unwrap_err();
        assert_eq!(refused.kind, Kind::TooLarge);
    }
}
