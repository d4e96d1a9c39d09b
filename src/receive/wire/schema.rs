//! Which fields of OTLP's messages hold texts and messages: all that mending needs to know (`otlp.md` 4.1).

use opentelemetry_proto::tonic::{logs::v1::LogRecord, metrics::v1::Metric, trace::v1::Span};
use prost::{DecodeError, Message};

/// What a length-delimited field holds. Fields that are not listed are copied as they are.
pub(super) enum Shape {
    /// A `string`.
    Text,
    /// A message.
    Message(&'static Schema),
    /// A message that can be left out alone, with the check whether it can be read.
    Record(&'static Schema, fn(&[u8]) -> Result<(), DecodeError>),
}

/// Field numbers with shapes.
pub(in crate::receive) struct Schema(&'static [(u32, Shape)]);

impl Schema {
    pub(super) fn shape(&self, field: u32) -> Option<&'static Shape> {
        self.0.iter().find(|(number, _)| *number == field).map(|(_, shape)| shape)
    }
}

fn check<M: Message + Default>(bytes: &[u8]) -> Result<(), DecodeError> {
    M::decode(bytes).map(drop)
}

use Shape::{Message as Sub, Record, Text};

pub(super) static TRACES: Schema = Schema(&[(1, Sub(&RESOURCE_SPANS))]);
pub(super) static LOGS: Schema = Schema(&[(1, Sub(&RESOURCE_LOGS))]);
pub(super) static METRICS: Schema = Schema(&[(1, Sub(&RESOURCE_METRICS))]);

static RESOURCE_SPANS: Schema = Schema(&[(1, Sub(&RESOURCE)), (2, Sub(&SCOPE_SPANS)), (3, Text)]);
static RESOURCE_LOGS: Schema = Schema(&[(1, Sub(&RESOURCE)), (2, Sub(&SCOPE_LOGS)), (3, Text)]);
static RESOURCE_METRICS: Schema = Schema(&[(1, Sub(&RESOURCE)), (2, Sub(&SCOPE_METRICS)), (3, Text)]);
static SCOPE_SPANS: Schema = Schema(&[(1, Sub(&SCOPE)), (2, Record(&SPAN, check::<Span>)), (3, Text)]);
static SCOPE_LOGS: Schema =
    Schema(&[(1, Sub(&SCOPE)), (2, Record(&LOG_RECORD, check::<LogRecord>)), (3, Text)]);
static SCOPE_METRICS: Schema = Schema(&[(1, Sub(&SCOPE)), (2, Record(&METRIC, check::<Metric>)), (3, Text)]);

static RESOURCE: Schema = Schema(&[(1, Sub(&KEY_VALUE)), (3, Sub(&ENTITY_REF))]);
static ENTITY_REF: Schema = Schema(&[(1, Text), (2, Text), (3, Text), (4, Text)]);
static SCOPE: Schema = Schema(&[(1, Text), (2, Text), (3, Sub(&KEY_VALUE))]);
static KEY_VALUE: Schema = Schema(&[(1, Text), (2, Sub(&ANY_VALUE))]);
static ANY_VALUE: Schema = Schema(&[(1, Text), (5, Sub(&ARRAY_VALUE)), (6, Sub(&KEY_VALUE_LIST))]);
static ARRAY_VALUE: Schema = Schema(&[(1, Sub(&ANY_VALUE))]);
static KEY_VALUE_LIST: Schema = Schema(&[(1, Sub(&KEY_VALUE))]);

static SPAN: Schema = Schema(&[
    (3, Text),
    (5, Text),
    (9, Sub(&KEY_VALUE)),
    (11, Sub(&EVENT)),
    (13, Sub(&LINK)),
    (15, Sub(&STATUS)),
]);
static EVENT: Schema = Schema(&[(2, Text), (3, Sub(&KEY_VALUE))]);
static LINK: Schema = Schema(&[(3, Text), (4, Sub(&KEY_VALUE))]);
static STATUS: Schema = Schema(&[(2, Text)]);
static LOG_RECORD: Schema = Schema(&[(3, Text), (5, Sub(&ANY_VALUE)), (6, Sub(&KEY_VALUE)), (12, Text)]);

static METRIC: Schema = Schema(&[
    (1, Text),
    (2, Text),
    (3, Text),
    (5, Sub(&NUMBER_DATA)),
    (7, Sub(&NUMBER_DATA)),
    (9, Sub(&HISTOGRAM)),
    (10, Sub(&EXPONENTIAL_HISTOGRAM)),
    (11, Sub(&SUMMARY)),
    (12, Sub(&KEY_VALUE)),
]);
static NUMBER_DATA: Schema = Schema(&[(1, Sub(&NUMBER_POINT))]);
static NUMBER_POINT: Schema = Schema(&[(5, Sub(&EXEMPLAR)), (7, Sub(&KEY_VALUE))]);
static HISTOGRAM: Schema = Schema(&[(1, Sub(&HISTOGRAM_POINT))]);
static HISTOGRAM_POINT: Schema = Schema(&[(8, Sub(&EXEMPLAR)), (9, Sub(&KEY_VALUE))]);
static EXPONENTIAL_HISTOGRAM: Schema = Schema(&[(1, Sub(&EXPONENTIAL_POINT))]);
static EXPONENTIAL_POINT: Schema = Schema(&[(1, Sub(&KEY_VALUE)), (11, Sub(&EXEMPLAR))]);
static SUMMARY: Schema = Schema(&[(1, Sub(&SUMMARY_POINT))]);
static SUMMARY_POINT: Schema = Schema(&[(7, Sub(&KEY_VALUE))]);
static EXEMPLAR: Schema = Schema(&[(7, Sub(&KEY_VALUE))]);
