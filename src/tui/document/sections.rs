//! What a step's document says, in the order people want it: what went wrong, what is new, what was answered, then the
//! history, what it cost, then the raw telemetry.

use std::sync::Arc;

use crate::model::{Content, Document as Found, Part, Step, StepKind, StepStatus};
use crate::report::format::{self, Zone};
use crate::report::text;
use crate::tui::backend::{Asked, RowId, StepDetail};
use crate::tui::theme::Role;

use super::build::Builder;
use super::conversation::{Conversation, push_answer, push_part};
use super::{Document, context, cost, json, telemetry};

/// Columns of a document's id in the table, and of the beginning of its text.
const LONGEST_ID: usize = 24;
const GLIMPSE: usize = 120;

/// The document of one step.
pub fn of_step(asked: &Asked, detail: &StepDetail, zone: Zone) -> Document {
    let Asked { step, also, .. } = asked;
    let mut b = Builder::default();
    push_error(&mut b, step, detail);
    push_content(&mut b, asked, detail);
    telemetry::push_events(&mut b, detail, zone);
    telemetry::push_logs(&mut b, detail, zone);
    telemetry::push_links(&mut b, detail);
    push_also(&mut b, step, also);
    cost::push(&mut b, asked, detail.cost.as_ref());
    telemetry::push_raw(&mut b, detail);
    telemetry::push_ids(&mut b, step, detail, zone);
    b.finish()
}

/// The document of a parent that has not arrived.
pub fn missing(RowId(trace, span): RowId) -> Document {
    let mut b = Builder::default();
    b.text("This step has not arrived; others name it as their parent.", Role::Text);
    b.text("It comes when it ends, or never, where its program died.", Role::Dim);
    b.gap();
    pair(&mut b, "trace", &trace.to_string());
    pair(&mut b, "span", &span.to_string());
    b.finish()
}

pub(super) fn heading(b: &mut Builder, title: &str) {
    b.gap();
    b.heading(title, Role::Accent);
}

fn push_error(b: &mut Builder, step: &Step, detail: &StepDetail) {
    let said = [step.error.as_deref().unwrap_or_default(), detail.span.status_message.as_str()];
    let longest = said.into_iter().max_by_key(|text| text.len()).unwrap_or_default();
    if !longest.is_empty() {
        b.heading("failed", Role::Error);
        b.text(longest, Role::Text);
    }
}

fn push_content(b: &mut Builder, asked: &Asked, detail: &StepDetail) {
    let content = &detail.content;
    if content.is_empty() {
        return push_nothing(b, &asked.step);
    }
    let conversation = Conversation::new(&content.input);
    let known = detail.new_from.min(content.input.len());
    if known < content.input.len() {
        heading(b, if known == 0 { "asked" } else { "new since the last call" });
        push_context(b, asked, detail, known);
        conversation.push(b, known, content.input.len());
    }
    push_values(b, asked.step.kind, content);
    if !content.output.is_empty() {
        heading(b, "answered");
        push_answer(b, &content.output, &detail.answers);
    }
    push_documents(b, &content.documents);
    b.gap();
    push_instructions(b, &content.system);
    if known > 0 {
        let title = context::earlier(known, detail.before.as_ref(), &asked.usage);
        let fold = b.open(&[(&title, Role::Accent)], true);
        conversation.push(b, 0, known);
        b.close(fold);
    }
}

/// Of calls without a text, why there is none: most clients send texts only when they are told to.
fn push_nothing(b: &mut Builder, step: &Step) {
    let what = match (step.kind, step.status) {
        (_, StepStatus::Running) => return,
        (StepKind::Llm, _) => "Neither what was asked nor what was answered was sent.",
        (StepKind::Tool, _) => "Neither arguments nor a result were sent.",
        _ => return,
    };
    b.text(what, Role::Text);
    b.text(
        "Most clients send texts only when told to; `spanglass doctor` names the setting of this one.",
        Role::Dim,
    );
    b.gap();
}

/// Where the context is not simply the last call's and what was said since.
fn push_context(b: &mut Builder, asked: &Asked, detail: &StepDetail, known: usize) {
    let Some(before) = &detail.before else {
        return;
    };
    let said = [context::jump(before, &asked.usage), context::rewritten(before, known)];
    for words in said.into_iter().flatten() {
        b.line(&[(&words, Role::Warning)]);
    }
}

pub(super) fn push_instructions(b: &mut Builder, system: &[Part]) {
    if system.is_empty() {
        return;
    }
    let fold = b.open(&[("system instructions", Role::Accent)], true);
    for part in system {
        push_part(b, part, Role::Text);
    }
    b.close(fold);
}

fn push_values(b: &mut Builder, kind: StepKind, content: &Content) {
    let (into, out) = if kind == StepKind::Tool { ("arguments", "result") } else { ("input", "output") };
    for (title, value) in [(into, &content.arguments), (out, &content.result)] {
        if let Some(value) = value {
            heading(b, title);
            json::push(b, value);
        }
    }
}

/// One row a document: place, score, id, the beginning of its text; unfolded it is read whole.
fn push_documents(b: &mut Builder, documents: &[Found]) {
    if documents.is_empty() {
        return;
    }
    let plural = if documents.len() == 1 { "" } else { "s" };
    heading(b, &format!("{} document{plural}", documents.len()));
    let scores: Vec<String> =
        documents.iter().map(|d| d.score.map(|score| format!("{score:.3}")).unwrap_or_default()).collect();
    let name = |d: &Found| text::preview(d.id.as_deref().unwrap_or_default(), LONGEST_ID);
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let score_width = widest(&mut scores.iter().map(|score| text::width(score)));
    let id_width = widest(&mut documents.iter().map(|d| text::width(&name(d))));
    let place_width = documents.len().to_string().len();
    for (nth, (document, score)) in documents.iter().zip(&scores).enumerate() {
        let place = format!("{:>place_width$}  ", nth + 1);
        let score =
            format!("{}{}", text::pad_left(score, score_width), if score_width > 0 { "  " } else { "" });
        let id = format!("{}{}", text::pad(&name(document), id_width), if id_width > 0 { "  " } else { "" });
        let glimpse = text::preview(&document.content, GLIMPSE);
        let pieces =
            [(&*place, Role::Dim), (&*score, Role::JsonNumber), (&*id, Role::Key), (&*glimpse, Role::Text)];
        push_document(b, document, &pieces);
    }
}

fn push_document(b: &mut Builder, document: &Found, pieces: &[(&str, Role)]) {
    let fold = b.open(pieces, true);
    if let Some(id) = document.id.as_deref().filter(|id| text::width(id) > LONGEST_ID) {
        pair(b, "id", id);
    }
    b.text(&document.content, Role::Text);
    if let Some(metadata) = &document.metadata {
        json::push(b, metadata);
    }
    b.close(fold);
}

/// Other reports of this call: counted once, kept whole, each under its own ids.
fn push_also(b: &mut Builder, step: &Step, also: &[Arc<Step>]) {
    if also.is_empty() {
        return;
    }
    heading(b, "also reported by");
    for other in also {
        let fold =
            b.open(&[(&other.scope, Role::Title), ("  ", Role::Text), (&other.name, Role::Dim)], false);
        if other.trace_id != step.trace_id {
            pair(b, "trace", &other.trace_id.to_string());
        }
        pair(b, "span", &other.span_id.to_string());
        if let Some(parent) = other.parent_span_id {
            pair(b, "parent", &parent.to_string());
        }
        if other.usage.is_known() {
            let told = |count: Option<u64>| count.map_or_else(|| format::UNKNOWN.to_owned(), format::count);
            pair(b, "tokens", &format!("in {} out {}", told(other.usage.input), told(other.usage.output)));
        }
        b.close(fold);
    }
}

pub(super) fn pair(b: &mut Builder, name: &str, value: &str) {
    b.line(&[(&format!("{name:<10} "), Role::Key), (value, Role::Text)]);
    b.stands_for(value);
}
