//! Why two runs parted, in words and with what speaks for it.

use super::super::{Look, show, text};
use super::marked::both;
use super::{Pair, lines};
use crate::analyze::diff::{Cause, Divergence, Evidence, Field, Message, Reason, Setting, Side};
use crate::model::StepKind;

/// Fields of arguments and of settings that are shown.
const FIELDS: usize = 12;

/// The cause in words that stand for themselves.
const fn cause_words(cause: Cause) -> &'static str {
    match cause {
        Cause::ModelChoice => "the model was asked the same and chose otherwise",
        Cause::Input => "the model was asked something else",
        Cause::ToolResult => "the same call returned something else",
        Cause::Configuration => "model, prompt, tools or settings differ",
        Cause::Environment => "an error or a limit struck one side",
        Cause::Unknown => "unknown: content not captured",
    }
}

/// The cause in a few words.
pub(super) fn verdict(found: &Divergence) -> &'static str {
    match found.cause {
        Cause::Unknown if found.evidence.calls.contains(&None) => "no model call tells why",
        // as many tokens are a sign, not a proof
        Cause::ModelChoice if found.evidence.tokens.is_some() => {
            "unknown: content not captured; equal token counts suggest that the model was asked the same"
        }
        cause => cause_words(cause),
    }
}

/// What happened at the divergence, in one sentence.
pub fn detail(pair: &Pair<'_>, found: &Divergence) -> String {
    format!("{}; {}", what(pair, found), because(found))
}

/// What happened at the divergence, and why: a sentence each.
pub fn sentences(pair: &Pair<'_>, found: &Divergence) -> [String; 2] {
    [what(pair, found), because(found)]
}

fn what(pair: &Pair<'_>, found: &Divergence) -> String {
    let [a, b] =
        [0, 1].map(|side| found.at[side].map_or("nothing".to_owned(), |at| doing(pair.sides[side], at)));
    match found.reason {
        Reason::Arguments if !found.arguments.is_empty() => {
            let fields: Vec<_> = found.arguments.iter().map(|field| field.path.clone()).collect();
            format!("A: {a}, B: {b}, other arguments: {}", fields.join(", "))
        }
        Reason::Arguments => format!("A: {a}, B: {b}, other arguments"),
        Reason::Result => format!("{a} returned something else in B"),
        _ => format!("A: {a}, B: {b}"),
    }
}

/// What a step of a run does, without signs.
pub fn doing(side: &Side<'_>, at: usize) -> String {
    let shown = &side.shown[at];
    let failed = match &shown.step.error {
        Some(error) => format!(" failed ({})", text::preview(error, 80)),
        None => String::new(),
    };
    let look = Look { columns: 80, ascii: false, zone: super::format::Zone::Utc, now: 0 };
    let name = match (shown.step.kind, shown.asked.is_empty()) {
        (StepKind::Llm, true) => "the model speaks".to_owned(),
        (StepKind::Llm, false) => {
            let names: Vec<_> = shown.asked.iter().map(|asked| &*asked.name).collect();
            format!("the model asks for {}", lines::calls(&names))
        }
        (StepKind::Agent, _) => format!("agent {}", show::title(shown.step, &look)),
        _ => show::title(shown.step, &look),
    };
    name + &failed
}

/// The cause with its evidence in one clause.
fn because(found: &Divergence) -> String {
    let Evidence { asked, tokens, settings, .. } = &found.evidence;
    let words = cause_words(found.cause);
    match found.cause {
        Cause::ModelChoice => match (asked, tokens) {
            (Some([a, b]), _) if a == b => format!("{words} ({}, equal)", super::messages(*a)),
            (None, Some(tokens)) => {
                format!("{} ({tokens} input tokens on both sides after the same steps)", verdict(found))
            }
            _ => words.to_owned(),
        },
        Cause::Configuration => {
            let fields: Vec<_> = settings.iter().map(|setting| setting.field.as_str()).collect();
            format!("{} differ", fields.join(", "))
        }
        Cause::Unknown => format!("unknown: {}", verdict(found).trim_start_matches("unknown: ")),
        _ => words.to_owned(),
    }
}

/// The section: what and why in words, then what speaks for it.
pub(super) fn page(pair: &Pair<'_>, found: &Divergence, look: &Look) -> String {
    let said = |text: String| super::wrapped(&text, look) + "\n";
    let mut out = said(what(pair, found)) + &said(because(found));
    out.extend(evidence(pair, found).iter().map(|told| beside(told, look)));
    let settled = &found.evidence.settings;
    out + &settings(if settled.is_empty() { &pair.diff.configuration } else { settled }, look)
}

/// A value of either run under its name; `None` where the run has none.
pub(super) type Told = (String, [Option<String>; 2]);

fn beside((name, values): &Told, look: &Look) -> String {
    both(name, values.each_ref().map(Option::as_deref), look)
}

/// What speaks for the cause: arguments, results, the message that differs, what the models said.
pub(super) fn evidence(pair: &Pair<'_>, found: &Divergence) -> Vec<Told> {
    let mut out = arguments(pair, found);
    out.push(("returned".to_owned(), found.results.clone()));
    out.extend(found.evidence.message.as_ref().map(|found| (place(found), found.texts.clone())));
    out.push(("said".to_owned(), found.evidence.said.clone()));
    out.retain(|(_, values)| *values != [None, None]);
    out
}

/// Which message of the input it is.
fn place(message: &Message) -> String {
    let role = message.role.name();
    match message.places {
        [Some(a), Some(b)] if a == b => format!("was asked, message {} ({role})", a + 1),
        [Some(a), Some(b)] => format!("was asked, message {} of A, {} of B ({role})", a + 1, b + 1),
        [Some(a), None] => format!("was asked, message {} of A ({role}), which B lacks", a + 1),
        [None, Some(b)] => format!("was asked, message {} of B ({role}), which A lacks", b + 1),
        [None, None] => format!("was asked ({role})"),
    }
}

/// The arguments that differ; of calls of two tools, all of them.
fn arguments(pair: &Pair<'_>, found: &Divergence) -> Vec<Told> {
    let tool = |side: usize| found.calls[side].and_then(|at| pair.sides[side].shown[at].step.tool.as_deref());
    let fields = found.arguments.iter().take(FIELDS);
    if tool(0) == tool(1) {
        let name =
            |field: &Field| if field.path.is_empty() { "arguments".to_owned() } else { field.path.clone() };
        return fields.map(|field| (name(field), [field.a.clone(), field.b.clone()])).collect();
    }
    let whole = |side: usize| {
        let value = |field: &Field| [&field.a, &field.b][side].clone();
        let told = fields.clone().filter_map(|field| value(field).map(|value| named(&field.path, &value)));
        let told = told.collect::<Vec<_>>().join(", ");
        tool(side).map(|tool| format!("{tool} {told}").trim_end().to_owned())
    };
    vec![("asked for".to_owned(), [whole(0), whole(1)])]
}

/// `path: value`; the value alone where it is the whole of the arguments.
fn named(path: &str, value: &str) -> String {
    if path.is_empty() { value.to_owned() } else { format!("{path}: {value}") }
}

/// Settings that differ.
pub(super) fn settings(settings: &[Setting], look: &Look) -> String {
    let line = |setting: &Setting| {
        let agent = setting.agent.as_ref().map(|agent| format!(" of {agent}")).unwrap_or_default();
        beside(&(format!("{}{agent}", setting.field), values(setting)), look)
    };
    settings.iter().take(FIELDS).map(line).collect()
}

/// Both values of a setting. Of tool sets the names, unless the same tools are described otherwise.
pub(super) fn values(setting: &Setting) -> [Option<String>; 2] {
    let raw = [&setting.a, &setting.b];
    let names = raw.map(|value| value.as_deref().filter(|_| setting.field == "tools").and_then(tool_names));
    match names {
        [Some(a), Some(b)] if a != b => [Some(a), Some(b)],
        _ => raw.map(Clone::clone),
    }
}

/// `get_order, search_help` of a JSON list of tools, or of one after the other; `None` where one has no name.
fn tool_names(tools: &str) -> Option<String> {
    let values: Vec<serde_json::Value> =
        serde_json::Deserializer::from_str(tools).into_iter().collect::<Result<_, _>>().ok()?;
    let tools =
        values.iter().flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
    let name = |tool: &serde_json::Value| {
        tool.get("name").or_else(|| tool.pointer("/function/name"))?.as_str().map(str::to_owned)
    };
    Some(tools.map(name).collect::<Option<Vec<_>>>()?.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_tool_sets_the_names_are_told_unless_they_are_equal() {
        let told = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|value| Some(value.to_owned()));
            values(&Setting { agent: None, field: "tools".to_owned(), a, b }).map(Option::unwrap_or_default)
        };
        let (one, two) = (r#"[{"name":"look"}]"#, r#"[{"name":"look"},{"function":{"name":"send"}}]"#);
        assert_eq!(told(one, two), ["look", "look, send"]);
        let reworded = r#"[{"name":"look","description":"x"}]"#;
        assert_eq!(told(one, reworded), [one, reworded]);
        assert_eq!(told("look", two), ["look", two]);
        assert_eq!(told(r#"{"name":"look"} {"name":"ask"}"#, one), ["look, ask", "look"]);
    }
}
