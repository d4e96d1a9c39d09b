//! Metrics from JSON.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
    HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary,
    SummaryDataPoint, exemplar, exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
    summary_data_point::ValueAtQuantile,
};

use crate::receive::remarks::Remarks;

use super::common::{attributes, each, list, records, resource, scope};
use super::scalar::{boolean, double, enumeration, integer, optional_id, text};
use super::tree::{Flaw, Json};

type Result<T> = std::result::Result<T, Flaw>;

/// An export request.
pub(super) fn request(json: Json<'_>, remarks: &mut Remarks) -> Result<ExportMetricsServiceRequest> {
    let mut request = ExportMetricsServiceRequest::default();
    each(json, |key, field| {
        if key == "resourceMetrics" {
            request.resource_metrics = list(field, |item| resource_metrics(item, remarks))?;
        }
        Ok(())
    })?;
    Ok(request)
}

fn resource_metrics(json: Json<'_>, remarks: &mut Remarks) -> Result<ResourceMetrics> {
    let mut metrics = ResourceMetrics::default();
    each(json, |key, field| {
        match key {
            "resource" => metrics.resource = Some(resource(field, remarks)),
            "scopeMetrics" | "instrumentationLibraryMetrics" => {
                metrics.scope_metrics = list(field, |item| scope_metrics(item, remarks))?;
            }
            "schemaUrl" => metrics.schema_url = text(field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(metrics)
}

fn scope_metrics(json: Json<'_>, remarks: &mut Remarks) -> Result<ScopeMetrics> {
    let mut metrics = ScopeMetrics::default();
    each(json, |key, field| {
        match key {
            "scope" | "instrumentationLibrary" => metrics.scope = Some(scope(field, remarks)),
            "metrics" => metrics.metrics = records(field, remarks, metric)?,
            "schemaUrl" => metrics.schema_url = text(field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(metrics)
}

fn metric(json: Json<'_>, remarks: &mut Remarks) -> Result<Metric> {
    let mut metric = Metric::default();
    each(json, |key, field| {
        match key {
            "name" => metric.name = text(field)?,
            "description" => metric.description = text(field)?,
            "unit" => metric.unit = text(field)?,
            "metadata" => metric.metadata = attributes(field)?,
            "gauge" => metric.data = Some(Data::Gauge(gauge(field, remarks)?)),
            "sum" => metric.data = Some(Data::Sum(sum(field, remarks)?)),
            "histogram" => metric.data = Some(Data::Histogram(histogram(field, remarks)?)),
            "exponentialHistogram" => {
                metric.data = Some(Data::ExponentialHistogram(exponential(field, remarks)?));
            }
            "summary" => metric.data = Some(Data::Summary(summary(field)?)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(metric)
}

fn gauge(json: Json<'_>, remarks: &mut Remarks) -> Result<Gauge> {
    let mut gauge = Gauge::default();
    each(json, |key, field| {
        if key == "dataPoints" {
            gauge.data_points = list(field, |item| number_point(item, remarks))?;
        }
        Ok(())
    })?;
    Ok(gauge)
}

fn sum(json: Json<'_>, remarks: &mut Remarks) -> Result<Sum> {
    let mut sum = Sum::default();
    each(json, |key, field| {
        match key {
            "dataPoints" => sum.data_points = list(field, |item| number_point(item, remarks))?,
            "aggregationTemporality" => sum.aggregation_temporality = temporality(&field)?,
            "isMonotonic" => sum.is_monotonic = boolean(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(sum)
}

fn histogram(json: Json<'_>, remarks: &mut Remarks) -> Result<Histogram> {
    let mut histogram = Histogram::default();
    each(json, |key, field| {
        match key {
            "dataPoints" => histogram.data_points = list(field, |item| histogram_point(item, remarks))?,
            "aggregationTemporality" => histogram.aggregation_temporality = temporality(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(histogram)
}

fn exponential(json: Json<'_>, remarks: &mut Remarks) -> Result<ExponentialHistogram> {
    let mut histogram = ExponentialHistogram::default();
    each(json, |key, field| {
        match key {
            "dataPoints" => histogram.data_points = list(field, |item| exponential_point(item, remarks))?,
            "aggregationTemporality" => histogram.aggregation_temporality = temporality(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(histogram)
}

fn summary(json: Json<'_>) -> Result<Summary> {
    let mut summary = Summary::default();
    each(json, |key, field| {
        if key == "dataPoints" {
            summary.data_points = list(field, summary_point)?;
        }
        Ok(())
    })?;
    Ok(summary)
}

fn temporality(json: &Json<'_>) -> Result<i32> {
    let find = |name: &str| AggregationTemporality::from_str_name(name).map(i32::from);
    enumeration(json, "AGGREGATION_TEMPORALITY_", find)
}

fn number_point(json: Json<'_>, remarks: &mut Remarks) -> Result<NumberDataPoint> {
    use number_data_point::Value;
    let mut point = NumberDataPoint::default();
    each(json, |key, field| {
        match key {
            "attributes" => point.attributes = attributes(field)?,
            "startTimeUnixNano" => point.start_time_unix_nano = integer(&field)?,
            "timeUnixNano" => point.time_unix_nano = integer(&field)?,
            "asInt" => point.value = Some(Value::AsInt(integer(&field)?)),
            "asDouble" => point.value = Some(Value::AsDouble(double(&field)?)),
            "exemplars" => point.exemplars = list(field, |item| exemplar(item, remarks))?,
            "flags" => point.flags = integer(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(point)
}

fn histogram_point(json: Json<'_>, remarks: &mut Remarks) -> Result<HistogramDataPoint> {
    let mut point = HistogramDataPoint::default();
    each(json, |key, field| {
        match key {
            "attributes" => point.attributes = attributes(field)?,
            "startTimeUnixNano" => point.start_time_unix_nano = integer(&field)?,
            "timeUnixNano" => point.time_unix_nano = integer(&field)?,
            "count" => point.count = integer(&field)?,
            "sum" => point.sum = Some(double(&field)?),
            "bucketCounts" => point.bucket_counts = list(field, |item| integer(&item))?,
            "explicitBounds" => point.explicit_bounds = list(field, |item| double(&item))?,
            "exemplars" => point.exemplars = list(field, |item| exemplar(item, remarks))?,
            "flags" => point.flags = integer(&field)?,
            "min" => point.min = Some(double(&field)?),
            "max" => point.max = Some(double(&field)?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(point)
}

fn exponential_point(json: Json<'_>, remarks: &mut Remarks) -> Result<ExponentialHistogramDataPoint> {
    let mut point = ExponentialHistogramDataPoint::default();
    each(json, |key, field| {
        match key {
            "attributes" => point.attributes = attributes(field)?,
            "startTimeUnixNano" => point.start_time_unix_nano = integer(&field)?,
            "timeUnixNano" => point.time_unix_nano = integer(&field)?,
            "count" => point.count = integer(&field)?,
            "sum" => point.sum = Some(double(&field)?),
            "scale" => point.scale = integer(&field)?,
            "zeroCount" => point.zero_count = integer(&field)?,
            "positive" => point.positive = Some(buckets(field)?),
            "negative" => point.negative = Some(buckets(field)?),
            "flags" => point.flags = integer(&field)?,
            "exemplars" => point.exemplars = list(field, |item| exemplar(item, remarks))?,
            "min" => point.min = Some(double(&field)?),
            "max" => point.max = Some(double(&field)?),
            "zeroThreshold" => point.zero_threshold = double(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(point)
}

fn buckets(json: Json<'_>) -> Result<Buckets> {
    let mut buckets = Buckets::default();
    each(json, |key, field| {
        match key {
            "offset" => buckets.offset = integer(&field)?,
            "bucketCounts" => buckets.bucket_counts = list(field, |item| integer(&item))?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(buckets)
}

fn summary_point(json: Json<'_>) -> Result<SummaryDataPoint> {
    let mut point = SummaryDataPoint::default();
    each(json, |key, field| {
        match key {
            "attributes" => point.attributes = attributes(field)?,
            "startTimeUnixNano" => point.start_time_unix_nano = integer(&field)?,
            "timeUnixNano" => point.time_unix_nano = integer(&field)?,
            "count" => point.count = integer(&field)?,
            "sum" => point.sum = double(&field)?,
            "quantileValues" => point.quantile_values = list(field, quantile)?,
            "flags" => point.flags = integer(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(point)
}

fn quantile(json: Json<'_>) -> Result<ValueAtQuantile> {
    let mut quantile = ValueAtQuantile::default();
    each(json, |key, field| {
        match key {
            "quantile" => quantile.quantile = double(&field)?,
            "value" => quantile.value = double(&field)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(quantile)
}

fn exemplar(json: Json<'_>, remarks: &mut Remarks) -> Result<Exemplar> {
    let mut exemplar = Exemplar::default();
    each(json, |key, field| {
        match key {
            "filteredAttributes" => exemplar.filtered_attributes = attributes(field)?,
            "timeUnixNano" => exemplar.time_unix_nano = integer(&field)?,
            "spanId" => exemplar.span_id = optional_id(&field, 8, "span id of an exemplar", remarks),
            "traceId" => exemplar.trace_id = optional_id(&field, 16, "trace id of an exemplar", remarks),
            "asInt" => exemplar.value = Some(exemplar::Value::AsInt(integer(&field)?)),
            "asDouble" => exemplar.value = Some(exemplar::Value::AsDouble(double(&field)?)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(exemplar)
}
