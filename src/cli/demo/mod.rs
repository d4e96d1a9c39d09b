//! demo
mod pace;
mod plan;
mod script;
mod span;
mod talk;
