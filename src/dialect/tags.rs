//! Tags: words that people put on spans to find runs again.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{Attributes, Value};

/// Attributes that hold them (`dialects.md` 0.8). Most clients send a list, some a text with commas between.
const TAGS: &[&str] = &[
    "tag.tags",
    "langfuse.trace.tags",
    "langfuse.tags",
    "langsmith.span.tags",
    "langsmith.trace.tags",
    "langsmith.metadata.tags",
    "logfire.tags",
    "braintrust.tags",
    "braintrust.metadata.tags",
    "ai.telemetry.metadata.tags",
    "traceloop.association.properties.tags",
    "lmnr.association.properties.tags",
    "mastra.metadata.tags",
    "mlflow.trace.tags",
    "tags",
];

/// What frameworks put among the tags for themselves: LangChain numbers steps of graphs, sequences and maps.
const OF_MACHINES: &[&str] = &["graph:step:", "seq:step:", "map:key:", "condition:", "langsmith:", "__"];

/// Most tags of one span, and most letters of one: more are no words to find by.
const MOST: usize = 32;
const LONGEST: usize = 100;

/// The tags of a span, sorted, each once; `None` where there is none.
pub(super) fn tags(attributes: &Attributes) -> Option<Arc<[String]>> {
    let mut found = BTreeSet::new();
    for (_, value) in attributes.iter().filter(|(key, _)| TAGS.contains(key)) {
        collect(&mut found, value);
    }
    (!found.is_empty()).then(|| found.into_iter().take(MOST).collect())
}

fn collect(found: &mut BTreeSet<String>, value: &Value) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| {
            if let Value::Str(tag) = value {
                add(found, tag);
            }
        }),
        Value::Str(text) => match serde_json::from_str::<Vec<String>>(text) {
            Ok(tags) => tags.iter().for_each(|tag| add(found, tag)),
            Err(_) => text.split(',').for_each(|tag| add(found, tag)),
        },
        _ => {}
    }
}

fn add(found: &mut BTreeSet<String>, tag: &str) {
    let tag = tag.trim();
    let of_machine = OF_MACHINES.iter().any(|beginning| tag.starts_with(beginning));
    if !tag.is_empty() && !of_machine && tag.chars().count() <= LONGEST {
        found.insert(tag.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &str, value: Value) -> Vec<String> {
        let attributes = Attributes(vec![("x".into(), "no".into()), (key.into(), value)]);
        tags(&attributes).map(|tags| tags.to_vec()).unwrap_or_default()
    }

    #[test]
    fn tags_are_a_list_or_a_text_with_commas_sorted_and_each_once() {
        let list = |tags: &[&str]| Value::Array(tags.iter().map(|tag| Value::from(*tag)).collect());
        for (key, value, expected) in [
            ("tag.tags", list(&["prod", "beta", "prod"]), &["beta", "prod"][..]),
            ("langsmith.span.tags", "intent:refund, env:prod".into(), &["env:prod", "intent:refund"]),
            ("langfuse.trace.tags", r#"["a b", "c,d"]"#.into(), &["a b", "c,d"]),
            ("ai.telemetry.metadata.tags", list(&[" 실험 "]), &["실험"]),
            ("logfire.tags", Value::Array(vec![Value::Int(3), Value::Null]), &[]),
            ("langsmith.span.tags", "graph:step:2".into(), &[]),
            ("langsmith.span.tags", "seq:step:1, beta".into(), &["beta"]),
            ("tags", "".into(), &[]),
            ("gen_ai.tags", "beta".into(), &[]),
        ] {
            assert_eq!(of(key, value), expected, "{key}");
        }
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(of("tags", Value::from(long)), Vec::<String>::new());
    }
}
