//! Exit codes.

use std::process::ExitCode;

/// How the program ends, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is good.
    Good = 0,
    /// A check failed, or two runs diverge.
    Failed = 1,
    /// Wrong use, unreadable input, or something that could not be done.
    Wrong = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
