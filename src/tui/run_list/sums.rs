//! What all runs come to, for the header.

use crate::model::{CostTotal, NanoUsd};

/// What all runs come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Runs.
    pub runs: usize,
    /// Cost of all in nanodollars, as far as it is known.
    pub(super) nanos: i128,
    /// Runs of whose cost something is known.
    pub(super) priced: usize,
    /// Runs of whose cost a part is unknown.
    pub(super) partial: usize,
}

impl Sums {
    /// Cost of all runs, marked where a part of it is unknown.
    pub fn cost(&self) -> CostTotal {
        let nanos = i64::try_from(self.nanos).unwrap_or(i64::MAX);
        CostTotal {
            amount: NanoUsd(nanos),
            computed: self.priced as u64,
            unknown: self.partial as u64,
            ..CostTotal::default()
        }
    }
}
