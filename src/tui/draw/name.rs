//! What a step is called in the tree: the sign before it tells the kind, so the name need not.

use crate::model::{Step, StepKind};
use crate::tui::backend::RunView;

/// Names of operations that the conventions put before the thing itself (`chat gpt-5.1`): the kind says the same.
const OPERATIONS: [(StepKind, &str); 9] = [
    (StepKind::Llm, "chat"),
    (StepKind::Llm, "text_completion"),
    (StepKind::Llm, "generate_content"),
    (StepKind::Embedding, "embeddings"),
    (StepKind::Agent, "invoke_agent"),
    (StepKind::Workflow, "invoke_workflow"),
    (StepKind::Handoff, "agent_handoff"),
    (StepKind::Tool, "execute_tool"),
    (StepKind::Retrieval, "retrieval"),
];

/// Tools named beside the model call that asked for them; more are counted.
const NAMED: usize = 2;
/// Siblings looked at after a model call: a frame must not hang on how many tools one call may ask for.
const LOOKED_AT: usize = 32;
/// Levels climbed to find the sibling before a row.
const CLIMBED: usize = 64;

/// The thing itself: agent, tool, target, model; else the span's name.
pub(super) fn title(step: &Step) -> &str {
    let own = match step.kind {
        StepKind::Agent => step.agent.as_deref(),
        StepKind::Tool => step.tool.as_deref(),
        StepKind::Handoff => step.handoff.as_ref().and_then(|handoff| handoff.to.as_deref()),
        _ => None,
    };
    own.filter(|own| !own.is_empty()).unwrap_or_else(|| without_operation(step))
}

/// `chat gpt-5.1` without `chat`; not `chat with the user`, which somebody wrote by hand.
fn without_operation(step: &Step) -> &str {
    match step.name.split_once(' ') {
        Some((first, rest)) if OPERATIONS.contains(&(step.kind, first)) && !rest.contains(' ') => rest,
        _ => &step.name,
    }
}

/// What the title leaves out: the span's own name where it says more, the model of a call that is named otherwise.
pub(super) fn beside(step: &Step) -> Option<&str> {
    let title = title(step);
    if step.kind == StepKind::Llm {
        return step.model.as_deref().filter(|model| !model.contains(title) && !title.contains(model));
    }
    Some(&*step.name).filter(|name| !name.contains(title))
}

/// What a model call asked for, told from the steps beside it: tools and handoffs after it up to the next call, if it
/// stopped to have them done. Nothing where calls overlap, for then it is not known whose they are.
pub(super) fn asked_for(view: &RunView, at: u32) -> Option<String> {
    let call = view.step(at)?;
    let stopped_for_tools = call.kind == StepKind::Llm && call.finish_reason.as_deref() == Some("tool_call");
    if !stopped_for_tools || overlaps_the_call_before(view, at, call) {
        return None;
    }
    let names: Vec<&str> = siblings_after(view, at)
        .filter_map(|row| view.step(row))
        .take_while(|step| step.kind != StepKind::Llm)
        .filter(|step| matches!(step.kind, StepKind::Tool | StepKind::Handoff) && step.start >= call.end)
        .map(title)
        .collect();
    (!names.is_empty()).then(|| listed(&names))
}

/// The first tools by name, the others counted.
pub(super) fn listed(names: &[impl AsRef<str>]) -> String {
    let first = names.iter().take(NAMED).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} +{more}"),
    }
}

fn siblings_after(view: &RunView, at: u32) -> impl Iterator<Item = u32> {
    let parent = view.tree.rows.get(at as usize).and_then(|row| row.parent);
    let after = move |row: &u32| {
        let next = row + view.tree.rows.get(*row as usize)?.subtree;
        view.tree.rows.get(next as usize).filter(|row| row.parent == parent).map(|_| next)
    };
    std::iter::successors(after(&at), after).take(LOOKED_AT)
}

fn overlaps_the_call_before(view: &RunView, at: u32, call: &Step) -> bool {
    let parent = view.tree.rows.get(at as usize).and_then(|row| row.parent);
    let above = |row: &u32| view.tree.rows.get(*row as usize).and_then(|row| row.parent);
    let before = at.checked_sub(1).filter(|&row| Some(row) != parent);
    let mut climbed = std::iter::successors(before, above).take(CLIMBED);
    let sibling = climbed.find(|&row| above(&row) == parent);
    sibling.and_then(|row| view.step(row)).is_some_and(|s| s.kind == StepKind::Llm && s.end > call.start)
}

/// What an error says beyond the name of what failed, with which many a message begins.
pub(super) fn without<'e>(error: &'e str, title: &str) -> &'e str {
    error.strip_prefix(title).map_or(error, |rest| rest.trim_start_matches([':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RunKey, StepStatus};
    use crate::tui::testing::world::Script;

    fn step(kind: StepKind, name: &str, change: impl FnOnce(&mut Step)) -> Step {
        let mut script = Script::new(1, 60);
        script.add(None, kind, name, 10);
        script.edit(0, change);
        script.end(&[], "").steps.remove(0)
    }

    #[test]
    fn the_sign_says_the_kind_and_the_name_the_thing() {
        for (kind, name, agent, expected, left_out) in [
            (StepKind::Agent, "invoke_agent triage", Some("triage"), "triage", None),
            (StepKind::Agent, "AgentExecutor", Some("triage"), "triage", Some("AgentExecutor")),
            (StepKind::Agent, "invoke_agent", None, "invoke_agent", None),
            (StepKind::Workflow, "invoke_workflow desk", None, "desk", None),
            (StepKind::Embedding, "embeddings small", None, "small", None),
            (StepKind::Llm, "chat with the user", None, "chat with the user", None),
            (StepKind::Task, "plan", None, "plan", None),
        ] {
            let step = step(kind, name, |step| step.agent = agent.map(Into::into));
            assert_eq!((title(&step), beside(&step)), (expected, left_out), "{name}");
        }
        for (name, model, expected, left_out) in [
            ("chat gpt-5.1", "gpt-5.1-2025-11-13", "gpt-5.1", None),
            ("openai.chat", "gpt-4o", "openai.chat", Some("gpt-4o")),
        ] {
            let step = step(StepKind::Llm, name, |step| step.model = Some(model.into()));
            assert_eq!((title(&step), beside(&step)), (expected, left_out), "{name}");
        }
    }

    /// A call, then `tools` tools; `overlap` puts another call beside the first.
    fn asked(finish: &str, tools: &[&str], overlap: bool) -> Option<String> {
        let mut script = Script::new(1, 60);
        let root = script.add(None, StepKind::Agent, "root", 0);
        let first = script.call(root, "gpt-5.1", 10, (1, 0, 1));
        if overlap {
            script.edit(first, |step| step.end += 5);
        }
        let call = script.call(root, "gpt-5.1", 10, (1, 0, 1));
        script.edit(call, |step| step.finish_reason = Some(finish.into()));
        for tool in tools {
            script.add(Some(root), StepKind::Tool, tool, 10);
        }
        let last = script.call(root, "gpt-5.1", 10, (1, 0, 1));
        script.edit(last, |step| step.status = StepStatus::Ok);
        script.add(Some(root), StepKind::Tool, "of_the_last_call", 10);
        let view = RunView::new(RunKey(1), 1, script.end(&[], "").steps);
        asked_for(&view, 2)
    }

    #[test]
    fn a_call_names_the_tools_that_follow_it_where_it_is_known_whose_they_are() {
        for (finish, tools, overlap, expected) in [
            ("tool_call", &["a"][..], false, Some("a")),
            ("tool_call", &["a", "b", "c", "d"], false, Some("a, b +2")),
            ("stop", &["a"], false, None),
            ("tool_call", &[], false, None),
            ("tool_call", &["a"], true, None),
        ] {
            assert_eq!(asked(finish, tools, overlap).as_deref(), expected, "{finish} {tools:?} {overlap}");
        }
    }

    #[test]
    fn an_error_does_not_repeat_the_name_beside_it() {
        for (error, rest) in [
            ("queue_job: no right to write", "no right to write"),
            ("queue_job timed out", "timed out"),
            ("timed out in queue_job: 5 s", "timed out in queue_job: 5 s"),
            ("queue_job", ""),
        ] {
            assert_eq!(without(error, "queue_job"), rest);
        }
    }
}
