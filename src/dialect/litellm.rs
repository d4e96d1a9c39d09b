//! `LiteLLM`'s own spans (`callbacks = ["otel"]`): the conventions, the parts of usage and the cost in words of its own.

use super::table::{Dialect, Field, Name, Row, name, no_refinement, row};
use crate::model::StepKind;

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: &[], content: &[], names: NAMES, refine: no_refinement };

const ROWS: &[Row] = &[
    row("metadata.usage_object", Field::UsageObject, 145),
    row("gen_ai.cost.total_cost", Field::Cost, 145),
    row("gen_ai.cost.input_cost", Field::InputCost, 145),
    row("gen_ai.cost.output_cost", Field::OutputCost, 145),
];

/// `raw_gen_ai_request` repeats what was sent and answered: a part of the call above it.
const NAMES: &[Name] = &[name("raw_gen_ai_request", StepKind::Task).plumbing().of("litellm")];
