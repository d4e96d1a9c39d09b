//! When the next frame is due. Owns the one number of frames a second; knows neither what is drawn nor who asks.

use std::time::{Duration, Instant};

/// Least time between two frames of the same cause: sixty a second.
const FRAME: Duration = Duration::from_millis(16);

/// Why a frame waits to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// Something arrived, or time went on.
    News,
    /// Somebody pressed a key, moved the mouse or changed the size, and watches for the answer.
    Press,
}

/// Paces frames: news wait for their turn, a press does not wait for the frame that news had a moment ago. Presses are
/// paced among themselves: a dragged mouse reports some hundred times a second, and over SSH each frame is sent.
#[derive(Debug, Default)]
pub(super) struct Pace {
    drawn: Option<Instant>,
    answered: Option<Instant>,
}

impl Pace {
    /// How long a frame still waits at `now`, `None` before the first.
    pub(super) fn due(&self, cause: Cause, now: Instant) -> Option<Duration> {
        let drawn = self.drawn?;
        let since = match cause {
            Cause::News => Some(drawn),
            Cause::Press => self.answered,
        };
        Some(since.map_or(Duration::ZERO, |at| FRAME.saturating_sub(now.saturating_duration_since(at))))
    }

    /// A frame was drawn at `now`.
    pub(super) fn drew(&mut self, cause: Cause, now: Instant) {
        self.drawn = Some(now);
        if cause == Cause::Press {
            self.answered = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_waits_for_no_news_but_for_the_answer_to_the_press_before() {
        use Cause::{News, Press};
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        // frames so far, what waits, when, and how long it still waits
        let cases = [
            (vec![(News, 0)], News, 0, 16),
            (vec![(News, 0)], News, 10, 6),
            (vec![(News, 0)], News, 40, 0),
            (vec![(News, 0)], Press, 0, 0),
            (vec![(Press, 0)], Press, 6, 10),
            (vec![(Press, 0), (News, 16)], Press, 17, 0),
            (vec![(Press, 0)], News, 6, 10),
            (vec![(News, 0), (Press, 1)], News, 16, 1),
        ];
        for (frames, cause, now, left) in cases {
            let mut pace = Pace::default();
            assert_eq!(pace.due(cause, start), None, "the first frame is not ours to pace");
            for &(cause, when) in &frames {
                pace.drew(cause, at(when));
            }
            assert_eq!(
                pace.due(cause, at(now)),
                Some(Duration::from_millis(left)),
                "{frames:?}, {cause:?} at {now}"
            );
        }
    }
}
