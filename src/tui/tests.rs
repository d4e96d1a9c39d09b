//! The interface as people use it: keys in, state and pictures out.

mod delete;
mod detail;
mod diff;
mod findings;
mod keys;
mod list;
mod live;
mod matrix;
mod mouse;
mod palette;
mod pictures;
mod plumbing;
mod proofs;
mod reading;
mod replay;
mod scripts;
mod timeline;
