//! What a demo run does, as data: `assets/demo/*.toml`, one file a run. Adding a run is adding a file.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// `service.name`.
    pub(super) service: String,
    /// Start, after the beginning of the demo.
    pub(super) start_ms: u64,
    /// Workflow around the agents; without it the first agent is the root.
    pub(super) workflow: Option<String>,
    /// Conversation.
    pub(super) session: String,
    /// User.
    pub(super) user: String,
    /// What the first agent is asked.
    pub(super) task: String,
    /// Agents by name.
    pub(super) agents: BTreeMap<String, Agent>,
    /// What happens, in order.
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
}

/// One agent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    /// Model asked for.
    pub(super) model: String,
    /// Model that answers, where it is another name (a dated snapshot).
    pub(super) answers: Option<String>,
    /// Provider as the conventions spell it.
    pub(super) provider: String,
    /// System instructions.
    pub(super) instructions: String,
    /// Tools it may call.
    pub(super) tools: Vec<String>,
    /// Tokens of every prompt that are not in its texts: schemas of tools, attachments.
    pub(super) unseen_tokens: u64,
}

/// One thing that happens. `ms` is how long it takes.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Step {
    /// An agent begins, below the one at work. Asked something, it starts a conversation of its own.
    Agent {
        /// Its name.
        name: String,
        /// What it is asked; the run's task where nothing is said.
        ask: Option<String>,
    },
    /// The agent at work ends.
    End {
        /// Why it failed.
        error: Option<String>,
    },
    /// The model is called. It asks for the tools and handoffs that follow directly.
    Chat {
        /// What it says.
        #[serde(default)]
        say: String,
        /// What it thinks.
        think: Option<String>,
        /// Time to the first token of a streamed answer.
        ttft_ms: Option<u64>,
        /// How long.
        ms: u64,
    },
    /// A tool runs.
    Tool {
        /// Its name.
        name: String,
        /// Arguments as JSON.
        args: String,
        /// What it gives back, or the message of its failure.
        result: String,
        /// Type of the failure.
        error: Option<String>,
        /// Starts beside the tool before it.
        #[serde(default)]
        beside: bool,
        /// How long.
        ms: u64,
    },
    /// The agent at work ends and gives the conversation to a peer.
    Handoff {
        /// The peer.
        to: String,
    },
    /// Documents are looked up.
    Retrieval {
        /// Where.
        source: String,
        /// What for.
        query: String,
        /// What was found.
        documents: Vec<Document>,
        /// How long.
        ms: u64,
    },
    /// A text is turned into a vector.
    Embedding {
        /// Model.
        model: String,
        /// Provider.
        provider: String,
        /// The text.
        text: String,
        /// How long.
        ms: u64,
    },
}

/// A document that was found.
#[derive(Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) score: f64,
    pub(super) content: String,
}

/// The runs of the demo, with the names of their files.
const FILES: &[(&str, &str)] = &[
    ("refund", include_str!("../../../assets/demo/refund.toml")),
    ("research", include_str!("../../../assets/demo/research.toml")),
    ("price-watch", include_str!("../../../assets/demo/price-watch.toml")),
    ("review-tests", include_str!("../../../assets/demo/review-tests.toml")),
    ("warranty", include_str!("../../../assets/demo/warranty.toml")),
    ("review-search", include_str!("../../../assets/demo/review-search.toml")),
    ("invoice", include_str!("../../../assets/demo/invoice.toml")),
];

/// Reads the runs of the demo.
///
/// # Errors
/// A file is no script; a test reads them all.
pub(super) fn all() -> anyhow::Result<Vec<Script>> {
    use anyhow::Context as _;
    let read = |(name, text): &(&str, &str)| {
        toml::from_str(text).with_context(|| format!("cannot read the demo script {name}"))
    };
    FILES.iter().map(read).collect()
}
