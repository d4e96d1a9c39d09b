//! From a script to spans: what an instrumented client would export, with times, ids, growing prompts and token counts.
//!
//! Pure: the same script, seed and start give the same spans.

mod stage;

use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

use self::stage::{Frame, Stage};
use super::script::{Agent, Document, Script, Step};
use super::span::Draft;
use super::talk::{Cache, Message, Part, tokens};

/// A run as its exporter will send it.
pub(super) struct Plan {
    /// `service.name`.
    pub(super) service: String,
    /// Spans in the order in which they end.
    pub(super) spans: Vec<Span>,
}

/// Plays all `scripts`, the demo beginning at `start`.
pub(super) fn plans(scripts: &[Script], seed: u64, start: u64) -> Vec<Plan> {
    let mut seeds = Rng::with_seed(seed);
    scripts.iter().map(|script| plan(script, seeds.fork(), start)).collect()
}

fn plan(script: &Script, rng: Rng, start: u64) -> Plan {
    let mut player = Player::new(script, rng, start);
    let steps: VecDeque<_> = script.steps.iter().collect();
    player.play(steps);
    Plan { service: script.service.clone(), spans: player.stage.finish() }
}

struct Player<'a> {
    script: &'a Script,
    stage: Stage,
    caches: BTreeMap<&'a str, Cache>,
    /// Ids of the calls that the model asked for and that did not run yet.
    asked: VecDeque<String>,
}

impl<'a> Player<'a> {
    fn new(script: &'a Script, rng: Rng, start: u64) -> Self {
        let mut stage = Stage::new(rng, start + script.start_ms * stage::MS);
        if let Some(workflow) = &script.workflow {
            let span = Draft::new("invoke_workflow", workflow, SpanKind::Internal)
                .with("gen_ai.workflow.name", workflow.as_str());
            stage.open(about(span, script), Frame::default());
        }
        Self { script, stage, caches: BTreeMap::new(), asked: VecDeque::new() }
    }

    fn play(&mut self, mut steps: VecDeque<&'a Step>) {
        while let Some(step) = steps.pop_front() {
            match step {
                Step::Agent { name, ask } => self.agent(name, ask.as_deref()),
                Step::End { error } => self.end(error.as_deref()),
                Step::Chat { say, think, ttft_ms, ms } => {
                    let calls = self.calls(&steps);
                    self.chat(say, think.as_deref(), calls, *ttft_ms, *ms);
                }
                Step::Tool { name, args, result, error, beside, ms } => {
                    let outcome = Outcome { result, error: error.as_deref() };
                    self.tool(name, args, &outcome, *beside, *ms);
                }
                Step::Handoff { to } => self.handoff(to),
                Step::Retrieval { source, query, documents, ms } => {
                    self.retrieval(source, query, documents, *ms);
                }
                Step::Embedding { model, provider, text, ms } => self.embedding(model, provider, text, *ms),
            }
        }
    }

    /// The calls that a model asks for: tools and handoffs that follow directly, each with an id of its own.
    fn calls(&mut self, ahead: &VecDeque<&'a Step>) -> Vec<Part> {
        self.asked.clear();
        let mut calls = Vec::new();
        for step in ahead {
            let (name, args) = match step {
                Step::Tool { name, args, .. } => (name.clone(), args.as_str()),
                Step::Handoff { to } => (transfer(to), "{}"),
                _ => break,
            };
            let id = self.stage.id("call_", 24);
            calls.push(Part::call(&id, &name, args));
            self.asked.push_back(id);
        }
        calls
    }

    fn agent(&mut self, name: &'a str, ask: Option<&str>) {
        let talk = vec![Message::user(ask.unwrap_or(&self.script.task))];
        self.enter(name, talk);
    }

    fn enter(&mut self, name: &'a str, talk: Vec<Message>) {
        let span = Draft::new("invoke_agent", name, SpanKind::Internal)
            .with("gen_ai.agent.name", name)
            .with("gen_ai.input.messages", json(&talk));
        self.stage.open(about(span, self.script), Frame { agent: name.to_owned(), talk });
    }

    fn end(&mut self, error: Option<&str>) {
        if let Some(last) = self.stage.frame().talk.last().cloned() {
            self.stage.set("gen_ai.output.messages", json(&[last]));
        }
        self.stage.close(error);
    }

    fn chat(&mut self, say: &str, think: Option<&str>, calls: Vec<Part>, ttft_ms: Option<u64>, ms: u64) {
        let name = self.stage.frame().agent.clone();
        let Some((name, agent)) = self.script.agents.get_key_value(&name) else { return };
        let thought = think.map(|text| Part::Reasoning { content: text.trim().to_owned() });
        let said = (!say.is_empty()).then(|| Part::text(say));
        let answer = Message::assistant(thought.into_iter().chain(said).chain(calls).collect());
        let span = self.call_span(name, agent, &answer, think);
        let span = match ttft_ms {
            Some(ttft) => span
                .with("gen_ai.request.stream", true)
                .with("gen_ai.response.time_to_first_chunk", ttft as f64 / 1000.0),
            None => span,
        };
        self.stage.run(span, ms, false);
        self.stage.frame().talk.push(answer.said());
    }

    fn call_span(&mut self, name: &'a str, agent: &Agent, answer: &Message, think: Option<&str>) -> Draft {
        let prompt = json(&self.stage.frame().talk);
        let output = json(std::slice::from_ref(answer));
        let input = agent.unseen_tokens + tokens(&agent.instructions) + tokens(&prompt);
        let read = self.caches.entry(name).or_default().read(input);
        let bills_writes = agent.provider == "anthropic";
        Draft::new("chat", &agent.model, SpanKind::Client)
            .with("gen_ai.provider.name", agent.provider.as_str())
            .with("gen_ai.agent.name", name)
            .with("gen_ai.conversation.id", self.script.session.as_str())
            .with("gen_ai.request.model", agent.model.as_str())
            .with("gen_ai.response.model", agent.answers.as_deref().unwrap_or(&agent.model))
            .with("gen_ai.response.id", self.stage.id("resp_", 24))
            .with("gen_ai.response.finish_reasons", [answer.finish_reason()])
            .with("gen_ai.usage.input_tokens", input)
            .with("gen_ai.usage.output_tokens", tokens(&output))
            .with("gen_ai.usage.cache_read.input_tokens", read)
            .with_some(
                "gen_ai.usage.cache_write.input_tokens",
                bills_writes.then(|| Cache::written(input, read)),
            )
            .with_some("gen_ai.usage.reasoning.output_tokens", think.map(tokens))
            .with("gen_ai.system_instructions", json(&[Part::text(&agent.instructions)]))
            .with("gen_ai.tool.definitions", definitions(&agent.tools))
            .with("gen_ai.input.messages", prompt)
            .with("gen_ai.output.messages", output)
    }

    fn tool(&mut self, name: &str, args: &str, outcome: &Outcome<'_>, beside: bool, ms: u64) {
        let id = self.asked.pop_front().unwrap_or_default();
        let span = Draft::new("execute_tool", name, SpanKind::Internal)
            .with("gen_ai.tool.name", name)
            .with("gen_ai.tool.type", "function")
            .with("gen_ai.tool.call.id", id.as_str())
            .with("gen_ai.tool.call.arguments", args)
            .with_some("gen_ai.tool.call.result", outcome.error.is_none().then(|| outcome.result.trim()));
        self.stage.run_failing(span, ms, beside, outcome.error.map(|kind| (kind, outcome.result.trim())));
        self.stage.frame().talk.push(Message::tool(&id, outcome.result));
    }

    fn handoff(&mut self, to: &'a str) {
        let from = self.stage.frame().agent.clone();
        let id = self.asked.pop_front().unwrap_or_default();
        let span = Draft::new("agent_handoff", to, SpanKind::Internal)
            .with("gen_ai.handoff.from_agent", from)
            .with("gen_ai.handoff.to_agent", to)
            .with("gen_ai.tool.call.id", id.as_str());
        self.stage.run(span, 2, false);
        let mut talk = self.stage.frame().talk.clone();
        self.end(None);
        talk.push(Message::tool(&id, &format!(r#"{{"assistant":"{to}"}}"#)));
        self.enter(to, talk);
    }

    fn retrieval(&mut self, source: &str, query: &str, documents: &[Document], ms: u64) {
        let span = Draft::new("retrieval", source, SpanKind::Client)
            .with("gen_ai.data_source.id", source)
            .with("gen_ai.retrieval.query.text", query)
            .with("gen_ai.retrieval.top_k", documents.len() as u64)
            .with("gen_ai.retrieval.documents", json(documents));
        self.stage.run(span, ms, false);
        let found: Vec<_> = documents.iter().map(|document| document.content.trim()).collect();
        self.stage.frame().talk.push(Message::user(&format!("Found in {source}:\n\n{}", found.join("\n\n"))));
    }

    fn embedding(&mut self, model: &str, provider: &str, text: &str, ms: u64) {
        let span = Draft::new("embeddings", model, SpanKind::Client)
            .with("gen_ai.provider.name", provider)
            .with("gen_ai.request.model", model)
            .with("gen_ai.response.model", model)
            .with("gen_ai.usage.input_tokens", tokens(text))
            .with("gen_ai.embeddings.dimension.count", 1536_u64);
        self.stage.run(span, ms, false);
    }
}

/// What a tool gave back.
struct Outcome<'a> {
    result: &'a str,
    error: Option<&'a str>,
}

/// Who it is for.
fn about(span: Draft, script: &Script) -> Draft {
    span.with("gen_ai.conversation.id", script.session.as_str())
        .with("session.id", script.session.as_str())
        .with("user.id", script.user.as_str())
}

fn transfer(to: &str) -> String {
    format!("transfer_to_{to}")
}

fn definitions(tools: &[String]) -> String {
    let all = tools.iter().map(|name| serde_json::json!({"type": "function", "name": name}));
    serde_json::Value::Array(all.collect()).to_string()
}

/// As JSON text: the conventions put messages on spans so.
fn json<T: serde::Serialize>(values: &[T]) -> String {
    values
        .iter()
        .filter_map(|value| serde_json::to_value(value).ok())
        .collect::<serde_json::Value>()
        .to_string()
}

#[cfg(test)]
mod tests;
