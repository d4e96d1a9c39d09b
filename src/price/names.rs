//! From the telemetry's names of providers and models to those of the price list (`prices.md` 3).

use std::borrow::Cow;

/// What a provider's name says about prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vendor<'a> {
    /// A provider of the price list, or a name to ask it for.
    Priced(&'a str),
    /// Runs on the user's own machine: no list price, cost 0.
    Local,
    /// Names a framework or a gateway, not who serves the model.
    Unknown,
}

const LOCAL: [&str; 7] = ["ollama", "lmstudio", "vllm", "llama.cpp", "localai", "mlx", "transformers"];

const FRAMEWORKS: [&str; 12] = [
    "langchain",
    "langgraph",
    "strands-agents",
    "autogen",
    "crewai",
    "spring_ai",
    "microsoft.agent_framework",
    "gcp.vertex.agent",
    "litellm",
    "portkey",
    "gateway",
    "semantic_kernel",
];

/// Spellings that the price list does not understand by itself, or understands wrongly.
const VENDORS: [(&str, &str); 33] = [
    ("azure.ai.openai", "azure"),
    ("az.ai.openai", "azure"),
    ("azure_openai", "azure"),
    ("azure-openai.chat", "azure"),
    ("azure-openai", "azure"),
    ("azure.ai.inference", "azure"),
    ("az.ai.inference", "azure"),
    ("azure_ai", "azure"),
    ("aws.bedrock", "aws"),
    ("bedrock", "aws"),
    ("bedrock_converse", "aws"),
    ("amazon-bedrock", "aws"),
    ("aws", "aws"),
    ("gcp.gemini", "google"),
    ("gcp.gen_ai", "google"),
    ("gcp.vertex_ai", "google"),
    ("vertex_ai", "google"),
    ("vertexai", "google"),
    ("gemini", "google"),
    ("google.generative-ai", "google"),
    ("google.vertex.chat", "google"),
    ("google_genai", "google"),
    ("x_ai", "x-ai"),
    ("xai", "x-ai"),
    ("mistral_ai", "mistral"),
    ("mistralai", "mistral"),
    ("together_ai", "together"),
    ("moonshot_ai", "moonshotai"),
    ("moonshot", "moonshotai"),
    ("voyage", "voyageai"),
    ("github_copilot", "github-copilot"),
    ("fireworks_ai", "fireworks"),
    ("openai_responses", "openai"),
];

/// Reads a provider attribute, lower-case and trimmed already. The AI SDK appends the API: `xai.chat` is `xai`.
pub(super) fn vendor(name: &str) -> Vendor<'_> {
    let family = name.split('.').next().unwrap_or_default();
    if name.is_empty() || FRAMEWORKS.contains(&name) {
        return Vendor::Unknown;
    }
    if LOCAL.contains(&name) || LOCAL.contains(&family) {
        return Vendor::Local;
    }
    let known = |wanted: &str| VENDORS.iter().find(|(spelling, _)| *spelling == wanted).map(|(_, id)| *id);
    Vendor::Priced(known(name).or_else(|| known(family)).unwrap_or(name))
}

/// The family of a provider name that has an API appended: `openai.responses` is `openai`.
pub(super) fn family(name: &str) -> Option<&str> {
    name.split_once('.').map(|(family, _)| family)
}

/// A name to look a model up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Provider that the model's own prefix names; else the span's counts.
    pub vendor: Option<String>,
    /// Model.
    pub model: String,
}

/// The names to try for `model`, surest first: as it is, without the wrappings of APIs and routers, without variant and
/// date suffixes. Every shortening ends at a boundary, so `gpt-4o` is never tried for `gpt-4`.
pub(super) fn candidates(model: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let forms = spellings(model);
    for (vendor, form) in &forms {
        push(&mut found, vendor.as_ref(), form);
    }
    for (vendor, form) in &forms {
        let mut rest = Cow::Borrowed(without_variant(form));
        push(&mut found, vendor.as_ref(), &rest);
        while let Some(shorter) = without_suffix(&rest) {
            rest = Cow::Owned(shorter.to_owned());
            push(&mut found, vendor.as_ref(), &rest);
        }
    }
    found
}

/// A name with and without what APIs and routers put around it, and the provider where that names one.
pub(super) fn spellings(model: &str) -> Vec<(Option<String>, String)> {
    let lower = model.trim().to_lowercase();
    let bare = without_path(&lower);
    let mut forms = vec![(None, model.trim().to_owned()), (None, lower.clone()), (None, bare.to_owned())];
    forms.extend(prefixed(bare));
    if let Some((base, _)) = bare.strip_prefix("ft:").and_then(|rest| rest.split_once(':')) {
        forms.push((None, format!("ft:{base}")));
        forms.push((None, base.to_owned()));
    }
    forms
}

fn push(found: &mut Vec<Candidate>, vendor: Option<&String>, model: &str) {
    let candidate = Candidate { vendor: vendor.cloned(), model: model.to_owned() };
    if !model.is_empty() && !found.contains(&candidate) {
        found.push(candidate);
    }
}

/// `models/gemini-2.5-pro`, `publishers/google/models/…`, `projects/…/models/…`, `accounts/fireworks/models/…`.
fn without_path(model: &str) -> &str {
    let at = model.find("/models/").map(|at| at + "/models/".len());
    at.and_then(|at| model.get(at..)).or_else(|| model.strip_prefix("models/")).unwrap_or(model)
}

/// `openai/gpt-5`, `anthropic:claude-…`, `bedrock/us-east-1/anthropic.claude-…`: the prefix is the provider.
fn prefixed(model: &str) -> Vec<(Option<String>, String)> {
    let mut forms = Vec::new();
    let split = model.split_once('/').or_else(|| model.split_once(':').filter(|(prefix, _)| *prefix != "ft"));
    if let Some((prefix, rest)) = split {
        forms.push((Some(prefix.to_owned()), rest.to_owned()));
        if let Some((_, inner)) = rest.split_once('/') {
            forms.push((Some(prefix.to_owned()), inner.to_owned()));
        }
    }
    forms
}

/// Whether a router serves the model for nothing.
pub(super) fn is_free(model: &str) -> bool {
    model.trim().to_ascii_lowercase().ends_with(":free")
}

fn without_variant(model: &str) -> &str {
    const VARIANTS: [&str; 6] = [":nitro", ":floor", ":online", ":thinking", ":extended", ":beta"];
    VARIANTS.iter().find_map(|variant| model.strip_suffix(variant)).unwrap_or(model)
}

/// `model` without one date, version or stage at its end; `None` if it has none.
fn without_suffix(model: &str) -> Option<&str> {
    let word = ["-latest", "-preview", "-exp", "-001", "-v1:0", "@latest", "@default"]
        .iter()
        .find_map(|suffix| model.strip_suffix(suffix));
    let dated = || {
        ["-dddd-dd-dd", "@dddddddd", "-dddddddd", "-dd-dd", "-dddd"]
            .iter()
            .find_map(|pattern| strip_pattern(model, pattern))
    };
    word.or_else(dated).filter(|rest| !rest.is_empty())
}

/// Strips a suffix in which `d` stands for a digit.
fn strip_pattern<'a>(model: &'a str, pattern: &str) -> Option<&'a str> {
    let at = model.len().checked_sub(pattern.len())?;
    let fits = |(byte, wanted): (u8, u8)| if wanted == b'd' { byte.is_ascii_digit() } else { byte == wanted };
    let suffix = model.get(at..)?;
    suffix.bytes().zip(pattern.bytes()).all(fits).then(|| &model[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_have_many_spellings() {
        for (name, want) in [
            ("openai", Vendor::Priced("openai")),
            ("azure.ai.openai", Vendor::Priced("azure")),
            ("az.ai.inference", Vendor::Priced("azure")),
            ("azure", Vendor::Priced("azure")),
            ("aws.bedrock", Vendor::Priced("aws")),
            ("aws", Vendor::Priced("aws")),
            ("gcp.gen_ai", Vendor::Priced("google")),
            ("xai.chat", Vendor::Priced("x-ai")),
            ("x_ai", Vendor::Priced("x-ai")),
            ("mistral_ai", Vendor::Priced("mistral")),
            ("openrouter", Vendor::Priced("openrouter")),
            ("ollama", Vendor::Local),
            ("ollama.chat", Vendor::Local),
            ("langchain", Vendor::Unknown),
            ("", Vendor::Unknown),
        ] {
            assert_eq!(vendor(name), want, "{name}");
        }
    }

    #[test]
    fn models_are_tried_from_sure_to_short() {
        let names = |model| candidates(model).into_iter().map(|c| c.model).collect::<Vec<_>>();
        assert_eq!(names("gpt-4o-2024-08-06"), ["gpt-4o-2024-08-06", "gpt-4o"]);
        assert_eq!(names("Models/Gemini-2.5-Flash")[1..], ["models/gemini-2.5-flash", "gemini-2.5-flash"]);
        assert_eq!(names("gpt-4"), ["gpt-4"]);
        assert_eq!(
            names("ft:gpt-4o-mini-2024-07-18:org::abc")[..3],
            ["ft:gpt-4o-mini-2024-07-18:org::abc", "ft:gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18"]
        );
        let openrouter = candidates("openai/gpt-5:nitro");
        assert!(
            openrouter.contains(&Candidate { vendor: Some("openai".to_owned()), model: "gpt-5".to_owned() })
        );
        assert!(is_free("deepseek/deepseek-r1:free"));
    }
}
