//! spanglass: a terminal explorer for what LLM agents did.
//!
//! ```text
//!             exporters                                             people, scripts
//!                │ OTLP: gRPC, HTTP                                    ▲      ▲
//!                ▼                                                     │      │
//!            ┌─────────┐    ┌────────┐    ┌───────┐    ┌─────────┐  ┌─────┐ ┌────────┐
//!            │ receive │ ─▶ │ ingest │ ─▶ │ store │ ─▶ │ analyze │─▶│ tui │ │ report │
//!            └─────────┘    └────────┘    └───────┘    └─────────┘  └─────┘ └────────┘
//!                            │      │         one SQLite file
//!                            ▼      ▼
//!                      ┌─────────┐┌───────┐      config: settings, keys, themes
//!                      │ dialect ││ price │      cli:    one file per command, wires the rooms
//!                      └─────────┘└───────┘      model:  the types that travel; imports nothing of ours
//! ```
//!
//! Arrows run one way; `tests/rooms.rs` reads the imports and holds them against the table of rooms. Raw telemetry is
//! the truth; everything else is derived from it and can be derived again.

pub mod analyze;
pub mod cli;
pub mod config;
pub mod dialect;
pub mod ingest;
pub mod model;
pub mod price;
pub mod receive;
pub mod report;
pub mod store;
pub mod tui;
