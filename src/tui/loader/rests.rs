//! How long what was built lately is left as it is, so that a run that grows does not keep its loader busy, and what is
//! done once nothing else is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::model::RunKey;
use crate::tui::backend::RunView;

/// When what was built lately may be built anew.
#[derive(Debug, Default)]
pub(super) struct Rests {
    pub(super) run: Rest<RunKey>,
    pub(super) diff: Rest<[RunKey; 2]>,
    /// The view that was told last, and when its course is to be worked out.
    course: Option<(Arc<RunView>, Instant)>,
}

impl Rests {
    /// A run that did not grow for so long is one that somebody reads.
    const STILL: Duration = Duration::from_millis(600);

    /// The time until one of them is over, `None` while there is none.
    pub(super) fn left(&self) -> Option<Duration> {
        let course = self.course.as_ref().map(|(_, due)| due.saturating_duration_since(Instant::now()));
        [self.run.left(), self.diff.left(), course].into_iter().flatten().min()
    }

    /// Notes a view that was told.
    pub(super) fn note(&mut self, view: Option<&Arc<RunView>>) {
        self.course = view.map(|view| (Arc::clone(view), Instant::now() + Self::STILL));
    }

    /// Works out the course of a view that is looked at, and which rows are alike: the first key that asks for that of
    /// 100 000 steps would take 30 ms.
    pub(super) fn work_out(&mut self) {
        if let Some((view, _)) = self.course.take_if(|(_, due)| *due <= Instant::now()) {
            view.course();
            view.likeness();
        }
    }
}

/// The time in which a run is not built anew: a small one may grow with every commit, a long one four times a second
/// or, where even that is too much work, for a third of the time.
#[derive(Debug)]
pub(super) struct Rest<K>(Option<(K, Instant)>);

impl<K> Default for Rest<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq> Rest<K> {
    /// A build that takes this long is worth a rest: half a frame.
    const WORTH: Duration = Duration::from_millis(8);
    /// The least rest, for a build a quarter of a second.
    const LEAST: Duration = Duration::from_millis(250);

    pub(super) fn after(of: K, took: Duration) -> Self {
        Self((took >= Self::WORTH).then(|| (of, Instant::now() + Self::LEAST.max(took * 2))))
    }

    /// Whether this may be built now.
    pub(super) fn allows(&self, wanted: &K) -> bool {
        self.0.as_ref().is_none_or(|(of, _)| of != wanted) || self.left().is_none()
    }

    /// What is left of it, `None` once it is over.
    fn left(&self) -> Option<Duration> {
        let (_, until) = self.0.as_ref()?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_build_rests_and_a_short_one_does_not() {
        let short = Rest::after(RunKey(1), Duration::from_millis(2));
        assert_eq!(short.left(), None);
        for (took, least, most) in [(60, 200, 250), (400, 700, 800)] {
            let rest = Rest::after(RunKey(1), Duration::from_millis(took));
            let left = rest.left().unwrap();
            assert!(left > Duration::from_millis(least) && left <= Duration::from_millis(most), "{left:?}");
            assert!(!rest.allows(&RunKey(1)) && rest.allows(&RunKey(2)));
        }
    }
}
