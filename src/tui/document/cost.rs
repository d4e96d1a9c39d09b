//! The section on money: the arithmetic of a call, or the sum of the calls below a step.

use crate::model::{Explanation, PartCost};
use crate::report::cost::{self, ModelSum, Tone};
use crate::report::{format, text};
use crate::tui::backend::Asked;
use crate::tui::theme::Role;

use super::build::Builder;

/// Adds the section where there is something to say; nothing where no call is paid.
pub(super) fn push(b: &mut Builder, asked: &Asked, why: Option<&Explanation>) {
    match why {
        Some(why) => push_call(b, asked, why),
        None => push_sums(b, asked),
    }
}

fn push_call(b: &mut Builder, asked: &Asked, why: &Explanation) {
    b.mark_cost();
    b.heading("cost", Role::Accent);
    let request = (why.request.0 > 0).then(|| ["for the request".to_owned(), String::new(), String::new()]);
    let amounts = why.parts.iter().map(|part| part.amount).chain(request.iter().map(|_| why.request));
    let rows: Vec<_> = why.parts.iter().map(words).chain(request.clone()).collect();
    let widths = widths(&rows);
    for ([kind, tokens, price], amount) in rows.iter().zip(amounts) {
        let kind = format!("{}  ", text::pad(kind, widths[0]));
        let counted = format!("{} {}", text::pad_left(tokens, widths[1]), text::pad(price, widths[2]));
        let amount = format!("  {}", format::exact(amount));
        b.line(&[(&kind, Role::Key), (&counted, Role::Dim), (&amount, Role::JsonNumber)]);
    }
    let indent = " ".repeat(widths[0] + widths[1] + widths[2] + 3);
    let amount = asked.cost.map_or_else(|| format::UNKNOWN.to_owned(), |cost| format::exact(cost.amount));
    let indent = if rows.is_empty() { "" } else { &indent };
    b.line(&[
        (indent, Role::Text),
        ("  ", Role::Text),
        (&amount, Role::Title),
        ("  ", Role::Text),
        (cost::source(asked.cost), Role::Dim),
    ]);
    for (tone, words) in cost::notes(&asked.step, asked.cost, why) {
        b.line(&[(&words, role(tone))]);
    }
}

const fn role(tone: Tone) -> Role {
    match tone {
        Tone::Source => Role::Dim,
        Tone::Doubt => Role::Warning,
    }
}

/// `cache read`, `9 400`, `× $0.30 a million`.
fn words(part: &PartCost) -> [String; 3] {
    let price = format!("× {}/M", format::per_million(part.per_million));
    [part.kind.name().to_owned(), format::grouped(part.tokens), price]
}

fn widths<const N: usize>(rows: &[[String; N]]) -> [usize; N] {
    std::array::from_fn(|at| rows.iter().map(|row| text::width(&row[at])).max().unwrap_or(0))
}

fn push_sums(b: &mut Builder, asked: &Asked) {
    let sums = asked.sums_below();
    if sums.is_empty() && asked.declared.is_none() {
        return;
    }
    b.mark_cost();
    b.heading("cost of the calls below", Role::Accent);
    let rows: Vec<_> = sums.iter().map(model_words).collect();
    let widths = widths(&rows);
    for [model, calls, amount] in &rows {
        let counted = format!("  {}  ", text::pad_left(calls, widths[1]));
        let (model, amount) = (text::pad(model, widths[0]), text::pad_left(amount, widths[2]));
        b.line(&[(&model, Role::Key), (&counted, Role::Dim), (&amount, Role::JsonNumber)]);
    }
    let (amount, counts) = cost::total(&asked.sums);
    let counts = text::pad(&counts, (widths[0] + widths[1] + 4).max(text::width(&counts) + 2));
    b.line(&[(&counts, Role::Dim), (&text::pad_left(&amount, widths[2]), Role::Title)]);
    if let Some(declared) = &asked.declared {
        b.line(&[(&cost::declared(declared, &asked.tokens, &asked.sums), Role::Warning)]);
    }
}

/// `gpt-5.1`, `6 calls`, `$0.022000`.
fn model_words(sum: &ModelSum<'_>) -> [String; 3] {
    let calls =
        if sum.calls == 1 { "1 call".to_owned() } else { format!("{} calls", format::grouped(sum.calls)) };
    [sum.model.unwrap_or("model not told").to_owned(), calls, cost::total(&sum.cost).0]
}
