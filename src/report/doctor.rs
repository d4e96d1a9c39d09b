//! What each client's telemetry lacks, and the setting that brings it: a paragraph per client.

use textwrap::Options;

use super::{Look, format, glyph, paint, text};
use crate::analyze::checkup::{Found, Patient};
use crate::model::Among;

/// Digits of a trace id that are shown: `show` takes the beginning of an id.
const ID_DIGITS: usize = 8;

/// All clients, in order of arrival.
pub fn page(patients: &[Patient], look: &Look) -> String {
    if patients.is_empty() {
        return "No agent has sent anything yet.\n".to_owned();
    }
    let paragraphs: Vec<_> = patients.iter().map(|patient| paragraph(patient, look)).collect();
    paragraphs.join("\n")
}

fn paragraph(patient: &Patient, look: &Look) -> String {
    let mut lines = vec![head(patient, look), seen(patient, look)];
    let widths = Widths::of(patient);
    for (at, (found, setting)) in patient.gaps.iter().enumerate() {
        lines.push(gap(found, &widths, look));
        // a setting that serves several gaps in a row stands below the last of them
        let next = patient.gaps.get(at + 1).and_then(|(_, next)| *next);
        lines
            .extend(setting.filter(|own| next != Some(own)).iter().flat_map(|setting| remedy(setting, look)));
    }
    if patient.gaps.is_empty() && patient.told_by.is_none() {
        lines.push(format!(
            "  {} nothing is missing",
            paint::paint(paint::GOOD, glyph::GOOD.text(look.ascii))
        ));
    }
    if let Some(scope) = &patient.told_by {
        let said = format!("  what its model calls lack, {} tells", text::one_line(scope));
        lines.push(paint::paint(paint::QUIET, &text::cut(&said, look.columns)));
    }
    lines.join("\n") + "\n"
}

/// `Claude Code  claude-code · com.anthropic.claude_code.tracing 2.1`.
fn head(patient: &Patient, look: &Look) -> String {
    let sender = &patient.sender;
    let scope = [sender.scope.as_str(), sender.version.as_str()].join(" ");
    let words = [sender.service.as_str(), scope.trim()];
    let said: Vec<_> =
        words.iter().filter(|word| !word.is_empty()).map(|word| text::one_line(word)).collect();
    let title = if patient.client == "other" { "hand-made" } else { patient.client };
    let rest =
        text::cut(&said.join(dot(look)), look.columns.saturating_sub(text::width(title) + 2)).into_owned();
    format!("{}  {}", paint::paint(paint::STRONG, title), paint::paint(paint::QUIET, &rest))
}

const fn dot(look: &Look) -> &'static str {
    if look.ascii { " - " } else { " · " }
}

fn seen(patient: &Patient, look: &Look) -> String {
    let sums = &patient.sums;
    let counts = [
        (sums.runs(), "run", "runs"),
        (sums.model_calls, "model call", "model calls"),
        (sums.tool_calls, "tool call", "tool calls"),
        (sums.spans, "span", "spans"),
        (sums.logs, "log record", "log records"),
        (sums.metrics, "metric", "metrics"),
    ];
    let counted = counts.iter().filter(|(count, ..)| *count > 0);
    let words: Vec<_> = counted
        .map(|(count, one, many)| {
            format!("{} {}", format::count(*count), if *count == 1 { one } else { many })
        })
        .collect();
    text::cut(&format!("  {}", words.join(dot(look))), look.columns).into_owned()
}

/// Widths of the columns of a client's gaps.
struct Widths {
    title: usize,
    count: usize,
}

impl Widths {
    fn of(patient: &Patient) -> Self {
        let widest = |cell: fn(&Found) -> String| {
            patient.gaps.iter().map(|(found, _)| text::width(&cell(found))).max().unwrap_or_default()
        };
        Self { title: widest(title), count: widest(count) }
    }
}

/// `◌ no prompts   39 of 39 model calls   e.g. 3f2a9c1e chat gpt-4o`.
fn gap(found: &Found, widths: &Widths, look: &Look) -> String {
    let line =
        format!("{}  {}", text::pad(&title(found), widths.title), text::pad(&count(found), widths.count));
    // the sign with its indent, and the gap before the example
    let room = look.columns.saturating_sub(4 + text::width(&line) + 2);
    let example = text::cut(&example(found), room).into_owned();
    let sign = paint::paint(paint::WARN, glyph::MISSING.text(look.ascii));
    format!("  {sign} {line}  {}", paint::paint(paint::QUIET, &example)).trim_end().to_owned()
}

fn title(found: &Found) -> String {
    match found.limit {
        Some(limit) => format!("{} at {limit} characters", found.gap.title()),
        None => found.gap.title().to_owned(),
    }
}

fn count(found: &Found) -> String {
    let (one, many) = match found.gap.among() {
        Among::ModelCalls => ("model call", "model calls"),
        Among::ToolCalls => ("tool call", "tool calls"),
        Among::Records => ("record", "records"),
        Among::Runs => ("run", "runs"),
    };
    let unit = if found.of == 1 { one } else { many };
    format!("{} of {} {unit}", format::count(found.count), format::count(found.of))
}

/// The run by the beginning of its trace's id, then what is called so there.
fn example(found: &Found) -> String {
    let Some(example) = &found.example else { return String::new() };
    let id = example.trace_id.map(|id| text::head(&id.to_string(), ID_DIGITS).to_owned() + " ");
    format!("e.g. {}{}", id.unwrap_or_default(), text::one_line(&example.name))
}

/// The setting, on lines of its own that fit.
fn remedy(setting: &str, look: &Look) -> Vec<String> {
    let arrow = glyph::ARROW.text(look.ascii);
    let first = format!("      {arrow} ");
    let options = Options::new(look.columns.max(40)).initial_indent(&first).subsequent_indent("        ");
    textwrap::wrap(setting, options.break_words(false))
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::checkup::{Example, Sender, Sums};
    use crate::model::{Gap, TraceId};

    fn found(gap: Gap, count: u64, of: u64) -> Found {
        let example =
            Example { name: "chat gpt-4o\u{1b}[31m".into(), trace_id: TraceId::from_bytes(&[0xab; 16]) };
        let limit = (gap == Gap::Lengths).then_some(12_000);
        Found { gap, count, of, limit, example: Some(example).filter(|_| limit.is_none()) }
    }

    fn patient(client: &'static str, scope: &str, gaps: Vec<(Found, Option<&'static str>)>) -> Patient {
        let sender = Sender { service: "weather-bot".into(), scope: scope.into(), version: "1.2".into() };
        let mut sums = Sums::default();
        (sums.spans, sums.logs, sums.model_calls, sums.tool_calls) = (2300, 12, 39, 1);
        Patient { sender, client, sums, gaps, told_by: None }
    }

    fn shown(columns: usize, ascii: bool) -> String {
        let capture = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY (with OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental)";
        let patients = [
            patient(
                "OpenTelemetry GenAI",
                "opentelemetry.util.genai.handler",
                vec![
                    (found(Gap::Prompts, 39, 39), Some(capture)),
                    (found(Gap::Answers, 39, 39), Some(capture)),
                    (found(Gap::Lengths, 7, 2312), Some("unset OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT")),
                    (found(Gap::Clock, 1, 1), None),
                ],
            ),
            Patient {
                told_by: Some("openinference.instrumentation.anthropic".into()),
                ..patient("Anthropic SDK", "com.anthropic.sdk.python", vec![])
            },
            patient("other", "환불 담당자", vec![]),
        ];
        let look = Look { columns, ascii, zone: format::Zone::Utc, now: 0 };
        let page = page(&patients, &look);
        let plain = anstream::adapter::strip_str(&page).to_string();
        assert!(plain.lines().all(|line| text::width(line) <= columns || line.contains("OTEL_")), "{plain}");
        plain
    }

    #[test]
    fn every_gap_has_its_count_an_example_and_what_closes_it() {
        insta::assert_snapshot!(shown(120, false));
    }

    #[test]
    fn a_narrow_page_wraps_settings_and_cuts_examples() {
        insta::assert_snapshot!(shown(80, true));
    }

    #[test]
    fn an_empty_file_says_so() {
        let look = Look { columns: 80, ascii: false, zone: format::Zone::Utc, now: 0 };
        assert_eq!(page(&[], &look), "No agent has sent anything yet.\n");
    }
}
