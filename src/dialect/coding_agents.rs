//! Spans of coding agents: Claude Code, Codex, Gemini CLI, opencode (`dialects.md` 17). Their log events are another matter.

use std::borrow::Cow;

use super::evidence::Evidence;
use super::table::{
    Dialect, Field, Holds, KindKey, Name, Row, Word, any_name, gives, name, row, takes, word,
};
use super::{lenient, outcome, reading};
use crate::model::{Step, StepKind, StepStatus};

/// The table.
pub(super) static DIALECT: Dialect =
    Dialect { rows: ROWS, kinds: KINDS, content: CONTENT, names: NAMES, refine };

const ROWS: &[Row] = &[
    // four disjoint numbers, as the API says them: `input_tokens` lacks what was cached
    row("input_tokens", Field::PlainInput, 180),
    row("cache_read_tokens", Field::CacheRead, 180),
    row("cache_creation_tokens", Field::CacheWrite, 180),
    row("cache_creation_1h_tokens", Field::CacheWrite1h, 180),
    row("ttft_ms", Field::FirstTokenMillis, 180),
    row("stop_reason", Field::FinishReason, 180),
    row("prompt.id", Field::Execution, 180),
    row("tool_use_id", Field::ToolCallId, 180),
    row("call_id", Field::ToolCallId, 181),
    row("codex.usage.total_tokens", Field::Total, 180),
    row("codex.usage.reasoning_output_tokens", Field::Reasoning, 180),
    // sums of a turn, which its calls tell again
    row("codex.turn.token_usage.input_tokens", Field::Input, 180),
    row("codex.turn.token_usage.output_tokens", Field::Output, 180),
    row("codex.turn.token_usage.cached_input_tokens", Field::CacheRead, 181),
    row("codex.turn.token_usage.cache_write_input_tokens", Field::CacheWrite, 181),
    row("codex.turn.token_usage.reasoning_output_tokens", Field::Reasoning, 181),
    // `Tool.execute`, which `ai.toolCall` tells with arguments and result
    row("message.id", Field::Mark, 180),
    row("full_command", Field::Arguments, 180),
    row("file_path", Field::Arguments, 181),
];

const KINDS: &[KindKey] = &[
    KindKey { key: "span.type", rank: 6, words: SPAN_TYPES },
    // Qwen Code's hooks name the tool that they watch; its own are errors in good runs
    KindKey { key: "hook_event", rank: 9, words: &[word("*", StepKind::Other).plumbing()] },
    KindKey { key: "gen_ai.operation.name", rank: 18, words: GEMINI },
    KindKey { key: "codex.usage.total_tokens", rank: 53, words: &[word("*", StepKind::Llm)] },
    KindKey { key: "codex.tool.phase", rank: 54, words: &[word("*", StepKind::Tool)] },
    KindKey { key: "codex.turn.token_usage.total_tokens", rank: 55, words: &[word("*", StepKind::Agent)] },
];

/// Claude Code's words, with and without its name before them, and those of `VoltAgent`.
const SPAN_TYPES: &[Word] = &[
    word("interaction", StepKind::Agent),
    word("claude_code.interaction", StepKind::Agent),
    word("llm_request", StepKind::Llm),
    word("claude_code.llm_request", StepKind::Llm),
    word("tool", StepKind::Tool),
    word("claude_code.tool", StepKind::Tool),
    // the same tool's waiting and working
    word("tool.blocked_on_user", StepKind::Other).plumbing(),
    word("claude_code.tool.blocked_on_user", StepKind::Other).plumbing(),
    word("tool.execution", StepKind::Task).plumbing(),
    word("claude_code.tool.execution", StepKind::Task).plumbing(),
    word("hook", StepKind::Other).plumbing(),
    word("claude_code.hook", StepKind::Other).plumbing(),
    word("agent", StepKind::Agent),
    word("llm", StepKind::Llm),
    word("memory", StepKind::Task),
];

const GEMINI: &[Word] = &[
    // a frame: commands that ask no model have one, too, and are no run
    word("user_prompt", StepKind::Workflow).setup(),
    word("system_prompt", StepKind::Task).plumbing(),
    word("schedule_tool_calls", StepKind::Task).plumbing(),
];

const NAMES: &[Name] = &[
    name("claude_code.interaction", StepKind::Agent),
    name("claude_code.llm_request", StepKind::Llm),
    name("claude_code.tool", StepKind::Tool),
    name("claude_code.tool.blocked_on_user", StepKind::Other).plumbing(),
    name("claude_code.tool.execution", StepKind::Task).plumbing(),
    name("claude_code.hook", StepKind::Other).plumbing(),
    // every function of the program is a span, and files that it looks for in vain are errors
    any_name(StepKind::Other).plumbing().of(OPENCODE),
    any_name(StepKind::Other).plumbing().of("codex_exec"),
    any_name(StepKind::Other).plumbing().of("codex_cli_rs"),
    any_name(StepKind::Other).plumbing().of("codex_tui"),
    // these name the tool that was asked for; another span runs it
    name("handle_responses", StepKind::Other).plumbing().of(CODEX),
    name("guardian_scoring_observation", StepKind::Other).plumbing().of(CODEX),
    name("session_task.turn", StepKind::Agent).of(CODEX),
];

const CODEX: &str = "codex";

const OPENCODE: &str = "opencode";

const GEMINI_CLI: &str = "gemini-cli";

const CONTENT: &[Holds] =
    &[takes("user_prompt"), takes("full_command"), takes("file_path"), gives("assistant_response")];

fn refine(evidence: &Evidence<'_>, step: &mut Step) {
    match evidence.scope.name.as_str() {
        GEMINI_CLI if step.kind == StepKind::Tool => gemini_tool(evidence, step),
        GEMINI_CLI if step.kind == StepKind::Llm => gemini_call(evidence, step),
        OPENCODE if step.kind == StepKind::Tool && &*step.name == "Tool.execute" => {
            step.kind = StepKind::Task;
            step.plumbing = true;
        }
        scope if scope.starts_with(CODEX) => codex(step),
        _ => claude_code(step),
    }
}

/// Whether spans of this scope are pieces of a run: Gemini CLI begins a trace for every model call and every batch of
/// tools, joined by the session alone (`cli_events.md`).
pub(super) fn is_scattered(evidence: &Evidence<'_>, step: &Step) -> bool {
    evidence.scope.name == GEMINI_CLI && step.kind != StepKind::Workflow
}

/// The id of the prompt that Gemini CLI's model calls carry under the conventions' key for a prompt's name.
pub(super) fn prompt_id<'a>(evidence: &Evidence<'a>) -> Option<Cow<'a, str>> {
    let named = || evidence.span.attributes.get("gen_ai.prompt.name").and_then(reading::text);
    (evidence.scope.name == GEMINI_CLI).then(named).flatten()
}

/// Whether a span belongs to a turn: Codex's turn itself does not name the conversation, spans of its program within
/// the same trace do; other traces of the program name it too and do nothing in it.
pub(super) fn is_of_turn(evidence: &Evidence<'_>) -> bool {
    evidence.scope.name.starts_with(CODEX) && evidence.span.attributes.get("turn.id").is_some()
}

fn claude_code(step: &mut Step) {
    match step.name.strip_prefix("claude_code.") {
        // the convention of the reference: nothing on the span names the main agent
        Some("interaction") if step.agent.is_none() => step.agent = Some("claude-code".into()),
        // the failure is told here alone; the tool's own span never fails
        Some("tool.execution") if step.status == StepStatus::Error => step.plumbing = false,
        _ => {}
    }
    // every span of it begins so: what follows says which
    if let Some(bare) = step.name.strip_prefix("claude_code.") {
        step.name = bare.into();
    }
}

fn codex(step: &mut Step) {
    // nothing on the span names the one agent there is
    if step.kind == StepKind::Agent && step.agent.is_none() {
        step.agent = Some("codex".into());
    }
}

/// Tokens and answer are written when the answer has come; its own guards break calls off before that.
fn gemini_call(evidence: &Evidence<'_>, step: &mut Step) {
    let answered = step.usage.is_known() || evidence.span.attributes.get("gen_ai.output.messages").is_some();
    if !answered && step.finish_reason.is_none() && step.end != 0 {
        step.finish_reason = Some(Step::ABORTED.into());
    }
}

/// How a tool call came out stands in what it gave.
fn gemini_tool(evidence: &Evidence<'_>, step: &mut Step) {
    let gave = evidence.span.attributes.text("gen_ai.output.messages").and_then(lenient::parse);
    let failed = gave.as_ref().is_some_and(|gave| gave["status"] == "error");
    if failed && step.status == StepStatus::Ok {
        step.status = StepStatus::Error;
        let said = gave.as_ref().and_then(|gave| gave.pointer("/response/resultDisplay")?.as_str());
        step.error = said.map(|said| outcome::one_line(said).into());
    }
}
