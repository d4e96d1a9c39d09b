//! Money cases: spans by hand as each convention writes them, through dialect, price and ledger, exact to the
//! micro-dollar.
//!
//! Expected figures are worked out from list prices, US dollars per million tokens:
//!
//! ```text
//! model                  input  cache read  cache write  1 h   output
//! claude-sonnet-4-6       3.00        0.30         3.75  6.00   15.00
//! claude-sonnet-4-6 on Bedrock, regional: 10 % more
//! gpt-5                   1.25       0.125            -     -   10.00
//! gpt-4o                  2.50        1.25            -     -   10.00
//! gemini-2.5-pro          1.25       0.125            -     -   10.00   (input up to 200 000)
//! text-embedding-3-small  0.02
//! ```
//!
//! The call that most cases tell, with the same tokens whatever the words:
//!
//! ```text
//! Claude  10 000 input, 8 000 read, 1 000 written, 500 output   1 000 × 3 + 8 000 × 0.3 + 1 000 × 3.75 + 500 × 15
//!         = 3 000 + 2 400 + 3 750 + 7 500                                                        = 16 650 µ$
//!         the same, written for an hour                         3 000 + 2 400 + 6 000 + 7 500    = 18 900 µ$
//! GPT     10 000 input, 8 000 read, 500 output                  2 000 × 1.25 + 8 000 × 0.125 + 500 × 10
//!         = 2 500 + 1 000 + 5 000                                                                =  8 500 µ$
//! Gemini  the same figures                                                                       =  8 500 µ$
//! ```
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use serde_json::{Value as Json, json};
use spanglass::analyze::ledger::Ledger;
use spanglass::analyze::tree;
use spanglass::dialect::interpret;
use spanglass::model::{
    Attributes, Resource, Scope, Span, SpanId, SpanKind, StatusCode, Step, StepKey, TraceId, Value,
};
use spanglass::price::Prices;

const CLAUDE: u64 = 16_650;
const CLAUDE_HOUR: u64 = 18_900;
const GPT: u64 = 8_500;
const GEMINI: u64 = 8_500;

/// 2026-11-21.
const TODAY: u64 = 1_795_219_200_000_000_000;
const SECOND: u64 = 1_000_000_000;

/// A case: what it is, its spans, the cost in millionths of a dollar, who says so.
struct Case(&'static str, Vec<Told>, Option<u64>, &'static str);

/// Id, parent, scope, name, attributes.
struct Told(u64, u64, &'static str, &'static str, Json);

/// A root span of this scope.
fn one(scope: &'static str, name: &'static str, attributes: Json) -> Vec<Told> {
    vec![Told(1, 0, scope, name, attributes)]
}

fn value(json: &Json) -> Value {
    match json {
        Json::Bool(flag) => Value::Bool(*flag),
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Number(n) => n.as_i64().map_or_else(|| Value::Double(n.as_f64().unwrap()), Value::Int),
        Json::Object(map) => Value::Map(map.iter().map(|(k, v)| (k.clone(), value(v))).collect()),
        Json::Null => Value::Null,
    }
}

fn step(prices: &Prices, Told(id, parent, scope, name, attributes): &Told) -> Step {
    let pairs = attributes.as_object().unwrap().iter().map(|(key, v)| (key.clone(), value(v)));
    let span = Span {
        trace_id: TraceId::from_bytes(&[7; 16]).unwrap(),
        span_id: SpanId::from_u64(*id).unwrap(),
        parent_span_id: SpanId::from_u64(*parent),
        trace_state: String::new(),
        name: (*name).to_owned(),
        kind: SpanKind(3),
        // calls one after the other, whatever is around them over all of them
        start: TODAY + if *parent == 0 { 0 } else { id * 10 * SECOND },
        end: TODAY + if *parent == 0 { 1000 } else { id * 10 + 5 } * SECOND,
        attributes: Attributes(pairs.collect()),
        dropped_attributes_count: 0,
        events: Vec::new(),
        dropped_events_count: 0,
        links: Vec::new(),
        dropped_links_count: 0,
        status: StatusCode::UNSET,
        status_message: String::new(),
        flags: 0,
    };
    let scope = Scope { name: (*scope).to_owned(), ..Scope::default() };
    let meaning = interpret(&span, &Resource::default(), &scope);
    let priced = prices.price(&meaning.pricing);
    let key = StepKey(i64::try_from(*id).unwrap());
    Step { key, cost: priced.cost, rates: priced.rates.map(Box::new), ..meaning.step }
}

/// Every case in the order given and in reverse: the ledger's sum, the tree's and that of its rows agree.
fn check(cases: Vec<Case>) {
    let prices = Prices::bundled();
    let mut wrong = Vec::new();
    for Case(what, told, want, source) in cases {
        let steps: Vec<Step> = told.iter().map(|told| step(&prices, told)).collect();
        let reversed: Vec<Step> = steps.iter().rev().cloned().collect();
        for steps in [steps, reversed] {
            let total = Ledger::of(&steps).totals().cost;
            let tree = tree::build(&steps);
            let rows = tree.rows.iter().filter_map(|row| row.own_cost).map(|cost| cost.amount.0).sum::<i64>();
            assert_eq!(total.amount.0, rows, "{what}: the rows add up to the sum");
            let micro = total.known().map(|cost| u64::try_from(cost.0).unwrap());
            if (micro, total.source()) != (want.map(|micro| micro * 1000), source) {
                let usage: Vec<_> = steps.iter().map(|step| step.usage).collect();
                let want = want.map(|micro| micro as f64 / 1e6);
                wrong.push(format!(
                    "{what}: {micro:?} n$ {}, want {want:?} {source}; {usage:?}",
                    total.source()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_convention_tells_the_same_cached_call_at_the_same_cost() {
    let claude = "claude-sonnet-4-6";
    check(vec![
        Case(
            "OTel GenAI, newest spelling",
            one(
                "opentelemetry.instrumentation.anthropic",
                "chat claude-sonnet-4-6",
                json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": claude,
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500,
                       "gen_ai.usage.cache_read.input_tokens": 8_000, "gen_ai.usage.cache_write.input_tokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "OTel GenAI 1.40",
            one(
                "x",
                "chat claude-sonnet-4-6",
                json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": claude,
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500,
                       "gen_ai.usage.cache_read.input_tokens": 8_000, "gen_ai.usage.cache_creation.input_tokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "hand-made from the raw Anthropic answer: input without cached tokens, smaller than they are",
            one(
                "my-app",
                "chat anthropic",
                json!({"gen_ai.operation.name": "chat", "gen_ai.system": "anthropic", "gen_ai.request.model": claude,
                       "gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 500,
                       "gen_ai.usage.cache_read_input_tokens": 8_000, "gen_ai.usage.cache_creation_input_tokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "OpenInference",
            one(
                "openinference.instrumentation.anthropic",
                "Messages",
                json!({"openinference.span.kind": "LLM", "llm.provider": "anthropic", "llm.model_name": claude,
                       "llm.token_count.prompt": 10_000, "llm.token_count.completion": 500, "llm.token_count.total": 10_500,
                       "llm.token_count.prompt_details.cache_read": 8_000, "llm.token_count.prompt_details.cache_write": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "OpenLLMetry, old",
            one(
                "opentelemetry.instrumentation.anthropic",
                "anthropic.chat",
                json!({"gen_ai.system": "Anthropic", "llm.request.type": "chat", "gen_ai.request.model": claude,
                       "gen_ai.usage.prompt_tokens": 10_000, "gen_ai.usage.completion_tokens": 500, "llm.usage.total_tokens": 10_500,
                       "gen_ai.usage.cache_read_input_tokens": 8_000, "gen_ai.usage.cache_creation_input_tokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "OpenLLMetry, new",
            one(
                "opentelemetry.instrumentation.anthropic",
                "anthropic.chat",
                json!({"gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat", "gen_ai.request.model": claude,
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500, "gen_ai.usage.total_tokens": 10_500,
                       "gen_ai.usage.cache_read.input_tokens": 8_000, "gen_ai.usage.cache_creation.input_tokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "Vercel 5, Anthropic: input without cached tokens, as its metadata tells",
            one(
                "ai",
                "ai.generateText.doGenerate",
                json!({"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "anthropic.messages", "ai.model.id": claude,
                       "gen_ai.system": "anthropic.messages", "gen_ai.request.model": claude,
                       "gen_ai.usage.input_tokens": 9_500, "gen_ai.usage.output_tokens": 500,
                       "ai.usage.inputTokens": 9_500, "ai.usage.outputTokens": 500, "ai.usage.totalTokens": 10_000,
                       "ai.response.providerMetadata": "{\"anthropic\":{\"usage\":{\"input_tokens\":9500,\"cache_read_input_tokens\":400,\"cache_creation_input_tokens\":100}}}"}),
            ),
            // 9 500 × 3 + 400 × 0.3 + 100 × 3.75 + 500 × 15
            Some(36_495),
            "computed",
        ),
        Case(
            "Vercel 6",
            one(
                "ai",
                "ai.streamText.doStream",
                json!({"ai.operationId": "ai.streamText.doStream", "ai.model.provider": "anthropic.messages", "ai.model.id": claude,
                       "gen_ai.system": "anthropic.messages", "gen_ai.request.model": claude,
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500,
                       "ai.usage.inputTokenDetails.noCacheTokens": 1_000, "ai.usage.inputTokenDetails.cacheReadTokens": 8_000,
                       "ai.usage.inputTokenDetails.cacheWriteTokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "Vercel 6 with the hour in its metadata",
            one(
                "ai",
                "ai.streamText.doStream",
                json!({"ai.operationId": "ai.streamText.doStream", "ai.model.id": claude, "gen_ai.system": "anthropic.messages",
                       "gen_ai.request.model": claude, "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500,
                       "ai.usage.inputTokenDetails.cacheReadTokens": 8_000, "ai.usage.inputTokenDetails.cacheWriteTokens": 1_000,
                       "ai.response.providerMetadata": "{\"anthropic\":{\"usage\":{\"input_tokens\":1000,\"cache_read_input_tokens\":8000,\"cache_creation_input_tokens\":1000,\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":1000}}}}"}),
            ),
            Some(CLAUDE_HOUR),
            "computed",
        ),
        Case(
            "Langfuse: disjoint buckets",
            one(
                "langfuse-sdk",
                "call",
                json!({"langfuse.observation.type": "generation", "langfuse.observation.model.name": claude,
                       "langfuse.observation.usage_details": "{\"input\": 1000, \"input_cache_read\": 8000, \"input_cache_creation\": 1000, \"output\": 500, \"total\": 10500}"}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "Langfuse: Anthropic's own words",
            one(
                "langfuse-sdk",
                "call",
                json!({"langfuse.observation.type": "generation", "langfuse.observation.model.name": claude,
                       "langfuse.observation.usage_details": "{\"input\": 1000, \"cache_read_input_tokens\": 8000, \"cache_creation_input_tokens\": 1000, \"output\": 500}"}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "Langfuse: written for an hour",
            one(
                "langfuse-sdk",
                "call",
                json!({"langfuse.observation.type": "generation", "langfuse.observation.model.name": claude,
                       "langfuse.observation.usage_details": "{\"input\": 1000, \"input_cache_read\": 8000, \"input_cache_creation\": 1000, \"input_cache_creation_1h\": 1000, \"output\": 500, \"total\": 10500}"}),
            ),
            Some(CLAUDE_HOUR),
            "computed",
        ),
        Case(
            "MLflow",
            one(
                "mlflow",
                "Messages.create",
                json!({"mlflow.spanType": "CHAT_MODEL", "mlflow.llm.model": claude, "mlflow.llm.provider": "anthropic",
                       "mlflow.chat.tokenUsage": "{\"input_tokens\": 10000, \"output_tokens\": 500, \"total_tokens\": 10500, \"cache_read_input_tokens\": 8000, \"cache_creation_input_tokens\": 1000}"}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "MLflow, raw from Anthropic, written for an hour",
            one(
                "mlflow",
                "Messages.create",
                json!({"mlflow.spanType": "CHAT_MODEL", "mlflow.llm.model": claude, "mlflow.llm.provider": "anthropic",
                       "mlflow.chat.tokenUsage": "{\"input_tokens\": 1000, \"output_tokens\": 500, \"total_tokens\": 1500, \"cache_read_input_tokens\": 8000, \"cache_creation_input_tokens\": 1000, \"cache_creation_input_tokens_above_1hr\": 1000}"}),
            ),
            Some(CLAUDE_HOUR),
            "computed",
        ),
        Case(
            "Claude Code: four disjoint numbers",
            one(
                "com.anthropic.claude_code.tracing",
                "claude_code.llm_request",
                json!({"span.type": "llm_request", "gen_ai.system": "anthropic", "model": claude, "gen_ai.request.model": claude,
                       "input_tokens": 1_000, "output_tokens": 500, "cache_read_tokens": 8_000, "cache_creation_tokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "Claude Code with more plain input than cached: still disjoint",
            one(
                "com.anthropic.claude_code.tracing",
                "claude_code.llm_request",
                json!({"span.type": "llm_request", "gen_ai.system": "anthropic", "model": claude, "gen_ai.request.model": claude,
                       "input_tokens": 9_500, "output_tokens": 500, "cache_read_tokens": 400, "cache_creation_tokens": 100}),
            ),
            Some(36_495),
            "computed",
        ),
        Case(
            "Strands: totals in two spellings",
            one(
                "strands.telemetry.tracer",
                "chat",
                json!({"gen_ai.operation.name": "chat", "gen_ai.system": "strands-agents", "gen_ai.request.model": claude,
                       "gen_ai.usage.prompt_tokens": 10_000, "gen_ai.usage.input_tokens": 10_000,
                       "gen_ai.usage.completion_tokens": 500, "gen_ai.usage.output_tokens": 500, "gen_ai.usage.total_tokens": 10_500,
                       "gen_ai.usage.cache_read_input_tokens": 8_000, "gen_ai.usage.cache_write_input_tokens": 1_000}),
            ),
            Some(CLAUDE),
            "computed",
        ),
        Case(
            "pydantic-ai: details repeat parts",
            one(
                "pydantic-ai",
                "chat claude-sonnet-4-6",
                json!({"gen_ai.operation.name": "chat", "gen_ai.system": "anthropic", "gen_ai.request.model": claude,
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500,
                       "gen_ai.usage.details.cache_read_tokens": 8_000, "gen_ai.usage.details.cache_write_tokens": 1_000,
                       "gen_ai.usage.details.input_tokens": 1_000, "gen_ai.usage.details.output_tokens": 500}),
            ),
            Some(CLAUDE),
            "computed",
        ),
    ]);
}

#[test]
fn reasoning_and_cached_tokens_of_openai_and_gemini_are_parts() {
    check(vec![
        Case(
            "OTel GenAI",
            one(
                "opentelemetry.instrumentation.openai_v2",
                "chat gpt-5",
                json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5",
                       "gen_ai.response.model": "gpt-5-2025-08-07", "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500,
                       "gen_ai.usage.cache_read.input_tokens": 8_000, "gen_ai.usage.reasoning.output_tokens": 200}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "OpenInference",
            one(
                "openinference.instrumentation.openai",
                "ChatCompletion",
                json!({"openinference.span.kind": "LLM", "llm.system": "openai", "llm.model_name": "gpt-5-2025-08-07",
                       "llm.token_count.prompt": 10_000, "llm.token_count.completion": 500,
                       "llm.token_count.prompt_details.cache_read": 8_000, "llm.token_count.completion_details.reasoning": 200}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "OpenLLMetry, old",
            one(
                "opentelemetry.instrumentation.openai.v1",
                "openai.chat",
                json!({"gen_ai.system": "OpenAI", "llm.request.type": "chat", "gen_ai.request.model": "gpt-5",
                       "gen_ai.usage.prompt_tokens": 10_000, "gen_ai.usage.completion_tokens": 500, "llm.usage.total_tokens": 10_500,
                       "gen_ai.usage.cache_read_input_tokens": 8_000, "llm.usage.reasoning_tokens": 200}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "LangSmith",
            one(
                "langsmith",
                "ChatOpenAI",
                json!({"langsmith.span.kind": "llm", "gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5",
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500, "gen_ai.usage.total_tokens": 10_500,
                       "gen_ai.usage.input_token_details": "{\"cache_read\": 8000}", "gen_ai.usage.output_token_details": "{\"reasoning\": 200}"}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "LangSmith, usage in one object",
            one(
                "langsmith",
                "ChatOpenAI",
                json!({"langsmith.span.kind": "llm", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5",
                       "langsmith.usage_metadata": "{\"input_tokens\": 10000, \"output_tokens\": 500, \"total_tokens\": 10500, \"input_token_details\": {\"cache_read\": 8000}, \"output_token_details\": {\"reasoning\": 200}}"}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "Braintrust",
            one(
                "braintrust",
                "Chat Completion",
                json!({"braintrust.span_attributes": "{\"type\": \"llm\"}", "braintrust.metadata": "{\"model\": \"gpt-5\", \"provider\": \"openai\"}",
                       "braintrust.metrics": "{\"prompt_tokens\": 10000, \"completion_tokens\": 500, \"tokens\": 10500, \"prompt_cached_tokens\": 8000, \"completion_reasoning_tokens\": 200}"}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "Langfuse: raw OpenAI usage passed through",
            one(
                "langfuse-sdk",
                "call",
                json!({"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-5",
                       "langfuse.observation.usage_details": "{\"prompt_tokens\": 10000, \"completion_tokens\": 500, \"total_tokens\": 10500, \"prompt_tokens_details\": {\"cached_tokens\": 8000}, \"completion_tokens_details\": {\"reasoning_tokens\": 200}}"}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "Langfuse: OpenAI in disjoint buckets",
            one(
                "langfuse-sdk",
                "call",
                json!({"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-5",
                       "langfuse.observation.usage_details": "{\"input\": 2000, \"output\": 300, \"input_cached_tokens\": 8000, \"output_reasoning_tokens\": 200, \"total\": 10500}"}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "Vercel 5, OpenAI",
            one(
                "ai",
                "ai.generateText.doGenerate",
                json!({"ai.operationId": "ai.generateText.doGenerate", "gen_ai.system": "openai.responses", "gen_ai.request.model": "gpt-5",
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500,
                       "ai.usage.cachedInputTokens": 8_000, "ai.usage.reasoningTokens": 200}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "Codex spans: counts as text",
            one(
                "codex_otel",
                "handle_responses",
                json!({"model": "gpt-5", "gen_ai.usage.input_tokens": "10000", "gen_ai.usage.output_tokens": "500",
                       "gen_ai.usage.cache_read.input_tokens": "8000", "codex.usage.reasoning_output_tokens": "200", "codex.usage.total_tokens": "10500"}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "Gemini: thoughts larger than the output are not in it",
            one(
                "x",
                "generate_content gemini-2.5-pro",
                json!({"gen_ai.operation.name": "generate_content", "gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "gemini-2.5-pro",
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 200,
                       "gen_ai.usage.cache_read.input_tokens": 8_000, "gen_ai.usage.reasoning_tokens": 300}),
            ),
            Some(GEMINI),
            "computed",
        ),
        Case(
            "an embedding",
            one(
                "ai",
                "ai.embed.doEmbed",
                json!({"ai.operationId": "ai.embed.doEmbed", "ai.model.provider": "openai.embedding", "ai.model.id": "text-embedding-3-small",
                       "ai.usage.tokens": 1_000}),
            ),
            Some(20),
            "computed",
        ),
    ]);
}

/// A call of 1 000 input and 1 000 output.
fn plain(provider: &str, model: &str) -> Vec<Told> {
    one(
        "x",
        "chat",
        json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
               "gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 1_000}),
    )
}

#[test]
fn names_find_their_price_or_none() {
    check(vec![
        // 1 000 × 2.5 + 1 000 × 10
        Case("dated", plain("openai", "gpt-4o-2024-08-06"), Some(12_500), "computed"),
        Case("a provider before the model", plain("", "openai/gpt-4o"), Some(12_500), "computed"),
        Case("another way to put it there", plain("langchain", "openai:gpt-4o"), Some(12_500), "computed"),
        Case("Azure", plain("azure.ai.openai", "gpt-4o"), Some(12_500), "computed"),
        // 1 000 × 3 + 1 000 × 15
        Case(
            "a framework for a provider",
            plain("strands-agents", "claude-sonnet-4-6"),
            Some(18_000),
            "computed",
        ),
        Case("Vertex", plain("gcp.vertex_ai", "claude-sonnet-4-5@20250929"), Some(18_000), "computed"),
        // 10 % more in a region
        Case(
            "Bedrock",
            plain("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            Some(19_800),
            "computed",
        ),
        // 1 000 × 1.25 + 1 000 × 10
        Case("Gemini's own path", plain("gcp.gemini", "models/gemini-2.5-pro"), Some(11_250), "computed"),
        Case("local", plain("ollama", "llama3.2"), Some(0), "computed"),
        Case("unknown", plain("openai", "house-model"), None, "unknown"),
        Case("of another provider", plain("anthropic", "gpt-4o"), None, "unknown"),
    ]);
}

#[test]
fn what_a_client_reports_wins() {
    let usage = || {
        json!({"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5",
               "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500})
    };
    let with = |key: &str, cost: Json| {
        let mut attributes = usage();
        attributes[key] = cost;
        one("x", "chat gpt-5", attributes)
    };
    check(vec![
        Case("gen_ai.usage.cost", with("gen_ai.usage.cost", json!(0.0123)), Some(12_300), "reported"),
        Case("as text", with("gen_ai.usage.cost", json!("0.0123")), Some(12_300), "reported"),
        Case(
            "gen_ai.usage.total_cost",
            with("gen_ai.usage.total_cost", json!(0.0123)),
            Some(12_300),
            "reported",
        ),
        Case("operation.cost", with("operation.cost", json!(0.0123)), Some(12_300), "reported"),
        Case("llm.cost.total", with("llm.cost.total", json!(0.0123)), Some(12_300), "reported"),
        Case("llm.cost.usd", with("llm.cost.usd", json!(0.0123)), Some(12_300), "reported"),
        Case(
            "llm.cost.estimated_usd",
            with("llm.cost.estimated_usd", json!(0.0123)),
            Some(12_300),
            "reported",
        ),
        Case("cost_usd", with("cost_usd", json!(0.0123)), Some(12_300), "reported"),
        Case(
            "Langfuse's parts",
            with("langfuse.observation.cost_details", json!("{\"input\": 0.01, \"output\": 0.0023}")),
            Some(12_300),
            "reported",
        ),
        Case("MLflow", with("mlflow.llm.cost", json!("{\"total_cost\": 0.0123}")), Some(12_300), "reported"),
        Case(
            "Braintrust",
            with("braintrust.metrics.estimated_cost", json!(0.0123)),
            Some(12_300),
            "reported",
        ),
        Case("nothing is a report too", with("gen_ai.usage.cost", json!(0)), Some(0), "reported"),
        // 10 000 × 1.25 + 500 × 10
        Case("no number is none", with("gen_ai.usage.cost", json!("free")), Some(17_500), "computed"),
        Case("below zero is none", with("gen_ai.usage.cost", json!(-1)), Some(17_500), "computed"),
        Case(
            "of a model nobody knows",
            one(
                "x",
                "chat",
                json!({"gen_ai.operation.name": "chat", "gen_ai.request.model": "house-model", "gen_ai.usage.cost": 0.5}),
            ),
            Some(500_000),
            "reported",
        ),
    ]);
}

/// An agent and its calls of gpt-5: 10 000 input and 500 output, 17 500 µ$ each.
fn agent(attributes: Json, calls: u64) -> Vec<Told> {
    let call = |id| {
        let call = json!({"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5",
                          "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500});
        Told(id, 1, "x", "chat gpt-5", call)
    };
    std::iter::once(Told(1, 0, "x", "invoke_agent a", attributes)).chain((2..2 + calls).map(call)).collect()
}

#[test]
fn a_parent_that_adds_up_its_calls_is_not_paid_again() {
    let sum = |input: u64, output: u64| {
        json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a", "gen_ai.system": "openai",
               "gen_ai.request.model": "gpt-5", "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output})
    };
    let mut costly = sum(20_000, 1_000);
    costly["llm.cost.total_usd"] = json!(0.035);
    let wrapper = |attributes: Json| {
        vec![
            Told(1, 0, "langchain", "ChatOpenAI", attributes),
            Told(
                2,
                1,
                "openai",
                "chat gpt-5",
                json!({"gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-5",
                       "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500}),
            ),
        ]
    };
    check(vec![
        Case("an agent's sum", agent(sum(20_000, 1_000), 2), Some(35_000), "computed"),
        Case("one that goes on adding", agent(sum(90_000, 9_000), 2), Some(35_000), "computed"),
        Case("with a cost of its own", agent(costly, 2), Some(35_000), "computed"),
        Case("an agent whose calls are not told", agent(sum(20_000, 1_000), 0), Some(35_000), "computed"),
        Case(
            "an agent's run of calls, one of an unknown model",
            {
                let mut all = agent(sum(20_000, 1_000), 2);
                all[2].4["gen_ai.request.model"] = json!("house-model");
                all
            },
            Some(17_500),
            "partial",
        ),
        Case(
            "Vercel's root and its call",
            vec![
                Told(
                    1,
                    0,
                    "ai",
                    "ai.generateText",
                    json!({"ai.operationId": "ai.generateText", "ai.model.id": "gpt-5", "ai.model.provider": "openai.responses",
                           "ai.usage.inputTokens": 10_000, "ai.usage.outputTokens": 500}),
                ),
                Told(
                    2,
                    1,
                    "ai",
                    "ai.generateText.doGenerate",
                    json!({"ai.operationId": "ai.generateText.doGenerate", "gen_ai.system": "openai.responses", "gen_ai.request.model": "gpt-5",
                           "gen_ai.usage.input_tokens": 10_000, "gen_ai.usage.output_tokens": 500, "ai.usage.cachedInputTokens": 8_000}),
                ),
            ],
            Some(GPT),
            "computed",
        ),
        Case(
            "a framework and a client tell one call; the framework knows of the cache",
            wrapper(
                json!({"openinference.span.kind": "LLM", "llm.model_name": "gpt-5", "llm.token_count.prompt": 10_000,
                           "llm.token_count.completion": 500, "llm.token_count.prompt_details.cache_read": 8_000}),
            ),
            Some(GPT),
            "computed",
        ),
        Case(
            "one of them reports the cost",
            wrapper(
                json!({"openinference.span.kind": "LLM", "llm.model_name": "gpt-5", "llm.token_count.prompt": 10_000,
                           "llm.token_count.completion": 500, "llm.cost.total": 0.009}),
            ),
            Some(9_000),
            "reported",
        ),
        Case(
            "pydantic-ai's aggregate",
            agent(
                json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a",
                       "gen_ai.aggregated_usage.input_tokens": 20_000, "gen_ai.aggregated_usage.output_tokens": 1_000}),
                2,
            ),
            Some(35_000),
            "computed",
        ),
    ]);
}

#[test]
fn what_a_parent_declares_otherwise_is_told() {
    let prices = Prices::bundled();
    let declared = |input: u64| {
        let told = agent(
            json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a",
                   "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": 1_000}),
            2,
        );
        let steps: Vec<Step> = told.iter().map(|told| step(&prices, told)).collect();
        tree::build(&steps).rows[0].declared.and_then(|declared| declared.tokens)
    };
    assert_eq!(declared(20_000), None);
    assert_eq!(declared(20_150), None, "within a hundredth");
    assert_eq!(declared(40_000), Some(41_000));
}
