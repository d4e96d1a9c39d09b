//! A small world of runs for tests: support agents in English and Korean, a loop, a failure, a run under way, and one
//! whose every field is hostile.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analyze::diff::Facts;
use crate::analyze::findings::{self, Circumstances, Mark};
use crate::analyze::tree::Tree;
use crate::model::fixture;
use crate::model::{
    Attributes, Basis, Content, Cost, CostSource, CostTotal, Event, Explanation, Finding, FindingCounts,
    Handoff, Link, Message, NanoUsd, Part, Rates, Remark, Resource, Role, RunKey, RunSummary, RunTimes,
    Scope, Span, SpanId, SpanKind, StatusCode, Step, StepKey, StepKind, StepStatus, TokenTotals, TraceId,
    Usage, Value,
};
use crate::store::{self, HitPage, HitStep, TextHit};
use crate::tui::{Asked, Backend, RunView, StepDetail};

/// 2025-11-21 14:02:11 UTC.
pub(crate) const NOON: u64 = 1_763_733_731_000_000_000;

const MS: u64 = 1_000_000;

/// Every control, escape and bidi trick in one text.
pub(crate) const HOSTILE: &str =
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J \u{202e}live\u{200b}\u{0}\u{e0041}";

/// A run and its steps.
#[derive(Clone)]
pub(crate) struct Told {
    /// Summary.
    pub(crate) summary: RunSummary,
    /// Steps, in order of arrival.
    pub(crate) steps: Vec<Step>,
}

/// A backend over told runs.
#[derive(Clone, Default)]
pub(crate) struct World {
    /// Runs.
    pub(crate) runs: Vec<Told>,
    /// Findings that are dismissed.
    pub(crate) dismissed: Vec<Mark>,
    /// Runs that were deleted.
    pub(crate) deleted: Vec<RunKey>,
}

fn remark(finding: Finding) -> Remark {
    Remark {
        kind: finding.kind,
        severity: finding.severity,
        rule: finding.rule.to_owned(),
        message: finding.message,
        step: finding.steps.first().copied(),
        wasted_tokens: finding.wasted_tokens,
        wasted_cost: finding.wasted_cost,
    }
}

impl World {
    fn found(&mut self, run: RunKey) -> Vec<Finding> {
        let (_, steps) = self.steps(run, 0).unwrap();
        let view = RunView::new(run, 0, steps);
        self.findings(run, &view.steps, &view.tree).unwrap()
    }

    /// Findings of a run, counted.
    pub(crate) fn counts(&mut self, run: RunKey) -> FindingCounts {
        FindingCounts::of(&self.found(run))
    }
}

impl Backend for World {
    fn revision(&mut self) -> Result<i64, String> {
        Ok(self.runs.iter().map(|told| told.summary.revision).max().unwrap_or(0))
    }

    fn runs(&mut self, after: i64) -> Result<Vec<RunSummary>, String> {
        Ok(self.runs.iter().map(|told| told.summary.clone()).filter(|run| run.revision > after).collect())
    }

    fn newest_runs(&mut self, count: u32) -> Result<Vec<RunSummary>, String> {
        Ok(self.runs.iter().rev().take(count as usize).map(|told| told.summary.clone()).collect())
    }

    /// Looks at tasks alone.
    fn search_runs(
        &mut self,
        typed: &str,
        _goes_on: &mut dyn FnMut(&BTreeSet<RunKey>) -> bool,
    ) -> Result<Option<Vec<RunKey>>, String> {
        let holds = |told: &&Told| told.summary.task.as_ref().is_some_and(|task| task.contains(typed));
        Ok(Some(self.runs.iter().filter(holds).map(|told| told.summary.key).collect()))
    }

    /// Looks at tasks alone; the text is that of the second step.
    fn search_texts(
        &mut self,
        typed: &str,
        mark: store::Mark,
        limit: usize,
        _goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HitPage, String> {
        let below = mark.below;
        let of_run = |told: &Told| Some((told.summary.key, hit_in(told, typed)?));
        let mut hits: Vec<_> = self.runs.iter().filter_map(of_run).filter(|(run, _)| run.0 < below).collect();
        hits.sort_by_key(|(run, _)| std::cmp::Reverse(run.0));
        hits.truncate(limit.min(2));
        let next = hits.last().map(|(run, _)| store::Mark { below: run.0, ..mark });
        Ok(HitPage { hits: hits.into_iter().map(|(_, hit)| hit).collect(), next })
    }

    /// Looks at what tools got and gave.
    fn search_run(
        &mut self,
        run: RunKey,
        typed: &str,
        _goes_on: &mut dyn FnMut(&BTreeSet<StepKey>) -> bool,
    ) -> Result<Option<BTreeSet<StepKey>>, String> {
        let (_, steps) = self.steps(run, 0)?;
        let holds = |step: &&Arc<Step>| {
            step.kind == StepKind::Tool && format!("{:?}", detail_of(step).content).contains(typed)
        };
        Ok(Some(steps.iter().filter(holds).map(|step| step.key).collect()))
    }

    fn steps(&mut self, run: RunKey, _after: i64) -> Result<(i64, Vec<Arc<Step>>), String> {
        let told = self.runs.iter().find(|told| told.summary.key == run).ok_or("no such run")?;
        Ok((told.summary.revision, told.steps.iter().cloned().map(Arc::new).collect()))
    }

    fn findings(&mut self, _run: RunKey, steps: &[Arc<Step>], tree: &Tree) -> Result<Vec<Finding>, String> {
        let circumstances = Circumstances { dismissed: self.dismissed.clone(), ..Circumstances::default() };
        Ok(findings::find(steps, tree, &circumstances))
    }

    fn remarks(&mut self, run: RunKey) -> Result<Vec<Remark>, String> {
        let mut found = self.found(run);
        found.retain(|finding| !finding.dismissed);
        found.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.wasted_tokens)));
        Ok(found.into_iter().map(remark).collect())
    }

    fn dismiss(
        &mut self,
        run: RunKey,
        finding: &Finding,
        dismissed: bool,
    ) -> Result<Vec<RunSummary>, String> {
        self.dismissed.retain(|mark| !mark.is_of(finding));
        self.dismissed.extend(dismissed.then(|| Mark::of(finding)));
        let counts = self.counts(run);
        let told = self.runs.iter_mut().find(|told| told.summary.key == run).ok_or("no such run")?;
        told.summary.findings = counts;
        Ok(vec![told.summary.clone()])
    }

    fn deleted_runs(&mut self, _after: i64) -> Result<Vec<RunKey>, String> {
        Ok(self.deleted.clone())
    }

    fn delete(&mut self, runs: Vec<RunKey>) -> Result<usize, String> {
        let before = self.runs.len();
        self.runs.retain(|told| !runs.contains(&told.summary.key));
        self.deleted.extend(runs);
        Ok(before - self.runs.len())
    }

    fn detail(&mut self, asked: &Asked) -> Result<StepDetail, String> {
        let mut steps = self.runs.iter().flat_map(|told| &told.steps);
        let step = steps.find(|step| step.key == asked.step.key).ok_or("no such step")?;
        Ok(StepDetail { cost: asked.has_figures.then(|| why(step)), ..detail_of(step) })
    }

    fn facts(&mut self, keys: &[StepKey]) -> Result<Facts, String> {
        let mut steps = self.runs.iter().flat_map(|told| &told.steps);
        let step = steps.find(|step| keys.contains(&step.key)).ok_or("no such step")?;
        Ok(super::pair::facts_of(step))
    }
}

fn hit_in(told: &Told, typed: &str) -> Option<TextHit> {
    let line = told.summary.task.clone()?;
    let words: Vec<_> = line.match_indices(typed).map(|(at, word)| at..at + word.len()).collect();
    let step = told.steps.get(1).filter(|_| !words.is_empty())?;
    let step = HitStep {
        key: step.key,
        trace_id: step.trace_id,
        span_id: step.span_id,
        kind: Some(step.kind),
        name: step.name.to_string(),
        agent: None,
    };
    let (attribute, role) = ("gen_ai.input.messages".to_owned(), Some("user".to_owned()));
    Some(TextHit { run: told.summary.key, step: Some(step), runs: 3, attribute, role, line, words })
}

/// Writes steps of one run, one after another.
pub(crate) struct Script {
    run: i64,
    next: u64,
    clock: u64,
    steps: Vec<Step>,
}

impl Script {
    /// A script for a run that starts `seconds` before noon.
    pub(crate) fn new(run: i64, seconds: u64) -> Self {
        let next = u64::try_from(run).unwrap_or(0) * 1000 + 1;
        Self { run, next, clock: NOON - seconds * 1_000_000_000, steps: Vec::new() }
    }

    /// Adds a step that begins where the last one ended and takes `ms`; gives its place.
    pub(crate) fn add(&mut self, parent: Option<usize>, kind: StepKind, name: &str, ms: u64) -> usize {
        let mut trace = [0; 16];
        trace[15] = u8::try_from(self.run).unwrap_or(255);
        let step = Step {
            key: StepKey(i64::try_from(self.next).unwrap_or(0)),
            trace_id: TraceId::from_bytes(&trace).unwrap(),
            span_id: SpanId::from_u64(self.next).unwrap(),
            parent_span_id: parent.map(|at| self.steps[at].span_id),
            start: self.clock,
            end: self.clock + ms * MS,
            kind,
            name: name.into(),
            ..blank()
        };
        self.next += 1;
        if !matches!(kind, StepKind::Agent | StepKind::Workflow) {
            self.clock += ms * MS;
        }
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// Adds a model call.
    pub(crate) fn call(
        &mut self,
        parent: usize,
        model: &str,
        ms: u64,
        (input, cached, output): (u64, u64, u64),
    ) -> usize {
        let at = self.add(Some(parent), StepKind::Llm, &format!("chat {model}"), ms);
        let step = &mut self.steps[at];
        step.model = Some(model.into());
        step.usage =
            Usage { input: Some(input), output: Some(output), cache_read: Some(cached), ..Usage::default() };
        let nano = i64::try_from(input * 1500 + output * 9000).unwrap_or(0);
        step.cost = Some(Cost { amount: NanoUsd(nano), source: CostSource::Computed });
        step.time_to_first_token = Some(400 * MS);
        step.finish_reason = Some("stop".into());
        at
    }

    /// Changes a step.
    pub(crate) fn edit(&mut self, at: usize, change: impl FnOnce(&mut Step)) {
        change(&mut self.steps[at]);
    }

    /// Ends the run: parents end when their last child does.
    pub(crate) fn end(mut self, agents: &[&str], task: &str) -> Told {
        for at in (0..self.steps.len()).rev() {
            let id = self.steps[at].span_id;
            let children = self.steps.iter().filter(|step| step.parent_span_id == Some(id));
            let last = children.map(|step| step.end).max().unwrap_or(0);
            let step = &mut self.steps[at];
            step.end = if step.end == 0 { 0 } else { step.end.max(last) };
        }
        told(self.run, self.steps, agents, task)
    }
}

fn blank() -> Step {
    let trace_id = TraceId::from_bytes(&[1; 16]).unwrap();
    Step { key: StepKey(0), trace_id, start: 0, end: 0, name: "".into(), ..fixture::step(1, 0) }
}

/// The summary of steps.
pub(crate) fn told(run: i64, steps: Vec<Step>, agents: &[&str], task: &str) -> Told {
    let count = |kind| steps.iter().filter(|s| s.kind == kind).count() as u64;
    let (mut tokens, mut cost) = (TokenTotals::default(), CostTotal::default());
    for step in steps.iter().filter(|s| s.kind == StepKind::Llm) {
        tokens.add(&step.usage);
        cost.add(step.cost);
    }
    let mut models: Vec<String> =
        steps.iter().filter_map(|s| s.model.as_deref().map(str::to_owned)).collect();
    models.dedup();
    models.truncate(2);
    let root = steps.iter().find(|s| s.parent_span_id.is_none());
    let summary = RunSummary {
        key: RunKey(run),
        run_id: format!("{run:032x}"),
        trace_ids: steps.first().map(|s| s.trace_id).into_iter().collect(),
        name: root.map(|s| s.name.to_string()).unwrap_or_default(),
        task: (!task.is_empty()).then(|| task.to_owned()),
        agents: agents.iter().map(|&agent| agent.to_owned()).collect(),
        service: "support".into(),
        session_id: None,
        user_id: None,
        tags: Vec::new(),
        times: RunTimes {
            start: steps.iter().map(|s| s.start).min().unwrap_or(0),
            end: steps.iter().map(|s| s.end).max().unwrap_or(0),
            received: steps.iter().map(|s| s.end).max().unwrap_or(0),
            open_end: false,
            complete: root.is_some_and(|s| s.end != 0),
            failed: root.is_some_and(|s| s.status == StepStatus::Error),
        },
        steps: steps.iter().filter(|s| !s.plumbing).count() as u64,
        llm_calls: count(StepKind::Llm),
        tool_calls: count(StepKind::Tool),
        handoffs: count(StepKind::Handoff),
        errors: steps.iter().filter(|s| s.status == StepStatus::Error).count() as u64,
        models,
        tokens,
        cost,
        findings: FindingCounts::default(),
        agentic: true,
        merged_into: None,
        revision: run,
    };
    Told { summary, steps }
}

fn says(role: Role, text: &str) -> Message {
    Message { role, name: None, parts: vec![Part::Text(text.into())], finish_reason: None }
}

fn detail_of(step: &Step) -> StepDetail {
    let (content, new_from) = match step.kind {
        StepKind::Llm => (conversation(), 2),
        StepKind::Tool => (tool_content(step), 0),
        _ => (Content::default(), 0),
    };
    StepDetail {
        span: span_of(step),
        resource: Arc::new(Resource {
            attributes: [("service.name", "support"), ("telemetry.sdk.language", "python")]
                .into_iter()
                .collect(),
            ..Resource::default()
        }),
        scope: Arc::new(Scope {
            name: "opentelemetry.instrumentation.openai".into(),
            version: "2.1".into(),
            ..Scope::default()
        }),
        content,
        logs: Vec::new(),
        new_from,
        before: None,
        answers: Vec::new(),
        cost: None,
    }
}

/// Why a call of [`Script::call`] costs what it does.
fn why(step: &Step) -> Explanation {
    let units = [1500, 1500, 1500, 1500, 1500, 9000, 9000, 9000].map(|price| Some(price * 1_000_000));
    let rates = Rates { units, request: NanoUsd(0) };
    let model = step.model.as_deref().unwrap_or_default().to_owned();
    let list = Basis::List {
        list: "genai-prices 0.0.0".into(),
        provider: "vendor".into(),
        model: model.clone(),
        discount: None,
    };
    Explanation {
        basis: list,
        provider: Some("a gateway".into()),
        models: vec![model],
        alias: None,
        service_tier: None,
        tier_above: None,
        at: step.start,
        usage: step.usage,
        reported: None,
        computed: rates.cost(&step.usage),
        parts: rates.parts(&step.usage),
        request: NanoUsd(0),
        why_unknown: (!step.usage.is_known()).then_some("the call tells no tokens"),
        doubts: Vec::new(),
    }
}

fn conversation() -> Content {
    let call = Part::ToolCall {
        id: Some("call_9f2".into()),
        name: "search_web".into(),
        arguments: r#"{"q": "refund policy \ud658\ubd88", "limit": 5}"#.into(),
    };
    let result = Part::ToolResult {
        id: Some("call_81c".into()),
        result: r#"{"order": 8812, "status": "shipped", "note": "left with neighbour\n문 앞에 두었습니다", "items": [{"sku": "A-1", "price": 89.0}, {"sku": "B-7", "price": 12.5}], "paid": true}"#.into(),
    };
    Content {
        system: vec![Part::Text(
            "You are a support agent. Be kind, be brief.\nNever promise what you cannot do.".into(),
        )],
        input: vec![
            says(Role::User, "Where is order 8812?"),
            says(Role::Assistant, "Let me look."),
            Message {
                role: Role::Tool,
                name: Some("get_order".into()),
                parts: vec![result],
                finish_reason: None,
            },
            says(
                Role::User,
                "이중 결제가 되었어요. 그냥 환불해 주세요 👩‍👩‍👧‍👦\n\nI was charged twice, just refund it please, and tell me when the money will be back on my card.",
            ),
        ],
        output: vec![Message {
            role: Role::Assistant,
            name: None,
            parts: vec![Part::Text("I will look up our refund policy first.".into()), call],
            finish_reason: Some("tool_call".into()),
        }],
        ..Content::default()
    }
}

fn tool_content(step: &Step) -> Content {
    Content {
        arguments: Some(
            r#"{"q": "refund policy", "lang": "ko", "options": {"safe": true, "region": null}}"#.into(),
        ),
        result: Some(format!(
            "{{\"hits\": 3, \"text\": \"{}\\n\\tsecond line\"}}",
            if step.name.contains('\u{1b}') { "\\u001b[31mred\\u0007" } else { "Refunds within 14 days" }
        )),
        ..Content::default()
    }
}

fn span_of(step: &Step) -> Span {
    let failed = step.status == StepStatus::Error;
    Span {
        trace_id: step.trace_id,
        span_id: step.span_id,
        parent_span_id: step.parent_span_id,
        trace_state: String::new(),
        name: step.name.to_string(),
        kind: SpanKind(3),
        start: step.start,
        end: step.end,
        attributes: Attributes(vec![
            ("gen_ai.operation.name".into(), Value::from("chat")),
            ("gen_ai.request.temperature".into(), Value::from(0.2)),
            ("gen_ai.request.max_tokens".into(), Value::from(1024)),
            ("gen_ai.response.finish_reasons".into(), Value::Array(vec!["stop".into()])),
            ("stream".into(), Value::from(true)),
            ("hostile".into(), Value::from(HOSTILE)),
        ]),
        dropped_attributes_count: u32::from(failed),
        events: if failed {
            vec![Event {
                time: step.start + 3 * MS,
                name: "exception".into(),
                attributes: [
                    ("exception.type", "TimeoutError"),
                    ("exception.message", "payment gateway timed out after 30 s"),
                ]
                .into_iter()
                .collect(),
                dropped_attributes_count: 0,
            }]
        } else {
            Vec::new()
        },
        dropped_events_count: 0,
        links: if failed {
            vec![Link { trace_id: vec![0xab; 16], span_id: vec![0xcd; 8], ..Link::default() }]
        } else {
            Vec::new()
        },
        dropped_links_count: 0,
        status: if failed { StatusCode::ERROR } else { StatusCode::OK },
        status_message: step.error.as_deref().unwrap_or_default().to_owned(),
        flags: 0,
    }
}

/// A refund that goes wrong: handoff, a search that repeats, a failed tool.
pub(crate) fn refund(run: i64, seconds: u64, task: &str) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, "triage", 0);
    s.call(root, "claude-sonnet-4-5", 1200, (1840, 0, 96));
    s.add(Some(root), StepKind::Tool, "get_order", 40);
    s.call(root, "claude-sonnet-4-5", 900, (2210, 1800, 64));
    let handoff = s.add(Some(root), StepKind::Handoff, "transfer_to_billing", 2);
    s.edit(handoff, |step| {
        step.handoff = Some(Handoff { from: Some("triage".into()), to: Some("billing".into()) });
    });
    let hook = s.add(Some(root), StepKind::Other, "on_handoff hook", 1);
    s.edit(hook, |step| step.plumbing = true);
    let billing = s.add(Some(root), StepKind::Agent, "billing", 0);
    for round in 0..3 {
        s.call(billing, "claude-sonnet-4-5", 1000, (2400 + round * 300, 2200, 80));
        s.add(Some(billing), StepKind::Tool, "search_web", 300);
    }
    let failed = s.add(Some(billing), StepKind::Tool, "issue_refund", 100);
    s.edit(failed, |step| {
        step.status = StepStatus::Error;
        step.error = Some("payment gateway timed out after 30 s".into());
    });
    s.call(billing, "claude-sonnet-4-5", 1400, (3600, 3300, 210));
    s.end(&["triage", "billing"], task)
}

/// A long review that ends well, with a parent that never arrived.
pub(crate) fn review(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Workflow, "코드 리뷰 · review 👩‍👩‍👧‍👦", 0);
    let agent = s.add(Some(root), StepKind::Agent, "reviewer", 0);
    for round in 0..14 {
        let call = s.call(agent, "gpt-5.1-codex", 2300, (4000 + round * 900, 3000 + round * 800, 220));
        let fetch = s.add(Some(call), StepKind::Other, "POST https://api.openai.com/v1/responses", 0);
        s.edit(fetch, |step| step.plumbing = true);
        s.add(Some(agent), StepKind::Tool, if round % 3 == 0 { "read_file" } else { "grep" }, 60);
    }
    let lost = s.add(Some(agent), StepKind::Retrieval, "lookup style guide", 120);
    s.edit(lost, |step| step.parent_span_id = SpanId::from_u64(999_999));
    s.end(&["reviewer"], "PR #212 검토: 세션 만료 처리 수정")
}

/// A run under way.
pub(crate) fn under_way(run: i64) -> Told {
    let mut s = Script::new(run, 9);
    let root = s.add(None, StepKind::Agent, "deep-research", 0);
    s.edit(root, |step| (step.end, step.status) = (0, StepStatus::Running));
    s.call(root, "gemini-3-pro", 3100, (5100, 0, 410));
    s.add(Some(root), StepKind::Tool, "search_web", 800);
    let call = s.call(root, "gemini-3-pro", 0, (0, 0, 0));
    s.edit(call, |step| {
        (step.end, step.status) = (0, StepStatus::Running);
        (step.usage, step.cost, step.finish_reason) = (Usage::default(), None, None);
    });
    s.end(&["deep-research"], "Compare the refund laws of three countries")
}

/// A run whose every text is hostile, and without a price.
pub(crate) fn hostile(run: i64, seconds: u64) -> Told {
    let mut s = Script::new(run, seconds);
    let root = s.add(None, StepKind::Agent, HOSTILE, 0);
    let call = s.call(root, HOSTILE, 500, (900, 0, 30));
    s.edit(call, |step| step.cost = None);
    let tool = s.add(Some(root), StepKind::Tool, HOSTILE, 20);
    s.edit(tool, |step| (step.status, step.error) = (StepStatus::Error, Some(HOSTILE.into())));
    s.end(&[HOSTILE], &format!("{HOSTILE}\nsecond line e\u{301}\u{301} 🇰🇷"))
}

/// All of them.
pub(crate) fn world() -> World {
    let mut runs = vec![
        hostile(1, 2 * 86_400),
        review(2, 3600),
        refund(3, 1500, "refund order 8811"),
        refund(4, 400, "환불 주문 8812 이중 결제: 고객이 두 번 결제했다고 합니다"),
        under_way(5),
    ];
    runs[2].summary.times.failed = true;
    runs[3].summary.findings.flagged[..2].copy_from_slice(&[2, 1]);
    let mut gone = under_way(6).summary;
    gone.times.start -= 7_200_000_000_000;
    gone.times.received -= 7_200_000_000_000;
    (gone.task, gone.agents, gone.name) = (None, Vec::new(), "gemini-cli".into());
    runs.push(Told { summary: gone, steps: Vec::new() });
    World { runs, ..World::default() }
}
