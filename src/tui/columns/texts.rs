//! Texts that runs are sorted by: in lower case, their beginnings at hand, each kept once however many runs share it.

use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::RunSummary;

/// A text in lower case. Its beginning tells most texts apart without a look at memory elsewhere: of 20 000 runs that is
/// most of what sorting costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Its first sixteen bytes, the first the highest; zeros after its end.
    head: [u64; 2],
    whole: Arc<str>,
}

impl Text {
    fn of(text: &str) -> Self {
        let is_low = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let whole: Arc<str> = if is_low { text.into() } else { text.to_lowercase().into() };
        let eight = |from: usize| {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(whole.bytes().skip(from)).for_each(|(to, byte)| *to = byte);
            u64::from_be_bytes(bytes)
        };
        Self { head: [eight(0), eight(8)], whole }
    }

    fn rest(&self, other: &Self) -> Ordering {
        let (own, others) = (self.whole.len(), other.whole.len());
        if own.max(others) <= size_of_val(&self.head) {
            // nothing follows but zeros
            return own.cmp(&others);
        }
        if Arc::ptr_eq(&self.whole, &other.whole) { Ordering::Equal } else { self.whole.cmp(&other.whole) }
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.head.cmp(&other.head).then_with(|| self.rest(other))
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The texts of a run, made when it comes: to follow pointers into 20 000 runs at a key press is what takes longest.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    pub(super) agent: Option<Text>,
    pub(super) task: Option<Text>,
    pub(super) model: Option<Text>,
}

impl Texts {
    /// Those of a run; `known` are those of others.
    pub fn of(run: &RunSummary, known: &mut Known) -> Self {
        Self {
            agent: known.text(run.agents.first().unwrap_or(&run.name)),
            task: known.text(run.task.as_deref().unwrap_or(&run.name)),
            model: run.models.first().and_then(|model| known.text(model)),
        }
    }

    /// Those of a group of runs that has no more than a name.
    pub fn of_name(name: &str) -> Self {
        let name = (!name.is_empty()).then(|| Text::of(name));
        Self { agent: name.clone(), task: name, model: None }
    }
}

/// Texts that came so far.
#[derive(Debug, Default)]
pub struct Known(FxHashMap<Box<str>, Text>);

impl Known {
    /// Names of agents and models are few. What comes after so many is kept for its own run alone, and goes with it.
    const MOST: usize = 4096;

    fn text(&mut self, text: &str) -> Option<Text> {
        if text.is_empty() {
            return None;
        }
        if let Some(known) = self.0.get(text) {
            return Some(known.clone());
        }
        let made = Text::of(text);
        if self.0.len() < Self::MOST {
            self.0.insert(text.into(), made.clone());
        }
        Some(made)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_stand_in_the_order_of_their_letters(
            a in "[a-c\0é]{0,18}", b in "[a-c\0é]{0,18}", same in "(same beginning, |)"
        ) {
            let [a, b] = [a, b].map(|text| format!("{same}{text}"));
            prop_assert_eq!(Text::of(&a).cmp(&Text::of(&b)), a.cmp(&b));
            prop_assert_eq!(Text::of(&a) == Text::of(&b), a == b);
        }
    }
}
