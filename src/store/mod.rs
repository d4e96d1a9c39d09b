//! One SQLite file: raw telemetry, content kept once, steps and run summaries.
//!
//! The only room that knows SQL: schema, migrations, the writer, readers, content pieces, search, following a file.
//! Must not know sockets, dialects, how runs are analyzed or shown, or tokio.

mod assemble;
mod cut;
mod delete;
mod error;
mod findings;
mod group;
mod json;
mod open;
mod past;
mod pieces;
mod places;
mod raw;
mod read_steps;
mod reader;
mod recent;
mod remarks;
mod replay;
mod rows;
mod run_rows;
mod run_steps;
mod schema;
mod search;
mod search_hit;
mod search_run;
mod shared;
mod signals;
mod snippet;
mod spans;
mod survey;
mod text;
mod texts_again;
mod ties;
mod whole;
mod word_index;
mod words;
mod writer;

pub use error::StoreError;
pub use group::{Group, Kept, OldRun, Source, Trace};
pub use past::FoundMark;
pub use raw::{LogEntry, Raw, SpanRecord};
pub use read_steps::StepsAsOf;
pub use reader::Reader;
pub use replay::ReplayedSpan;
pub use search::{HitPage, HitStep, Mark, SoFar, TextHit};
pub use survey::{SurveyedLog, SurveyedSpan};
pub use ties::{SessionRun, TieKind, Tied};
pub use writer::Writer;
