//! The page of `show --explain-cost`.

use super::words::{self, Tone};
use super::{Call, notes, source};
use crate::model::{CostTotal, RunSummary};
use crate::report::table::{Cell, Column, Fit, render};
use crate::report::{Look, format, glyph, paint, show, text};

const COLUMNS: [Column; 6] = [
    Column { title: "#", fit: Fit::Right },
    Column { title: "CALL", fit: Fit::Elastic },
    Column { title: "TOKENS", fit: Fit::Right },
    Column { title: "PER MILLION", fit: Fit::Right },
    Column { title: "COST", fit: Fit::Right },
    Column { title: "", fit: Fit::Left },
];

/// How far notes stand in.
const INDENT: usize = 6;

/// The whole page: every call with its arithmetic, then the sum.
pub fn page(run: &RunSummary, calls: &[Call<'_>], look: &Look) -> String {
    let mut rows = Vec::new();
    let mut below: Vec<String> = Vec::new();
    let fine = calls.iter().any(has_nano);
    for call in calls {
        rows.extend(rows_of(call, fine, look));
        below.resize(rows.len(), String::new());
        // a blank line parts one call from the next
        let said = notes(call.step, call.cost, &call.why);
        below[rows.len() - 1] = said.iter().map(|note| note_lines(note, look)).collect::<String>() + "\n";
    }
    rows.push(sum_row(&total(calls), fine));
    let counts = note_lines(&(Tone::Source, words::total(&total(calls)).1), look);
    below.push(counts + &missing(calls, look) + &repriced(calls, look));
    let table = render(&COLUMNS, &rows, look.columns);
    // the first line holds the titles
    let notes = std::iter::once(String::new()).chain(below);
    let body: String =
        table.lines().zip(notes).flat_map(|(line, notes)| [line.to_owned() + "\n", notes]).collect();
    format!("{}\n{body}", show::head(run, look))
}

/// Whether any amount of the call goes below micro-dollars.
fn has_nano(call: &Call<'_>) -> bool {
    let amounts = call.why.parts.iter().map(|part| part.amount).chain([call.why.request]);
    amounts.chain(call.cost.map(|cost| cost.amount)).any(format::is_fine)
}

fn total(calls: &[Call<'_>]) -> CostTotal {
    let mut total = CostTotal::default();
    for call in calls {
        total.add(call.cost);
    }
    total
}

/// The call, then a row for each kind of its tokens.
fn rows_of(call: &Call<'_>, fine: bool, look: &Look) -> Vec<Vec<Cell>> {
    let plain = |text: String| Cell::new(paint::PLAIN, text);
    let quiet = |text: String| Cell::new(paint::QUIET, text);
    let sign = glyph::kind(call.step.kind).text(look.ascii);
    let exact = |amount| format::exact_beside(amount, fine);
    let amount = call.cost.map_or_else(|| format::UNKNOWN.to_owned(), |cost| exact(cost.amount));
    let mut rows = vec![vec![
        quiet(call.index.to_string()),
        Cell::new(paint::STRONG, format!("{sign} {}", text::one_line(&call.step.name))),
        Cell::default(),
        Cell::default(),
        Cell::new(paint::STRONG, amount),
        quiet(source(call.cost).to_owned()),
    ]];
    let times = if look.ascii { "x" } else { "×" };
    rows.extend(call.why.parts.iter().map(|part| {
        vec![
            Cell::default(),
            plain(format!("    {}", part.kind.name())),
            plain(format::grouped(part.tokens)),
            plain(format!("{times} {}", format::per_million(part.per_million))),
            plain(format!("= {}", exact(part.amount))),
            Cell::default(),
        ]
    }));
    if call.why.request.0 > 0 {
        let name = plain("    for the request".to_owned());
        let amount = plain(format!("= {}", exact(call.why.request)));
        rows.push(vec![Cell::default(), name, Cell::default(), Cell::default(), amount, Cell::default()]);
    }
    rows
}

fn sum_row(total: &CostTotal, fine: bool) -> Vec<Cell> {
    let (amount, _) = words::total(total);
    let amount = if fine && !format::is_fine(total.amount) { amount + "   " } else { amount };
    vec![
        Cell::default(),
        Cell::new(paint::STRONG, "sum"),
        Cell::default(),
        Cell::default(),
        Cell::new(paint::STRONG, amount),
        Cell::new(paint::QUIET, total.source()),
    ]
}

/// The calls that the sum lacks.
fn missing(calls: &[Call<'_>], look: &Look) -> String {
    let unknown = calls.iter().filter(|call| call.cost.is_none());
    let line = |call: &Call<'_>| {
        let why = call.why.why_unknown.unwrap_or("it was not known when the call came in");
        note_lines(&(Tone::Doubt, format!("missing: #{} {}: {why}", call.index, call.step.name)), look)
    };
    unknown.map(line).collect()
}

/// The sum by the prices of today's settings, where it is another one.
fn repriced(calls: &[Call<'_>], look: &Look) -> String {
    let now = words::sum(calls.iter().map(|call| &call.why));
    if now == total(calls).amount {
        return String::new();
    }
    let words = format!("by the prices of today's settings: {}", format::exact(now));
    note_lines(&(Tone::Doubt, words), look)
}

/// A note in lines that fit.
fn note_lines((tone, words): &(Tone, String), look: &Look) -> String {
    let style = match tone {
        Tone::Source => paint::QUIET,
        Tone::Doubt => paint::WARN,
    };
    let columns = look.columns.saturating_sub(INDENT).max(20);
    let words = text::one_line(words);
    let lines = textwrap::wrap(&words, columns);
    let line = |line: &std::borrow::Cow<'_, str>| {
        [" ".repeat(INDENT), paint::paint(style, line), "\n".to_owned()].concat()
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::cost::counted;
    use crate::report::fixture;

    fn shown(columns: usize, ascii: bool) -> String {
        let look = Look { columns, ascii, zone: format::Zone::Utc, now: fixture::START + 9_000_000_000 };
        let (run, steps, tree) = (fixture::run(), fixture::steps(), fixture::tree());
        let calls: Vec<_> = counted(&steps, &tree)
            .map(|(index, row, step)| Call {
                index,
                step,
                cost: row.own_cost,
                why: fixture::explanation(step, row.own_cost),
            })
            .collect();
        anstream::adapter::strip_str(&page(&run, &calls, &look)).to_string()
    }

    #[test]
    fn every_call_shows_its_arithmetic_and_the_sum_what_it_lacks() {
        insta::assert_snapshot!(shown(100, false));
    }

    #[test]
    fn a_narrow_page_in_ascii_wraps_what_is_said() {
        let page = shown(72, true);
        assert!(page.lines().skip(4).all(|line| text::width(line) <= 72), "{page}");
        insta::assert_snapshot!(page);
    }
}
