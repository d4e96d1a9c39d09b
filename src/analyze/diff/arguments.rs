//! Which arguments of two calls differ, field by field.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Reason;
use super::divergence::{Fork, only_in};
use super::side::Side;
use crate::model::StepKind;

/// One argument that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Path in the arguments, empty for the whole of them.
    pub path: String,
    /// In the first run.
    pub a: Option<String>,
    /// In the second.
    pub b: Option<String>,
}

/// Arguments nest, but not deeper than this.
const DEPTH: usize = 16;

/// The tool calls that show the difference: the steps themselves, or the first calls that only one model call asked for.
pub(super) fn calls(sides: [&Side<'_>; 2], fork: &Fork) -> [Option<usize>; 2] {
    let [a, b] = [0, 1].map(|side| fork.at[side].map(|at| &sides[side].shown[at]));
    let is_model = |kind: Option<StepKind>| kind == Some(StepKind::Llm);
    let either = is_model(a.map(|shown| shown.step.kind)) || is_model(b.map(|shown| shown.step.kind));
    if !either {
        return fork.at;
    }
    if fork.reason == Reason::Status {
        return [None, None];
    }
    let asked = [a, b].map(|shown| shown.map(|shown| shown.asked.as_slice()).unwrap_or_default());
    let call = |side: usize, own: &[super::Asked], other: &[super::Asked]| {
        let wanted = only_in(own, other).into_iter().next()?;
        let from = fork.at[side]?;
        let fits = |at: &usize| {
            let step = sides[side].shown[*at].step;
            step.kind == StepKind::Tool
                && step.input_digest == wanted.arguments
                && step.tool.as_deref() == Some(&wanted.name)
        };
        (from..sides[side].shown.len()).find(fits)
    };
    [call(0, asked[0], asked[1]), call(1, asked[1], asked[0])]
}

/// Fields that differ between two payloads. Payloads that are no objects differ as a whole.
pub(super) fn fields(a: Option<&str>, b: Option<&str>) -> Vec<Field> {
    let (a, b) = (leaves(a), leaves(b));
    let paths = a.keys().chain(b.keys().filter(|path| !a.contains_key(*path)));
    let field =
        |path: &String| Field { path: path.clone(), a: a.get(path).cloned(), b: b.get(path).cloned() };
    paths.map(field).filter(|field| field.a != field.b).collect()
}

fn leaves(payload: Option<&str>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let Some(payload) = payload else { return out };
    match serde_json::from_str(payload) {
        Ok(json) => flatten(&json, String::new(), DEPTH, &mut out),
        Err(_) => drop(out.insert(String::new(), payload.to_owned())),
    }
    out
}

fn flatten(json: &Json, path: String, depth: usize, out: &mut BTreeMap<String, String>) {
    match json {
        Json::Object(members) if depth > 0 && !members.is_empty() => {
            for (key, value) in members {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(value, below, depth - 1, out);
            }
        }
        Json::Array(items) if depth > 0 && !items.is_empty() => {
            for (at, value) in items.iter().enumerate() {
                flatten(value, format!("{path}[{at}]"), depth - 1, out);
            }
        }
        Json::String(text) => drop(out.insert(path, text.clone())),
        other => drop(out.insert(path, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_differ_field_by_field() {
        let told = |a: &str, b: &str| {
            let shown = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            let fields = fields(Some(a), Some(b));
            fields
                .into_iter()
                .map(|f| format!("{}: {} | {}", f.path, shown(f.a), shown(f.b)))
                .collect::<Vec<_>>()
        };
        for (a, b, expected) in [
            (r#"{"a": 1, "b": 2}"#, r#"{"b": 2, "a": 1}"#, &[][..]),
            (r#"{"q": "서울", "n": 1}"#, r#"{"q": "부산", "n": 1}"#, &["q: 서울 | 부산"]),
            (r#"{"a": {"b": [1, 2]}}"#, r#"{"a": {"b": [1, 3, 4]}}"#, &["a.b[1]: 2 | 3", "a.b[2]: - | 4"]),
            ("plain", "text", &[": plain | text"]),
        ] {
            assert_eq!(told(a, b), expected, "{a} | {b}");
        }
    }
}
