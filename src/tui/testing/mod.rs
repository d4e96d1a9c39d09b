//! Helpers of the interface's tests: a world, keys written as people write them, pictures with their roles.

pub(crate) mod content;
pub(crate) mod pair;
pub(crate) mod picture;
pub(crate) mod session;
pub(crate) mod timed;
pub(crate) mod troubled;
pub(crate) mod world;
