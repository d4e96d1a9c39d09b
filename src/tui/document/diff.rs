//! What is read below two runs: why they part, what differs between two steps, the input message by message.

use std::sync::Arc;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::analyze::diff::{Beside, Diff, Divergence, Facts, Field, Hunk, In, Message, Notable, Piece, Said};
use crate::analyze::diff::{Request, Setting, words};
use crate::model::{Role as Speaker, Step, StepKey};
use crate::report::diff::{Pair, counted, doing, sentences};
use crate::report::text;
use crate::tui::theme::Role;

use super::Document;
use super::build::Builder;

/// Names and looks of the two runs.
const SIDES: [(&str, Role, Role); 2] = [("A", Role::SideA, Role::OnlyA), ("B", Role::SideB, Role::OnlyB)];

/// Columns of a label with its value beside it, and of such a value.
const LABEL: usize = 12;
const SHORT: usize = 60;

/// Bytes of common text before and after a difference that are shown; more is left out in the middle.
const AROUND: usize = 90;

/// Later differences that are listed.
const LATER: usize = 12;

/// What is to be read of two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct PairAsked {
    /// The steps; `None` on a side that lacks it.
    pub steps: [Option<Arc<Step>>; 2],
    /// Where their content is kept.
    pub keys: [Vec<StepKey>; 2],
    /// Their input message by message, instead of what differs in sum.
    pub messages: bool,
}

/// Why two runs part, or that they do not.
pub fn why(pair: &Pair<'_>) -> Document {
    let mut b = Builder::default();
    match &pair.diff.divergence {
        Some(fork) => push_fork(&mut b, pair, fork),
        None => push_alike(&mut b, pair.diff),
    }
    b.finish()
}

fn push_alike(b: &mut Builder, diff: &Diff) {
    let counts = diff.entries.iter().filter(|entry| !entry.frame);
    let (steps, reworded) = (counts.clone().count(), counts.filter(|entry| entry.reworded).count());
    b.line(&[("the same behaviour: ", Role::Title), (&counted(steps as u64, "step"), Role::Title)]);
    match reworded {
        0 => b.text("with the same decisions and outcomes.", Role::Text),
        some => b.text(&format!("The models' wording differs in {some}."), Role::Text),
    }
    push_settings(b, &diff.configuration);
}

fn push_fork(b: &mut Builder, pair: &Pair<'_>, fork: &Divergence) {
    let [what, because] = sentences(pair, fork);
    b.text(&because, Role::Title);
    b.text(&what, Role::Text);
    push_doubts(b, pair.diff);
    push_fields(b, &fork.arguments);
    let [ret_a, ret_b] = fork.results.each_ref().map(Option::as_deref);
    push_both(b, "returned", [ret_a, ret_b]);
    if let Some(message) = &fork.evidence.message {
        push_message(b, message);
    }
    push_both(b, "said", fork.evidence.said.each_ref().map(Option::as_deref));
    let here = &fork.evidence.settings;
    push_settings(b, if here.is_empty() { &pair.diff.configuration } else { here });
    push_way_on(b, pair, fork);
    push_later(b, pair);
}

/// What the answer does not know.
fn push_doubts(b: &mut Builder, diff: &Diff) {
    if diff.unrelated {
        b.text("Unrelated runs: next to nothing is alike.", Role::Warning);
    }
    if diff.limit_hit {
        b.text("Too long and too alike within to be laid beside each other throughout.", Role::Warning);
    }
}

fn push_fields(b: &mut Builder, fields: &[Field]) {
    for Field { path, a, b: other } in fields {
        let name = if path.is_empty() { "arguments" } else { path };
        push_both(b, name, [a.as_deref(), other.as_deref()]);
    }
}

fn push_message(b: &mut Builder, message: &Message) {
    let role = speaker(&message.role);
    let name = match message.places {
        [Some(a), Some(b)] if a == b => format!("message {} ({role})", a + 1),
        [Some(a), Some(b)] => format!("message {} of A, {} of B ({role})", a + 1, b + 1),
        [Some(a), None] => format!("message {} ({role}), in A alone", a + 1),
        [None, Some(b)] => format!("message {} ({role}), in B alone", b + 1),
        [None, None] => format!("the task ({role})"),
    };
    push_both(b, &name, message.texts.each_ref().map(Option::as_deref));
}

fn push_settings(b: &mut Builder, settings: &[Setting]) {
    for setting in settings {
        let agent = setting.agent.as_ref().map(|agent| format!(" of {agent}")).unwrap_or_default();
        let name = format!("{}{agent}", setting.field);
        push_both(b, &name, [setting.a.as_deref(), setting.b.as_deref()]);
    }
}

/// Whether and after what they meet again, and how each ends.
fn push_way_on(b: &mut Builder, pair: &Pair<'_>, fork: &Divergence) {
    b.gap();
    let [a, other] = fork.detour.map(|steps| counted(steps as u64, "step"));
    match fork.meet {
        Some(_) => b.line(&[(&format!("They meet again after {a} of A and {other} of B."), Role::Text)]),
        None => b.line(&[
            ("They never meet again: ", Role::Text),
            (&format!("A goes on for {a}, B for {other}."), Role::Text),
        ]),
    }
    for (side, end) in pair.diff.ends().into_iter().enumerate() {
        let (name, role, _) = SIDES[side];
        let last = end.map_or_else(|| "nothing".to_owned(), |at| doing(pair.sides[side], at));
        b.line(&[(name, role), (" ends with: ", Role::Dim), (&last, Role::Text)]);
    }
}

/// Later differences, those first that are worth a look first.
fn push_later(b: &mut Builder, pair: &Pair<'_>) {
    let mut hunks: Vec<(usize, &Hunk)> = pair.diff.hunks.iter().enumerate().skip(1).collect();
    if hunks.is_empty() {
        return;
    }
    hunks.sort_by_key(|(at, hunk)| (hunk.notable, *at));
    b.gap();
    b.heading(
        &format!("{}, the weightiest first", counted(hunks.len() as u64, "later difference")),
        Role::Accent,
    );
    for (at, hunk) in hunks.iter().take(LATER) {
        let first = |side: usize| {
            let mut lines = pair.diff.entries[hunk.entries.clone()].iter().filter(|entry| !entry.frame);
            let at = lines.find_map(|entry| [entry.a, entry.b][side]);
            at.map_or_else(|| "nothing".to_owned(), |at| format!("{at} {}", doing(pair.sides[side], at)))
        };
        let note = notable(hunk.notable);
        let note = if note.is_empty() { String::new() } else { format!("{note}: ") };
        b.line(&[
            (&format!("{:>3} ", at + 1), Role::Dim),
            (&note, Role::Warning),
            ("A ", Role::SideA),
            (&first(0), Role::Text),
            ("  B ", Role::SideB),
            (&first(1), Role::Text),
        ]);
    }
    let more = hunks.len().saturating_sub(LATER);
    if more > 0 {
        b.line(&[(&format!("    {more} more"), Role::Dim)]);
    }
}

/// Why a difference is worth a look, in a word or two; empty where nothing sets it apart.
pub fn notable(notable: Notable) -> &'static str {
    match notable {
        Notable::ChangesState => "changes state",
        Notable::Error => "fails",
        Notable::Cost => "costs most",
        Notable::Plain => "",
    }
}

/// That what two steps saw and said could not be read.
pub fn failed(why: &str) -> Document {
    let mut b = Builder::default();
    b.text(why, Role::Error);
    b.finish()
}

/// What two steps that stand beside each other saw and said, as far as it differs.
pub fn of_pair(asked: &PairAsked, facts: [&Facts; 2]) -> Document {
    if asked.messages {
        return of_messages(facts);
    }
    let mut b = Builder::default();
    let beside = Beside::of(facts);
    push_both(&mut b, "failed", asked.steps.each_ref().map(|s| s.as_ref().and_then(|s| s.error.as_deref())));
    push_fields(&mut b, &beside.arguments);
    if let Some(message) = beside.input.as_ref().and_then(|input| input.first.as_ref()) {
        push_message(&mut b, message);
    }
    push_differing(&mut b, "said", facts.map(|facts| facts.said.as_deref()));
    push_requests(&mut b, facts);
    push_differing(&mut b, "returned", facts.map(|facts| facts.result.as_deref()));
    let mut document = b.finish();
    if document.lines.is_empty() {
        let mut b = Builder::default();
        b.text("Nothing that was captured of it differs.", Role::Dim);
        document = b.finish();
    }
    document
}

/// What the models asked for, call by call.
fn push_requests(doc: &mut Builder, [a, b]: [&Facts; 2]) {
    for at in 0..a.requests.len().max(b.requests.len()) {
        let [x, y] = [a, b].map(|facts| facts.requests.get(at));
        let both_ask =
            |x: &Request, y: &Request| x.name == y.name && x.arguments.digest == y.arguments.digest;
        if let (Some(x), Some(y)) = (x, y)
            && both_ask(x, y)
        {
            continue;
        }
        let told = [x, y].map(|asked| asked.map(|asked| format!("{} {}", asked.name, asked.arguments.text)));
        push_both(doc, "asks for", told.each_ref().map(Option::as_deref));
    }
}

fn push_differing(b: &mut Builder, name: &str, values: [Option<&str>; 2]) {
    if values[0] != values[1] {
        push_both(b, name, values);
    }
}

fn of_messages([a, b]: [&Facts; 2]) -> Document {
    let mut doc = Builder::default();
    for (facts, (name, role, _)) in [a, b].into_iter().zip(SIDES) {
        if !facts.has_input {
            doc.line(&[(name, role), (": the messages were not captured", Role::Dim)]);
        }
    }
    let text = |text: &'_ Option<crate::analyze::diff::Text>| text.as_ref().map(|text| text.text.clone());
    for (name, of_a, of_b) in [("system", &a.system, &b.system), ("tools", &a.tools, &b.tools)] {
        let same = of_a.as_ref().map(|text| text.digest) == of_b.as_ref().map(|text| text.digest);
        match (text(of_a), same) {
            (None, true) => {}
            (Some(equal), true) => folded(&mut doc, &format!("{name}: the same"), &equal),
            (of_a, false) => push_both(&mut doc, name, [of_a.as_deref(), text(of_b).as_deref()]),
        }
    }
    doc.gap();
    push_input(&mut doc, &a.messages, &b.messages);
    doc.gap();
    push_both(&mut doc, "answered", [a.said.as_deref(), b.said.as_deref()]);
    push_requests(&mut doc, [a, b]);
    doc.finish()
}

fn push_input(doc: &mut Builder, a: &[Said], b: &[Said]) {
    let [x, y] = [a, b].map(|said| said.iter().map(|said| (speaker(&said.role), said.text.digest)));
    let [x, y]: [Vec<(&str, u64)>; 2] = [x.collect(), y.collect()];
    for op in capture_diff_slices(Algorithm::Myers, &x, &y) {
        let (of_a, of_b) = (&a[op.old_range()], &b[op.new_range()]);
        if let DiffOp::Equal { len, old_index, .. } = op {
            // the reason counts what the model was asked, so its own words are told apart
            let own = match of_a.iter().filter(|said| !said.is_asked()).count() {
                0 => String::new(),
                own => format!(", {own} of them its own"),
            };
            let title = format!("{} the same{own}", counted(len as u64, "message"));
            let fold = doc.open(&[(&title, Role::Dim)], true);
            for (at, said) in (old_index + 1..).zip(of_a) {
                folded(doc, &format!("message {at} ({})", speaker(&said.role)), &said.text.text);
            }
            doc.close(fold);
            continue;
        }
        for at in 0..of_a.len().max(of_b.len()) {
            let said = [of_a.get(at), of_b.get(at)];
            let places = [(0, op.old_range().start + at), (1, op.new_range().start + at)];
            let places = places.map(|(side, place)| said[side].map(|_| place));
            let Some(role) = said.iter().flatten().next().map(|said| said.role.clone()) else { continue };
            push_message(
                doc,
                &Message { role, places, texts: said.map(|said| said.map(|s| s.text.text.clone())) },
            );
        }
    }
}

fn folded(b: &mut Builder, title: &str, body: &str) {
    let fold = b.open(&[(title, Role::Dim)], true);
    b.text(body, Role::Text);
    b.close(fold);
}

fn speaker(role: &Speaker) -> &str {
    match role {
        Speaker::System => "system",
        Speaker::User => "user",
        Speaker::Assistant => "the model",
        Speaker::Tool => "tool",
        Speaker::Other(other) => other,
    }
}

/// A value of either side, the words that differ marked; beside its name where both are short.
fn push_both(b: &mut Builder, name: &str, values: [Option<&str>; 2]) {
    if values == [None, None] {
        return;
    }
    let name = text::one_line(name);
    let sides = [0, 1].map(|side| values[side].map(|_| lines_of(values, side)));
    let fits = |value: &&str| value.len() <= SHORT && !value.contains('\n');
    let short = values.iter().flatten().all(fits) && text::width(&name) < LABEL;
    let fold = (!short).then(|| b.open(&[(&name, Role::Dim)], false));
    for (side, lines) in sides.into_iter().enumerate() {
        let (letter, role, _) = SIDES[side];
        let label = if short && (side == 0 || values[0].is_none()) { name.as_ref() } else { "" };
        let margin = if short { text::pad(label, LABEL) } else { String::new() };
        let Some(lines) = lines else { continue };
        for (at, pieces) in lines.iter().enumerate() {
            let letter = if at == 0 { letter } else { " " };
            let mut line = vec![(margin.as_str(), Role::Dim), (letter, role), (" ", Role::Text)];
            line.extend(pieces.iter().map(|(piece, role)| (piece.as_str(), *role)));
            b.line(&line);
        }
    }
    if let Some(fold) = fold {
        b.close(fold);
    }
}

type Pieces = Vec<(String, Role)>;

/// One side's value in lines, what the other side lacks marked. Texts with nothing in common are not marked: all of
/// them would be.
fn lines_of(values: [Option<&str>; 2], side: usize) -> Vec<Pieces> {
    let mut lines: Vec<Pieces> = vec![Vec::new()];
    let [a, b] = values.map(Option::unwrap_or_default);
    let own = values[side].unwrap_or_default();
    let mut pieces = if values.contains(&None) || a == b { Vec::new() } else { words(a, b) };
    let shared: usize =
        pieces.iter().filter(|piece| piece.of == In::Both).map(|piece| piece.text.len()).sum();
    if shared * 5 < own.len() || pieces.is_empty() {
        pieces = vec![Piece { of: In::Both, text: own.to_owned() }];
    }
    let (_, _, marked) = SIDES[side];
    let only = if side == 0 { In::OnlyA } else { In::OnlyB };
    let last = pieces.len() - 1;
    let differs = last > 0;
    for (at, piece) in pieces.iter().enumerate() {
        if piece.of == In::Both {
            let text = if differs { around(&piece.text, at == 0, at == last) } else { piece.text.clone() };
            push_text(&mut lines, &text, Role::Text);
        } else if piece.of == only {
            push_text(&mut lines, &piece.text, marked);
        }
    }
    lines
}

/// What both share around a difference, the middle of a long text left out.
fn around(common: &str, first: bool, last: bool) -> String {
    if common.len() <= 3 * AROUND {
        return common.to_owned();
    }
    let head = &common[..common.floor_char_boundary(AROUND)];
    let tail = &common[common.ceil_char_boundary(common.len() - AROUND)..];
    match (first, last) {
        (true, _) => format!("… {tail}"),
        (_, true) => format!("{head} …"),
        _ => format!("{head} … {tail}"),
    }
}

fn push_text(lines: &mut Vec<Pieces>, piece: &str, role: Role) {
    for (at, part) in text::lines(piece).enumerate() {
        if at > 0 {
            lines.push(Vec::new());
        }
        if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
            line.push((part.into_owned(), role));
        }
    }
}
