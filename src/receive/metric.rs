//! Metric data as one [`Value`] tree, named after the fields of `metrics.proto`.
//!
//! | proto | tree |
//! | --- | --- |
//! | message, repeated | `Map`, `Array` |
//! | double; `optional double` | `Double`; absent where not set |
//! | int32, sint32, uint32, enum, sfixed64 | `Int` |
//! | fixed64, uint64 | `Int` with the same 64 bits: beyond `i64::MAX` it reads negative, `as u64` gives it back |
//! | bool; bytes | `Bool`; `Bytes` |
//! | `repeated KeyValue` | `Map` in the order of arrival, repeated keys kept |
//! | oneof | the field that is set: `as_int` or `as_double` |
//!
//! A field at its default (zero, empty) is absent, as on the wire: nothing is lost, the tree can be encoded again.

use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogramDataPoint, HistogramDataPoint, Metric as Proto, NumberDataPoint,
    SummaryDataPoint, exemplar, exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
    summary_data_point::ValueAtQuantile,
};

use crate::model::{Attributes, Metric, Value};

use super::convert::attributes;

/// The metric, whole.
pub(super) fn from_proto(metric: Proto) -> Metric {
    let (data_type, data) = metric.data.map_or(("", Value::Null), data);
    Metric {
        name: metric.name,
        description: metric.description,
        unit: metric.unit,
        metadata: attributes(metric.metadata),
        data_type: data_type.to_owned(),
        data,
    }
}

fn data(data: Data) -> (&'static str, Value) {
    match data {
        Data::Gauge(gauge) => ("gauge", Tree::new().points(gauge.data_points, number_point).done()),
        Data::Sum(sum) => (
            "sum",
            Tree::new()
                .points(sum.data_points, number_point)
                .int("aggregation_temporality", sum.aggregation_temporality)
                .flag("is_monotonic", sum.is_monotonic)
                .done(),
        ),
        Data::Histogram(histogram) => (
            "histogram",
            Tree::new()
                .points(histogram.data_points, histogram_point)
                .int("aggregation_temporality", histogram.aggregation_temporality)
                .done(),
        ),
        Data::ExponentialHistogram(histogram) => (
            "exponential_histogram",
            Tree::new()
                .points(histogram.data_points, exponential_point)
                .int("aggregation_temporality", histogram.aggregation_temporality)
                .done(),
        ),
        Data::Summary(summary) => ("summary", Tree::new().points(summary.data_points, summary_point).done()),
    }
}

fn number_point(point: NumberDataPoint) -> Value {
    let tree = Tree::new()
        .attributes("attributes", point.attributes)
        .bits("start_time_unix_nano", point.start_time_unix_nano)
        .bits("time_unix_nano", point.time_unix_nano);
    let tree = match point.value {
        Some(number_data_point::Value::AsInt(number)) => tree.set("as_int", Value::Int(number)),
        Some(number_data_point::Value::AsDouble(number)) => tree.set("as_double", Value::Double(number)),
        None => tree,
    };
    tree.list("exemplars", point.exemplars, exemplar).int("flags", point.flags).done()
}

fn histogram_point(point: HistogramDataPoint) -> Value {
    Tree::new()
        .attributes("attributes", point.attributes)
        .bits("start_time_unix_nano", point.start_time_unix_nano)
        .bits("time_unix_nano", point.time_unix_nano)
        .bits("count", point.count)
        .optional("sum", point.sum)
        .list("bucket_counts", point.bucket_counts, same_bits)
        .list("explicit_bounds", point.explicit_bounds, Value::Double)
        .list("exemplars", point.exemplars, exemplar)
        .int("flags", point.flags)
        .optional("min", point.min)
        .optional("max", point.max)
        .done()
}

fn exponential_point(point: ExponentialHistogramDataPoint) -> Value {
    Tree::new()
        .attributes("attributes", point.attributes)
        .bits("start_time_unix_nano", point.start_time_unix_nano)
        .bits("time_unix_nano", point.time_unix_nano)
        .bits("count", point.count)
        .optional("sum", point.sum)
        .int("scale", point.scale)
        .bits("zero_count", point.zero_count)
        .message("positive", point.positive.map(buckets))
        .message("negative", point.negative.map(buckets))
        .int("flags", point.flags)
        .list("exemplars", point.exemplars, exemplar)
        .optional("min", point.min)
        .optional("max", point.max)
        .double("zero_threshold", point.zero_threshold)
        .done()
}

fn buckets(buckets: Buckets) -> Value {
    Tree::new().int("offset", buckets.offset).list("bucket_counts", buckets.bucket_counts, same_bits).done()
}

fn summary_point(point: SummaryDataPoint) -> Value {
    Tree::new()
        .attributes("attributes", point.attributes)
        .bits("start_time_unix_nano", point.start_time_unix_nano)
        .bits("time_unix_nano", point.time_unix_nano)
        .bits("count", point.count)
        .double("sum", point.sum)
        .list("quantile_values", point.quantile_values, quantile)
        .int("flags", point.flags)
        .done()
}

fn quantile(quantile: ValueAtQuantile) -> Value {
    Tree::new().double("quantile", quantile.quantile).double("value", quantile.value).done()
}

fn exemplar(exemplar: Exemplar) -> Value {
    let tree = Tree::new()
        .attributes("filtered_attributes", exemplar.filtered_attributes)
        .bits("time_unix_nano", exemplar.time_unix_nano);
    let tree = match exemplar.value {
        Some(exemplar::Value::AsInt(number)) => tree.set("as_int", Value::Int(number)),
        Some(exemplar::Value::AsDouble(number)) => tree.set("as_double", Value::Double(number)),
        None => tree,
    };
    tree.bytes("span_id", exemplar.span_id).bytes("trace_id", exemplar.trace_id).done()
}

/// The 64 bits of an unsigned number as [`Value::Int`].
fn same_bits(number: u64) -> Value {
    Value::Int(number.cast_signed())
}

/// A message's fields; each method leaves out a default.
struct Tree(Vec<(String, Value)>);

impl Tree {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn done(self) -> Value {
        Value::Map(Attributes(self.0))
    }

    fn set(mut self, name: &str, value: Value) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    fn set_if(self, present: bool, name: &str, value: Value) -> Self {
        if present { self.set(name, value) } else { self }
    }

    fn int(self, name: &str, number: impl Into<i64>) -> Self {
        let number = number.into();
        self.set_if(number != 0, name, Value::Int(number))
    }

    fn bits(self, name: &str, number: u64) -> Self {
        self.set_if(number != 0, name, same_bits(number))
    }

    /// Compared by bits: protobuf sends a negative zero, and it is none of the default.
    fn double(self, name: &str, number: f64) -> Self {
        self.set_if(number.to_bits() != 0, name, Value::Double(number))
    }

    fn optional(self, name: &str, number: Option<f64>) -> Self {
        self.message(name, number.map(Value::Double))
    }

    fn message(self, name: &str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    fn flag(self, name: &str, flag: bool) -> Self {
        self.set_if(flag, name, Value::Bool(flag))
    }

    fn bytes(self, name: &str, bytes: Vec<u8>) -> Self {
        self.set_if(!bytes.is_empty(), name, Value::Bytes(bytes))
    }

    fn attributes(self, name: &str, pairs: Vec<opentelemetry_proto::tonic::common::v1::KeyValue>) -> Self {
        self.set_if(!pairs.is_empty(), name, Value::Map(attributes(pairs)))
    }

    fn list<T>(self, name: &str, items: Vec<T>, item: fn(T) -> Value) -> Self {
        self.set_if(!items.is_empty(), name, Value::Array(items.into_iter().map(item).collect()))
    }

    fn points<T>(self, points: Vec<T>, point: fn(T) -> Value) -> Self {
        self.list("data_points", points, point)
    }
}
