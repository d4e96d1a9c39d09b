//! The interface as people use it: keys in, state and pictures out.

mod keys;
mod list;
mod live;
mod pictures;
