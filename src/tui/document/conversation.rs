//! A conversation by who speaks, each tool's result beside the call that asked for it.

use std::collections::{HashMap, HashSet};

use crate::model::{Message, Part, Role as Speaker, StepStatus};
use crate::report::{format, text};
use crate::tui::backend::Answer;
use crate::tui::theme::Role;

use super::build::Builder;
use super::json;

/// Instructions of more lines are folded at first: people look for what was asked.
const LONG_INSTRUCTIONS: usize = 8;

/// Columns of a call's arguments beside its name, where its result stands alone.
const GLIMPSE: usize = 48;

/// A part of a message: which message, which part.
type At = (usize, usize);

/// A conversation, and which result belongs to which call.
pub(super) struct Conversation<'a> {
    messages: &'a [Message],
    /// Results by their calls.
    results: HashMap<At, At>,
    /// Calls by their results.
    calls: HashMap<At, At>,
}

impl<'a> Conversation<'a> {
    /// Ties results to calls: by id, each to the latest open call of that id, for some clients count theirs anew with
    /// every turn; without ids in turn.
    pub(super) fn new(messages: &'a [Message]) -> Self {
        let mut tied = Self { messages, results: HashMap::new(), calls: HashMap::new() };
        let mut open: Vec<(Option<&str>, At)> = Vec::new();
        for (nth, message) in messages.iter().enumerate() {
            for (at, part) in message.parts.iter().enumerate() {
                match part {
                    Part::ToolCall { id, .. } => open.push((id.as_deref(), (nth, at))),
                    Part::ToolResult { id, .. } => {
                        let is_its = |(of, _): &(Option<&str>, At)| *of == id.as_deref();
                        let found = if id.is_some() {
                            open.iter().rposition(is_its)
                        } else {
                            open.iter().position(is_its)
                        };
                        if let Some(found) = found {
                            let (_, call) = open.remove(found);
                            tied.results.insert(call, (nth, at));
                            tied.calls.insert((nth, at), call);
                        }
                    }
                    _ => {}
                }
            }
        }
        tied
    }

    /// Writes messages `from..to`. Results of their own calls stand beside these, others name the call that they answer.
    pub(super) fn push(&self, b: &mut Builder, from: usize, to: usize) {
        let beside: HashSet<At> = self
            .results
            .iter()
            .filter(|(call, _)| (from..to).contains(&call.0))
            .map(|(_, &result)| result)
            .collect();
        for nth in from..to.min(self.messages.len()) {
            self.message(b, nth, &beside, to);
        }
    }

    fn message(&self, b: &mut Builder, nth: usize, beside: &HashSet<At>, to: usize) {
        let message = &self.messages[nth];
        let left: Vec<usize> = (0..message.parts.len()).filter(|&at| !beside.contains(&(nth, at))).collect();
        if left.is_empty() && !message.parts.is_empty() {
            return;
        }
        let fold = open(b, message);
        for at in left {
            let part = &message.parts[at];
            let result = self.results.get(&(nth, at)).filter(|result| result.0 < to);
            match (result.map(|&(nth, at)| &self.messages[nth].parts[at]), self.calls.get(&(nth, at))) {
                (Some(Part::ToolResult { result, .. }), _) => {
                    let call = open_call(b, part);
                    returned(b, result);
                    b.close(call);
                }
                (_, Some(&(asked, call))) => late_result(b, part, &self.messages[asked].parts[call]),
                _ => push_part(b, part, plain(message)),
            }
        }
        b.close(fold);
    }
}

/// A result whose call stands elsewhere: it says which.
fn late_result(b: &mut Builder, part: &Part, call: &Part) {
    let (Part::ToolResult { result, .. }, Part::ToolCall { name, arguments, .. }) = (part, call) else {
        return;
    };
    let glimpse = format!("  {}", text::preview(arguments, GLIMPSE));
    let fold = b.open(&[("returned by ", Role::Dim), (name, Role::Tool), (&glimpse, Role::Faint)], false);
    json::push(b, result);
    b.close(fold);
}

/// Writes what a model answered, each call with what the run knows of its outcome.
pub(super) fn push_answer(b: &mut Builder, messages: &[Message], answers: &[Answer]) {
    let mut nth = 0;
    for message in messages {
        let fold = open(b, message);
        for part in &message.parts {
            if !matches!(part, Part::ToolCall { .. }) {
                push_part(b, part, plain(message));
                continue;
            }
            let call = open_call(b, part);
            if let Some(answer) = answers.iter().find(|answer| answer.call == nth) {
                push_outcome(b, answer);
            }
            b.close(call);
            nth += 1;
        }
        b.close(fold);
    }
}

fn push_outcome(b: &mut Builder, answer: &Answer) {
    let failed = answer.status == Some(StepStatus::Error);
    let (word, role) = match answer.status {
        Some(StepStatus::Error) => ("failed", Role::Error),
        Some(StepStatus::Running) => ("under way", Role::Running),
        _ => ("returned", Role::ToolSays),
    };
    let took = answer.took.map(|nanos| format!("  {}", format::duration(nanos))).unwrap_or_default();
    let fold = b.open(&[(word, role), (&took, Role::Dim)], false);
    match (&answer.result, &answer.error) {
        (_, Some(error)) if failed => b.text(error, Role::Text),
        (Some(result), _) => json::push(b, result),
        _ => {}
    }
    b.close(fold);
}

fn speaks(speaker: &Speaker) -> Role {
    match speaker {
        Speaker::System | Speaker::Other(_) => Role::SystemSays,
        Speaker::User => Role::UserSays,
        Speaker::Assistant => Role::AssistantSays,
        Speaker::Tool => Role::ToolSays,
    }
}

fn plain(message: &Message) -> Role {
    if message.role == Speaker::System { Role::Dim } else { Role::Text }
}

fn open(b: &mut Builder, message: &Message) -> super::build::Fold {
    let name = message.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    // calls are shown below, and an end needs no word
    let finish = message.finish_reason.as_deref().filter(|reason| !matches!(*reason, "stop" | "tool_call"));
    let finish = finish.map(|reason| format!("  stopped: {reason}")).unwrap_or_default();
    let lines = lines(message);
    let folded = message.role == Speaker::System && lines > LONG_INSTRUCTIONS;
    let size = if folded { format!("  {lines} lines") } else { String::new() };
    let label = [
        (message.role.name(), speaks(&message.role)),
        (&name, Role::Dim),
        (&size, Role::Dim),
        (&finish, Role::Warning),
    ];
    b.open(&label, folded)
}

fn lines(message: &Message) -> usize {
    let of_part = |part: &Part| match part {
        Part::Text(text) => text.trim_end().lines().count(),
        _ => 1,
    };
    message.parts.iter().map(of_part).sum()
}

/// A call's name and arguments; what it holds goes on until it is closed.
fn open_call(b: &mut Builder, part: &Part) -> super::build::Fold {
    let Part::ToolCall { name, arguments, id } = part else {
        return b.open(&[], false);
    };
    let id = id.as_deref().map(|id| format!("  {id}")).unwrap_or_default();
    let fold = b.open(&[("calls ", Role::Dim), (name, Role::Tool), (&id, Role::Faint)], false);
    json::push(b, arguments);
    fold
}

fn returned(b: &mut Builder, result: &str) {
    let fold = b.open(&[("returned", Role::ToolSays)], false);
    json::push(b, result);
    b.close(fold);
}

/// Writes one part.
pub(super) fn push_part(b: &mut Builder, part: &Part, plain: Role) {
    match part {
        Part::Text(text) => push_said(b, text, plain),
        Part::Reasoning(text) => {
            let fold = b.open(&[("thinks", Role::Dim)], false);
            b.markdown(text, Role::Dim);
            b.close(fold);
        }
        Part::ToolCall { .. } => {
            let fold = open_call(b, part);
            b.close(fold);
        }
        Part::ToolResult { result, .. } => json::push(b, result),
        Part::Media { kind, size, uri } => push_media(b, kind, *size, uri.as_deref()),
        Part::Other(text) => json::push(b, text),
    }
}

/// What somebody said: JSON where it is nothing but that, as structured answers are, else Markdown.
fn push_said(b: &mut Builder, said: &str, plain: Role) {
    if !json::push_container(b, said) {
        b.markdown(said, plain);
    }
}

/// Pictures, sounds and files are named, not shown.
fn push_media(b: &mut Builder, kind: &str, size: Option<u64>, uri: Option<&str>) {
    let size = size.map(|bytes| format!("  {}", format::bytes(bytes))).unwrap_or_default();
    // a picture may be its own address
    let address = uri.filter(|uri| !uri.starts_with("data:"));
    let address = address.map(|uri| format!("  {uri}")).unwrap_or_default();
    if let Some(data) = uri.filter(|uri| uri.starts_with("data:")) {
        return b.text(data, Role::Dim);
    }
    b.line(&[
        ("[", Role::Dim),
        (kind, Role::JsonWord),
        (&size, Role::JsonNumber),
        (&address, Role::JsonText),
        ("]", Role::Dim),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: Option<&str>, name: &str) -> Part {
        Part::ToolCall {
            id: id.map(str::to_owned),
            name: name.to_owned(),
            arguments: format!("{{\"of\": \"{name}\"}}"),
        }
    }

    fn result(id: Option<&str>, said: &str) -> Part {
        Part::ToolResult { id: id.map(str::to_owned), result: said.to_owned() }
    }

    fn says(role: Speaker, parts: Vec<Part>) -> Message {
        Message { role, name: None, parts, finish_reason: None }
    }

    fn shown(messages: &[Message], from: usize) -> String {
        let mut b = Builder::default();
        Conversation::new(messages).push(&mut b, from, messages.len());
        let lines = b.finish().lines;
        lines.iter().flat_map(|l| [" ".repeat(l.indent.into()), l.text.clone(), "\n".into()]).collect()
    }

    #[test]
    fn a_result_stands_beside_its_call_and_one_whose_call_is_earlier_names_it() {
        let messages = [
            says(Speaker::User, vec![Part::Text("hi".into())]),
            says(Speaker::Assistant, vec![call(Some("1"), "search"), call(Some("2"), "read")]),
            says(Speaker::Tool, vec![result(Some("2"), "file")]),
            says(Speaker::Tool, vec![result(Some("1"), "hits")]),
        ];
        let whole = "user\n  hi\nassistant\n  calls search  1\n    {of: \"search\"}\n    returned\n      hits\n  \
                     calls read  2\n    {of: \"read\"}\n    returned\n      file\n";
        assert_eq!(shown(&messages, 0), whole);
        let late = "tool\n  returned by read  {\"of\": \"read\"}\n    file\ntool\n  returned by search  \
                    {\"of\": \"search\"}\n    hits\n";
        assert_eq!(shown(&messages, 2), late);
    }

    #[test]
    fn ids_may_be_missing_or_used_again() {
        for (ids, expected) in [([None, None], ["a", "b"]), ([Some("0"), Some("0")], ["a", "b"])] {
            let turn = |id, name: &str| {
                [says(Speaker::Assistant, vec![call(id, name)]), says(Speaker::Tool, vec![result(id, name)])]
            };
            let messages: Vec<Message> = [turn(ids[0], expected[0]), turn(ids[1], expected[1])].concat();
            let text = shown(&messages, 0);
            for name in expected {
                let together = format!("    {{of: \"{name}\"}}\n    returned\n      {name}\n");
                assert!(text.contains(&together), "{text}");
            }
        }
    }

    #[test]
    fn a_result_without_a_call_stays_where_it_is() {
        let messages = [says(Speaker::Tool, vec![result(Some("9"), "lost")])];
        assert_eq!(shown(&messages, 0), "tool\n  lost\n");
    }
}
