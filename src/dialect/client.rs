//! Who made a record, and the settings that make it tell more: one table of instrumentations and their switches.
//!
//! A client is recognised by its scope, else by a key that only it writes. Settings are those that its own documentation
//! names; where it has none, none is made up.

use crate::model::{Attributes, Gap};

/// An instrumentation or a program that tells what agents do.
#[derive(Debug)]
pub struct Client {
    /// What people call it.
    pub name: &'static str,
    /// What its scopes' names begin with.
    scopes: &'static [&'static str],
    /// What keys begin with that only it writes.
    keys: &'static [&'static str],
    /// What turns on what is missing.
    settings: &'static [(&'static [Gap], &'static str)],
}

const BOTH: &[Gap] = &[Gap::Prompts, Gap::Answers];
const ALL: &[Gap] = &[Gap::Prompts, Gap::Answers, Gap::Arguments, Gap::Results, Gap::Redacted];
const INPUTS: &[Gap] = &[Gap::Prompts, Gap::Arguments];
const OUTPUTS: &[Gap] = &[Gap::Answers, Gap::Results];
const TOKENS: &[Gap] = &[Gap::Tokens];

const CAPTURE: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true";
/// Instrumentations that speak the newest conventions want a word instead.
const CAPTURE_LATEST: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY (with OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental)";
const STREAM: &str = "when streaming from OpenAI: stream_options={\"include_usage\": true} in the request";

/// The table; the first that fits is believed, so the narrow ones stand first.
static CLIENTS: &[Client] = &[
    Client {
        name: "Claude Code",
        scopes: &["com.anthropic.claude_code"],
        keys: &[],
        settings: &[
            (&[Gap::Prompts, Gap::Redacted], "OTEL_LOG_USER_PROMPTS=1"),
            (&[Gap::Answers], "OTEL_LOG_RAW_API_BODIES=1 (requests and answers whole, up to 60 KB)"),
            (&[Gap::Arguments], "OTEL_LOG_TOOL_DETAILS=1"),
            (&[Gap::Results], "OTEL_LOG_TOOL_CONTENT=1 (bodies up to 60 KB, in traces)"),
        ],
    },
    Client {
        name: "Codex",
        scopes: &["codex"],
        keys: &["codex."],
        settings: &[(
            &[Gap::Prompts, Gap::Redacted],
            "[otel] log_user_prompt = true in ~/.codex/config.toml",
        )],
    },
    Client {
        name: "Gemini CLI",
        scopes: &["gemini-cli"],
        keys: &[],
        settings: &[(
            &[Gap::Prompts, Gap::Answers, Gap::Redacted],
            "\"telemetry\": {\"logPrompts\": true} in settings.json",
        )],
    },
    Client {
        name: "OpenInference",
        scopes: &["openinference.instrumentation", "@arizeai/openinference"],
        keys: &["openinference."],
        settings: &[
            (INPUTS, "OPENINFERENCE_HIDE_INPUTS=false"),
            (OUTPUTS, "OPENINFERENCE_HIDE_OUTPUTS=false"),
            (&[Gap::Redacted], "unset the OPENINFERENCE_HIDE_… variable that hides it"),
            (TOKENS, STREAM),
        ],
    },
    Client {
        name: "Google ADK",
        scopes: &["gcp.vertex.agent"],
        keys: &["gcp.vertex.agent."],
        settings: &[
            (&[Gap::Arguments, Gap::Results], "ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS=true"),
            (&[Gap::Prompts, Gap::Answers, Gap::Redacted], CAPTURE),
        ],
    },
    Client {
        name: "OpenTelemetry GenAI",
        scopes: &["opentelemetry.util.genai", "opentelemetry.instrumentation.genai"],
        keys: &[],
        settings: &[(ALL, CAPTURE_LATEST), (TOKENS, STREAM)],
    },
    Client {
        name: "OpenTelemetry GenAI",
        scopes: &[
            "opentelemetry.instrumentation.openai_v2",
            "opentelemetry.instrumentation.openai_agents_v2",
            "opentelemetry.instrumentation.google_genai",
            "opentelemetry.instrumentation.vertexai",
            "opentelemetry.instrumentation.botocore",
        ],
        keys: &[],
        settings: &[(ALL, CAPTURE), (TOKENS, STREAM)],
    },
    Client {
        name: "Traceloop OpenLLMetry",
        scopes: &["opentelemetry.instrumentation.", "@traceloop/", "traceloop."],
        keys: &["traceloop."],
        settings: &[
            (ALL, "TRACELOOP_TRACE_CONTENT=true (in JavaScript: traceContent: true)"),
            (TOKENS, STREAM),
        ],
    },
    Client {
        name: "pydantic-ai",
        scopes: &["pydantic-ai"],
        keys: &["pydantic_ai."],
        settings: &[(ALL, "InstrumentationSettings(include_content=True)")],
    },
    Client {
        name: "Logfire",
        scopes: &["logfire"],
        keys: &["logfire."],
        settings: &[
            (&[Gap::Redacted], "logfire.configure(scrubbing=False)"),
            (
                &[Gap::Prompts, Gap::Answers, Gap::Arguments, Gap::Results],
                "RunConfig(trace_include_sensitive_data=True) of the OpenAI Agents SDK",
            ),
        ],
    },
    Client {
        name: "LangSmith",
        scopes: &["langsmith"],
        keys: &["langsmith."],
        settings: &[(INPUTS, "LANGSMITH_HIDE_INPUTS=false"), (OUTPUTS, "LANGSMITH_HIDE_OUTPUTS=false")],
    },
    Client {
        name: "Langfuse",
        scopes: &["langfuse"],
        keys: &["langfuse."],
        settings: &[
            (INPUTS, "@observe(capture_input=True)"),
            (OUTPUTS, "@observe(capture_output=True)"),
            (&[Gap::Redacted], "the mask function given to the Langfuse client"),
        ],
    },
    Client {
        name: "Haystack",
        scopes: &["haystack"],
        keys: &["haystack."],
        settings: &[
            (ALL, "HAYSTACK_CONTENT_TRACING_ENABLED=true"),
            (TOKENS, "HAYSTACK_CONTENT_TRACING_ENABLED=true"),
        ],
    },
    Client {
        name: "Vercel AI SDK",
        scopes: &["gen_ai"],
        keys: &["ai.operationId", "ai.telemetry."],
        settings: &[
            (INPUTS, "recordInputs: true in the telemetry settings"),
            (OUTPUTS, "recordOutputs: true in the telemetry settings"),
        ],
    },
    // the SDK's own spans tell timing alone
    Client { name: "Anthropic SDK", scopes: &["com.anthropic.sdk"], keys: &[], settings: &[] },
    Client { name: "Strands Agents", scopes: &["strands"], keys: &[], settings: &[] },
    Client {
        name: "Spring AI",
        scopes: &["org.springframework", "io.micrometer"],
        keys: &["spring.ai."],
        settings: &[
            (&[Gap::Prompts], "spring.ai.chat.observations.log-prompt=true"),
            (&[Gap::Answers], "spring.ai.chat.observations.log-completion=true"),
            (&[Gap::Arguments, Gap::Results], "spring.ai.tools.observations.include-content=true"),
        ],
    },
    Client {
        name: "Semantic Kernel",
        scopes: &["semantic_kernel", "Microsoft.SemanticKernel"],
        keys: &["sk."],
        settings: &[(ALL, "SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE=true")],
    },
    Client {
        name: "Microsoft Agent Framework",
        scopes: &["agent_framework", "Microsoft.Agents"],
        keys: &["executor.", "workflow.definition"],
        settings: &[(ALL, "ENABLE_SENSITIVE_DATA=true")],
    },
    Client { name: "AutoGen", scopes: &["autogen"], keys: &[], settings: &[] },
    Client { name: "MLflow", scopes: &["mlflow"], keys: &["mlflow."], settings: &[] },
    Client { name: "Braintrust", scopes: &["braintrust"], keys: &["braintrust."], settings: &[] },
];

/// What people write themselves.
static OTHER: Client = Client {
    name: "other",
    scopes: &[],
    keys: &[],
    settings: &[
        (BOTH, "gen_ai.input.messages and gen_ai.output.messages on the span"),
        (&[Gap::Arguments], "gen_ai.tool.call.arguments on the span"),
        (&[Gap::Results], "gen_ai.tool.call.result on the span"),
        (TOKENS, "gen_ai.usage.input_tokens and gen_ai.usage.output_tokens on the span"),
        (&[Gap::Model], "gen_ai.request.model on the span"),
    ],
};

/// Settings that serve whoever uses an OpenTelemetry SDK, and what to do where no client can help.
static ANYONE: &[(&[Gap], &str)] = &[
    (&[Gap::Attributes], "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=1024 (SDKs keep 128)"),
    (&[Gap::Events], "OTEL_SPAN_EVENT_COUNT_LIMIT=1024 (SDKs keep 128)"),
    (
        &[Gap::Lengths, Gap::Json],
        "unset OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT and OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    ),
    (&[Gap::Session], "session.id or gen_ai.conversation.id on the agent's span"),
];

/// Who made a record of `scope` with these attributes.
pub fn client(scope: &str, attributes: &Attributes) -> &'static Client {
    let by_scope = CLIENTS.iter().find(|known| known.scopes.iter().any(|start| scope.starts_with(start)));
    let by_key = || {
        CLIENTS.iter().find(|known| {
            attributes.iter().any(|(key, _)| known.keys.iter().any(|start| key.starts_with(start)))
        })
    };
    by_scope.or_else(by_key).unwrap_or(&OTHER)
}

impl Client {
    /// What people write themselves.
    pub fn unknown() -> &'static Self {
        &OTHER
    }

    /// Whether this is an instrumentation that is known.
    pub fn is_known(&self) -> bool {
        !std::ptr::eq(self, &raw const OTHER)
    }

    /// What closes `gap`; `None` where nothing is known that would.
    pub fn setting(&self, gap: Gap) -> Option<&'static str> {
        let of = |table: &'static [(&'static [Gap], &'static str)]| {
            table.iter().find(|(gaps, _)| gaps.contains(&gap)).map(|(_, setting)| *setting)
        };
        of(self.settings).or_else(|| of(ANYONE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_known_by_scope_then_by_their_keys() {
        let none = Attributes::default();
        let keyed = |key: &str| -> Attributes { [(key, "x")].into_iter().collect() };
        for (scope, attributes, want) in [
            ("openinference.instrumentation.langchain", none.clone(), "OpenInference"),
            ("opentelemetry.instrumentation.openai_v2", none.clone(), "OpenTelemetry GenAI"),
            ("opentelemetry.instrumentation.openai.v1", none.clone(), "Traceloop OpenLLMetry"),
            ("@traceloop/instrumentation-openai", none.clone(), "Traceloop OpenLLMetry"),
            ("codex_exec", none.clone(), "Codex"),
            ("ai", keyed("ai.operationId"), "Vercel AI SDK"),
            ("my-agent", keyed("openinference.span.kind"), "OpenInference"),
            ("my-agent", keyed("gen_ai.tool.name"), "other"),
        ] {
            assert_eq!(client(scope, &attributes).name, want, "{scope}");
        }
    }

    #[test]
    fn a_setting_is_the_clients_own_or_one_that_serves_anyone() {
        let adk = client("gcp.vertex.agent", &Attributes::default());
        assert_eq!(adk.setting(Gap::Results), Some("ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS=true"));
        assert!(
            adk.setting(Gap::Attributes).is_some_and(|s| s.starts_with("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"))
        );
        assert_eq!(adk.setting(Gap::Clock), None);
    }
}
