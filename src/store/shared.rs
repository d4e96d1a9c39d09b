//! What rows repeat, kept once for all steps that are read in one go: of a long run most names, models and prices are the
//! same few.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Rates, SharedText};

/// Texts and rates that steps share.
#[derive(Default)]
pub(super) struct Shared {
    texts: FxHashSet<SharedText>,
    /// What each column said last.
    last: Vec<Option<SharedText>>,
    rates: FxHashMap<String, Arc<Rates>>,
}

impl Shared {
    /// Texts remembered: more than a program has names for things; what comes later is no repetition but a text of its own.
    const ROOM: usize = 4096;

    /// What a column says, if it said so last: most do, and neither is it looked up then nor read as text.
    pub(super) fn said_before(&self, column: usize, said: &[u8]) -> Option<SharedText> {
        self.last.get(column)?.as_ref().filter(|last| last.as_bytes() == said).cloned()
    }

    /// What a column says, shared with those before it that say the same.
    pub(super) fn text_of(&mut self, column: usize, text: &str) -> SharedText {
        let shared = self.text(text);
        if self.last.len() <= column {
            self.last.resize(column + 1, None);
        }
        self.last[column] = Some(shared.clone());
        shared
    }

    /// `text`, shared with those before it that say the same.
    pub(super) fn text(&mut self, text: &str) -> SharedText {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new = SharedText::from(text);
        if self.texts.len() < Self::ROOM {
            self.texts.insert(new.clone());
        }
        new
    }

    /// What `read` makes of the column `text`, shared with those before it that say the same.
    ///
    /// # Errors
    /// `read`'s.
    pub(super) fn rates<E>(
        &mut self,
        text: &str,
        read: impl FnOnce(&str) -> Result<Rates, E>,
    ) -> Result<Arc<Rates>, E> {
        if let Some(known) = self.rates.get(text) {
            return Ok(Arc::clone(known));
        }
        let new = Arc::new(read(text)?);
        if self.rates.len() < Self::ROOM {
            self.rates.insert(text.to_owned(), Arc::clone(&new));
        }
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_kept_once_and_what_does_not_is_not_remembered_for_ever() {
        let mut shared = Shared::default();
        let first = shared.text("triage");
        assert_eq!(shared.said_before(3, b"triage"), None);
        assert_eq!(shared.text_of(3, "triage").as_ptr(), first.as_ptr());
        assert_eq!(shared.said_before(3, b"triage").map(|text| text.as_ptr()), Some(first.as_ptr()));
        assert_eq!((shared.said_before(3, b"billing"), shared.said_before(2, b"triage")), (None, None));
        assert_eq!(first.as_ptr(), shared.text("triage").as_ptr());
        for n in 0..2 * Shared::ROOM {
            assert_eq!(&*shared.text(&n.to_string()), n.to_string());
        }
        assert_eq!(shared.texts.len(), Shared::ROOM);
        assert_eq!(first.as_ptr(), shared.text("triage").as_ptr());
    }
}
