//! The conversation at a stop of a replay, the oldest first: what the agent that acts next has before it.

use crate::analyze::replay::Heard;
use crate::model::{Content, StepKind, StepStatus};
use crate::report::format;
use crate::tui::backend::{Asked, SceneAsked, StepDetail};
use crate::tui::theme::Role;

use super::build::Builder;
use super::conversation::{Conversation, push_answer};
use super::sections::push_instructions;
use super::{Document, context, json};

/// The conversation at a stop. `detail` is that of the step that tells it and knows nothing that came later; `since` is
/// what came back for it without being tied to a call.
pub fn of_scene(asked: &SceneAsked, detail: Option<&StepDetail>, since: &[(&Asked, StepDetail)]) -> Document {
    let mut b = Builder::default();
    if let (Some(of), Some(detail)) = (&asked.of, detail) {
        push_history(&mut b, of, detail);
        match asked.heard {
            Heard::Answered(_) => push_answer(&mut b, &detail.content.output, &detail.answers),
            Heard::Waiting(_) => b.line(&[("the model has not answered yet", Role::Running)]),
            Heard::Given(_) => push_given(&mut b, of, &detail.content),
            Heard::Asked(_) | Heard::Nothing => {}
        }
    }
    for (tool, detail) in since {
        push_result(&mut b, tool, detail);
    }
    push_if_empty(&mut b, asked);
    b.finish()
}

/// Instructions and messages; those that the agent's call before knew already are folded.
fn push_history(b: &mut Builder, of: &Asked, detail: &StepDetail) {
    let content = &detail.content;
    let conversation = Conversation::new(&content.input);
    let known = detail.new_from.min(content.input.len());
    push_instructions(b, &content.system);
    if known > 0 {
        let title = context::earlier(known, detail.before.as_ref(), &of.usage);
        let fold = b.open(&[(&title, Role::Accent)], true);
        conversation.push(b, 0, known);
        b.close(fold);
    }
    conversation.push(b, known, content.input.len());
}

/// What a step that is no model call is set to do.
fn push_given(b: &mut Builder, of: &Asked, content: &Content) {
    if let Some(given) = &content.arguments {
        let title = if of.step.kind == StepKind::Tool { "arguments" } else { "input" };
        let fold = b.open(&[(title, Role::UserSays)], false);
        json::push(b, given);
        b.close(fold);
    }
}

fn push_result(b: &mut Builder, tool: &Asked, detail: &StepDetail) {
    let step = &tool.step;
    let failed = step.status == StepStatus::Error;
    let name = step.tool.as_deref().unwrap_or(&step.name);
    let (word, role) = if failed { (" failed", Role::Error) } else { (" returned", Role::ToolSays) };
    let time = step.duration().map(|nanos| format!("  {}", format::duration(nanos))).unwrap_or_default();
    let fold = b.open(&[(name, Role::Tool), (word, role), (&time, Role::Dim)], false);
    match (&step.error, &detail.content.result) {
        (Some(error), _) if failed => b.text(error, Role::Text),
        (_, Some(result)) => json::push(b, result),
        _ => {}
    }
    b.close(fold);
}

/// Where nothing is to be read it is told why.
fn push_if_empty(b: &mut Builder, asked: &SceneAsked) {
    if !b.is_empty() {
        return;
    }
    if matches!(asked.heard, Heard::Given(_) | Heard::Nothing) {
        return b.text("Nothing has been said yet.", Role::Dim);
    }
    b.text("What was said is not in the telemetry.", Role::Text);
    b.text("`spanglass doctor` names the setting of the client that captures it.", Role::Dim);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Message, Part, Role as Speaker, RunKey};
    use crate::tui::backend::{Answer, Backend as _, RunView};
    use crate::tui::testing::world::{World, world};
    use std::sync::Arc;

    fn scene(stop: usize, change: impl FnOnce(&mut StepDetail)) -> String {
        let mut world: World = world();
        let steps = world.runs[3].steps.clone();
        let view = Arc::new(RunView::new(RunKey(4), 1, steps));
        let asked = view.scene(stop);
        let mut detail = asked.of.as_ref().map(|of| world.detail(of).unwrap());
        if let Some(detail) = &mut detail {
            change(detail);
        }
        let since: Vec<_> = asked.since.iter().map(|tool| (tool, world.detail(tool).unwrap())).collect();
        let document = of_scene(&asked, detail.as_ref(), &since);
        document.text_of(0..document.lines.len())
    }

    fn talk(detail: &mut StepDetail) {
        let says = |role, text: &str| Message {
            role,
            name: None,
            parts: vec![Part::Text(text.into())],
            finish_reason: None,
        };
        let call = Part::ToolCall { id: Some("1".into()), name: "search".into(), arguments: "{}".into() };
        let mut answer = says(Speaker::Assistant, "I look.");
        answer.parts.push(call);
        detail.content = Content {
            input: vec![says(Speaker::User, "hi"), says(Speaker::User, "again")],
            output: vec![answer],
            ..Content::default()
        };
        detail.new_from = 1;
        let result = Some("found".to_owned());
        detail.answers =
            vec![Answer { call: 0, status: Some(StepStatus::Ok), took: None, result, error: None }];
    }

    #[test]
    fn a_call_that_is_next_shows_what_it_is_asked_and_not_what_it_answers() {
        assert_eq!(scene(1, talk), "1 earlier message\n  user\n    hi\nuser\n  again");
    }

    #[test]
    fn after_its_answer_the_results_come_in_their_order() {
        let text = scene(12, talk);
        let expected = "user\n  again\nassistant\n  I look.\n  calls search  1\n    {}\n    returned\n      found\n\
                        search_web returned  300ms\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn where_nothing_is_said_it_is_told_why() {
        assert_eq!(scene(0, |_| ()), "Nothing has been said yet.");
        assert!(scene(1, |detail| detail.content = Content::default()).contains("not in the telemetry"));
    }
}
