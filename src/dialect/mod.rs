//! What a span means: attribute dialects in, one [step](crate::model::Step) out.
//!
//! Owns the tables of attribute names and the rules that read them (`dialects.md`). A dialect is a file with a table of
//! its own (`genai`, `openinference`, `openllmetry`, `vercel`); it is recognised by what a record carries, and
//! several may speak on one span: of two spellings of one quantity the better-ranked wins, they are never added.
//!
//! Everything here is a pure function of a record. Must not know the store, the clock, prices or any other span: what
//! needs the tree (who handed over to whom, which of two reports of a call counts) is left to `analyze`.

mod adk;
mod ag2;
mod agent_framework;
mod braintrust;
mod client;
mod coding_agents;
mod content;
mod digest;
mod effect;
mod evidence;
mod gaps;
mod genai;
mod handmade;
mod handoff;
mod haystack;
mod langchain;
mod langfuse;
mod langsmith;
mod lenient;
mod litellm;
mod log;
mod logfire;
mod mastra;
mod mlflow;
mod normal;
mod oddities;
mod openinference;
mod openlit;
mod openllmetry;
mod outcome;
mod plumbing;
mod raw_answer;
mod reading;
mod setup;
mod side;
mod spring;
mod step;
mod strands;
mod table;
mod tags;
mod ties;
mod usage;
mod usage_object;
mod vercel;
mod wording;

pub use client::{Client, client};
pub use content::{content, gist, task};
pub use digest::{Kept, argument_digest, kept, result_digest};
pub use gaps::{examine, examine_log};
pub use log::{LogReading, read_log, session_of};
pub use logfire::as_begun;
pub use setup::{Setup, setup};
pub use side::{Side, content_side, is_content};
pub use step::{Interpretation, interpret};
pub use ties::{Part, TieKey, Ties};
pub use wording::asked_by_user;

#[cfg(test)]
mod tests;
