//! Whether runs are really to be deleted.

use crate::model::RunKey;

/// The question, over the list.
#[derive(Debug)]
pub struct Confirm {
    /// Runs that are to go; never empty.
    pub runs: Vec<RunKey>,
}
