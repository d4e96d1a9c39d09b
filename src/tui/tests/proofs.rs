//! Every binding does what its help says: for each a state, then each of its keys, then what must have changed.

use ratatui::buffer::Buffer;

use crate::model::{Cost, NanoUsd, RunKey, StepKind, StepStatus};
use crate::tui::keys::Action as A;
use crate::tui::keys::Context as C;
use crate::tui::keys::{BINDINGS, Binding};
use crate::tui::testing::pair::pairs;
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::troubled::troubled;
use crate::tui::testing::world::{World, world};

use Proof::{Asks, Folds, Hides, Leaves, On, Says, Shows, Unfolds};

/// What a key must bring about.
#[derive(Clone, Copy, Debug)]
enum Proof {
    /// These words, which were not there.
    Shows(&'static str),
    /// That these words are gone.
    Hides(&'static str),
    /// The cursor on a row with these words, where it was not.
    On(&'static str),
    /// That the first words are gone and the second are still there.
    Leaves(&'static str, &'static str),
    /// More that is folded.
    Folds,
    /// Less that is folded.
    Unfolds,
    /// These words in the footer's place.
    Says(&'static str),
    /// An effect of this name.
    Asks(&'static str),
}

/// The worlds: the usual one, runs with findings, runs to be laid beside each other, none at all.
const U: fn() -> World = world;
const T: fn() -> World = troubled;
const P: fn() -> World = pairs;
const E: fn() -> World = World::default;

/// Runs whose third step is of the program around the agent.
fn framed() -> World {
    let mut world = pairs();
    world.runs.iter_mut().for_each(|told| told.steps[2].kind = StepKind::Other);
    world
}

/// A run in which every jump leads elsewhere: another step failed, another tool stands between two calls of one, and the
/// dearest step is neither the last nor a flagged one. The sixth of its fifteen steps is plumbing.
fn varied() -> World {
    let mut world = world();
    for steps in world.runs.iter_mut().map(|told| &mut told.steps).filter(|steps| steps.len() == 15) {
        steps[2].status = StepStatus::Error;
        steps[10].name = "read_page".into();
        steps[10].tool = Some("read_page".into());
        steps[7].cost = steps[7].cost.map(|cost| Cost { amount: NanoUsd(1_000_000_000), ..cost });
    }
    world
}

/// More runs than the window holds.
fn many() -> World {
    let mut world = world();
    let one = world.runs[1].clone();
    world.runs = (1..=100)
        .map(|key| {
            let mut told = one.clone();
            (told.summary.key, told.summary.run_id) = (RunKey(key), format!("{key:032x}"));
            told
        })
        .collect();
    world
}

/// Runs of one conversation.
fn talked() -> World {
    let mut world = world();
    world.runs.iter_mut().for_each(|told| told.summary.session_id = Some("conversation".into()));
    world
}

type Row = (C, A, fn() -> World, &'static str, Proof);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (C::Empty, A::CopySetup, E, "", Asks("Copy(\"export OTEL_EXPORTER_OTLP_ENDPOINT")),
    (C::Empty, A::Demo, E, "", Asks("StartDemo")),
    (C::Runs, A::Open, U, "j", Shows("▌  ▾ ◆ triage")),
    (C::Runs, A::Filter, U, "", Shows("/▏")),
    (C::Runs, A::Findings, T, "", Shows("─ Findings")),
    (C::Runs, A::Find, U, "", Shows("find ▏")),
    (C::Runs, A::Sort, U, "", Shows("AGENT▲")),
    (C::Runs, A::Turn, U, "", Shows("STARTED▲")),
    (C::Runs, A::Group, U, "", Shows("by session")),
    (C::Runs, A::Fold, U, "b b right", Folds),
    (C::Runs, A::Follow, U, "j", Shows("follows the newest")),
    (C::Runs, A::AllTraces, U, "", Says("there are no other traces")),
    (C::Runs, A::Refusals, U, "", Says("nothing was refused")),
    (C::Runs, A::Mark, U, "", Shows("1 marked")),
    (C::Runs, A::Delete, U, "j", Shows("Delete this run?")),
    (C::Confirm, A::Confirm, U, "j #", Shows("5 runs")),
    (C::Confirm, A::Cancel, U, "j #", Leaves("y delete", "6 runs")),
    (C::Confirm, A::Quit, U, "j #", Asks("Quit")),
    (C::Compare, A::Diff, P, "", Shows("parted at")),
    (C::Compare, A::DiffBest, P, "", Shows("the same behaviour")),
    (C::Filter, A::Accept, U, "/ refund", Leaves("▏", "─ /refund")),
    (C::Filter, A::Cancel, U, "/ refund", Shows("PR #212")),
    (C::Filter, A::Complete, U, "/ is: tab", Shows("/is:ok▏")),
    (C::Filter, A::CompleteBack, U, "/ is: tab tab", Shows("/is:running▏")),
    (C::Filter, A::Up, U, "/ refund down", On("deep-research")),
    (C::Filter, A::Down, U, "/ refund", On("refund order 8811")),
    (C::Filter, A::Quit, U, "/ refund", Asks("Quit")),
    (C::Find, A::Open, U, "F 환불", Shows("─ Steps")),
    (C::Find, A::Escape, U, "F 환불", Shows("find ▏")),
    (C::Find, A::Up, U, "F refund down", On("laws")),
    (C::Find, A::Down, U, "F refund", On("refund order 8811")),
    (C::Find, A::PageUp, U, "F refund pagedown", On("laws")),
    (C::Find, A::PageDown, U, "F refund", On("refund order 8811")),
    (C::Find, A::Quit, U, "F", Asks("Quit")),
    (C::Tree, A::Open, U, "j enter", Shows("J next step")),
    (C::Tree, A::Fold, U, "j enter g", Hides("get_order")),
    (C::Tree, A::Unfold, U, "j enter g left", Shows("get_order")),
    (C::Tree, A::Toggle, U, "j enter g", Hides("get_order")),
    (C::Tree, A::Rounds, T, "enter j j j", Hides("5 more rounds")),
    (C::Detail, A::Fold, U, "j enter j tab G right", Folds),
    (C::Detail, A::Unfold, U, "j enter j tab G", On("▾ ids and times")),
    (C::Detail, A::Toggle, U, "j enter j tab G", On("▾ ids and times")),
    (C::Detail, A::NextStep, U, "j enter j tab", Shows(" 3 of 14 ")),
    (C::Detail, A::PreviousStep, U, "j enter j j tab", Shows(" 2 of 14 ")),
    (C::Detail, A::Copy, U, "j enter j tab j j j", Asks("Copy(")),
    (C::Findings, A::NextMember, T, "w", Shows("at 1 of")),
    (C::Findings, A::PreviousMember, T, "w enter enter", Shows("at 1 of")),
    (C::Findings, A::Dismiss, T, "w", Shows("dismissed")),
    (C::Run, A::Findings, T, "enter", Shows("─ Findings")),
    (C::Run, A::Handoffs, T, "j enter", Shows("─ Handoffs")),
    (C::Run, A::Replay, U, "j enter", Shows("─ Replay")),
    (C::Run, A::Pane, U, "j enter", Shows("J next step")),
    (C::Run, A::Search, U, "j enter", Shows("/▏")),
    (C::Run, A::NextError, varied, "j enter j j j", Shows(" 13 of 14 ")),
    (C::Run, A::PreviousError, varied, "j enter j j j j j j j j", Shows(" 3 of 14 ")),
    (C::Run, A::NextCall, U, "j enter j j j j", Shows(" 7 of 14 ")),
    (C::Run, A::PreviousCall, varied, "j enter j j j j j", Shows(" 4 of 14 ")),
    (C::Run, A::NextTool, varied, "j enter j j j j", Shows(" 8 of 14 ")),
    (C::Run, A::PreviousTool, U, "j enter j j j j j", Shows(" 3 of 14 ")),
    (C::Run, A::NextSame, varied, "j enter j j j j j j j", Shows(" 12 of 14 ")),
    (C::Run, A::PreviousSame, varied, "j enter j j j j j j j j j j j", Shows(" 8 of 14 ")),
    (C::Run, A::NextInTime, U, "j enter j j j j", Shows(" 6 of 14 ")),
    (C::Run, A::PreviousInTime, U, "j enter j j j j j", Shows(" 5 of 14 ")),
    (C::Run, A::Dearest, varied, "j enter", Shows(" 7 of 14 ")),
    (C::Run, A::CriticalPath, U, "j enter", Shows("critical path")),
    (C::Run, A::Column, U, "j enter", Shows("own figures")),
    (C::Run, A::Elsewhere, U, "j enter j", Asks("Read(")),
    (C::Run, A::CopyStep, U, "j enter j", Asks("Copy(\"{")),
    (C::Run, A::CopyId, U, "j enter j", Says("copied the span id")),
    (C::Run, A::NextFinding, U, "j enter", Shows(" 8 of 14 ")),
    (C::Run, A::PreviousFinding, U, "j enter G", Shows(" 8 of 14 ")),
    (C::Run, A::OnlyFlagged, T, "enter", Shows("─ Steps  only flagged")),
    (C::Run, A::Follow, U, "j enter", Shows("follows the newest")),
    (C::Run, A::Cost, U, "j enter j", On("▌  cost ─")),
    (C::Run, A::Plumbing, U, "j enter", Shows("on_handoff")),
    (C::Run, A::FoldAll, U, "j enter", Leaves("search_web", "─ Steps")),
    (C::Run, A::UnfoldAll, U, "j enter -", Shows(" 1 of 14 ──┬")),
    (C::Run, A::Zoom, U, "j enter", Shows("with all steps below")),
    (C::Hits, A::NextHit, U, "j enter / search_web enter", Shows("2 of 3")),
    (C::Hits, A::PreviousHit, U, "j enter / search_web enter", Shows("3 of 3")),
    (C::Hits, A::EndSearch, U, "j enter / search_web enter", Hides(" of 3")),
    (C::Search, A::Accept, U, "j enter / search_web", Leaves("▏", "1 of 3")),
    (C::Search, A::Cancel, U, "j enter / search_web", Shows(" 1 of 14 ")),
    (C::Search, A::NextHit, U, "j enter / search_web", Shows("2 of 3")),
    (C::Search, A::PreviousHit, U, "j enter / search_web", Shows("3 of 3")),
    (C::Search, A::Quit, U, "j enter /", Asks("Quit")),
    (C::Run, A::Timeline, U, "j enter", Shows("─ Timeline")),
    (C::Run, A::Narrow, U, "j enter j j", Shows("›")),
    (C::Run, A::Widen, U, "j enter j j .", Leaves("›", "─ Steps")),
    (C::Run, A::NextSibling, talked, "j enter {", Says("run 5 of 6 in session")),
    (C::Run, A::PreviousSibling, talked, "j enter", Says("run 4 of 6 in session")),
    (C::Timeline, A::Open, U, "j enter v", Shows("J next step")),
    (C::Timeline, A::PreviousInLane, U, "j enter v j j right", Shows(" 7 of 14 ")),
    (C::Timeline, A::NextInLane, U, "j enter v j", Shows(" 3 of 14 ")),
    (C::Handoffs, A::Open, T, "j enter H", On("⇄1/3")),
    (C::Handoffs, A::Handoffs, T, "j enter H", On("◈ support")),
    (C::Stops, A::NextInTime, U, "j enter R", Shows("2 of 14")),
    (C::Stops, A::PreviousInTime, U, "j enter R > >", Shows("2 of 14")),
    (C::Scene, A::Fold, U, "j enter R G tab g right", On("▸ system instructions")),
    (C::Scene, A::Unfold, U, "j enter R G tab g", On("▾ system instructions")),
    (C::Scene, A::Toggle, U, "j enter R G tab g", On("▾ system instructions")),
    (C::Scene, A::FoldAll, U, "j enter R G tab", Folds),
    (C::Scene, A::UnfoldAll, U, "j enter R G tab -", Unfolds),
    (C::Replay, A::NextInTime, U, "j enter R > > > >", Shows(" 6 of 14 ")),
    (C::Replay, A::PreviousInTime, U, "j enter R > > > > >", Shows(" 5 of 14 ")),
    (C::Replay, A::NextCall, U, "j enter R > > > >", Shows(" 7 of 14 ")),
    (C::Replay, A::PreviousCall, U, "j enter R > > > > >", Shows(" 4 of 14 ")),
    (C::Replay, A::NextTool, U, "j enter R > > > >", Shows(" 8 of 14 ")),
    (C::Replay, A::PreviousTool, U, "j enter R > > > > >", Shows(" 3 of 14 ")),
    (C::Replay, A::NextError, U, "j enter R", Shows("13 of 14")),
    (C::Replay, A::PreviousError, varied, "j enter R > > > > > > > >", Shows(" 3 of 14 ")),
    (C::Replay, A::Pane, U, "j enter R G", Shows("← fold")),
    (C::Replay, A::Copy, U, "j enter R G", Asks("Copy(")),
    (C::Replay, A::Elsewhere, U, "j enter R G", Asks("Read(")),
    (C::Replay, A::Replay, U, "j enter R", Shows("─ Steps ─")),
    (C::Beside, A::NextHunk, P, "j d", Shows("difference 2")),
    (C::Beside, A::PreviousHunk, P, "j d n", Shows("difference 1")),
    (C::Beside, A::Open, P, "j d", Shows("─ Steps")),
    (C::Beside, A::Side, P, "j d", Shows("▌+   17   ● claude-sonnet-4-5  → run_tests")),
    (C::Beside, A::Toggle, P, "j d", Leaves("14 more steps only here", "parted")),
    (C::Beside, A::Unfold, P, "j d g", Leaves("14 steps the same", "◇ parted at")),
    (C::Beside, A::Fold, P, "j d g right", Shows("14 steps the same")),
    (C::Beside, A::Copy, P, "j d", Asks("Copy(")),
    (C::Evidence, A::Fold, P, "j d z j j j j j j", Folds),
    (C::Evidence, A::Unfold, P, "j d z j j j j j j left", Unfolds),
    (C::Evidence, A::Toggle, P, "j d z j j j j j j", Folds),
    (C::Evidence, A::Copy, P, "j d z", Asks("Copy(")),
    (C::Diff, A::Messages, P, "j d", Shows("system: the same")),
    (C::Diff, A::Zoom, P, "j d", Shows("2 later differences")),
    (C::Diff, A::Swap, P, "j d", Shows("A ✖ 13:52:11")),
    (C::Diff, A::Totals, P, "j d", Shows("$0.036")),
    (C::Diff, A::Plumbing, framed, "j d = g", Shows("· list_files")),
    (C::Diff, A::Export, P, "j d", Asks("Copy(\"spanglass diff")),
    (C::Diff, A::FoldAll, P, "j d =", Shows("14 steps the same")),
    (C::Diff, A::UnfoldAll, P, "j d", Shows("22   ⚙ search_web")),
    (C::Moving, A::Up, many, "pagedown pagedown", Shows(" 40 of 100 ")),
    (C::Moving, A::Down, many, "pagedown pagedown", Shows(" 42 of 100 ")),
    (C::Moving, A::PageUp, many, "pagedown pagedown", Shows(" 21 of 100 ")),
    (C::Moving, A::PageDown, many, "pagedown pagedown", Shows(" 61 of 100 ")),
    (C::Moving, A::HalfUp, many, "pagedown pagedown", Shows(" 31 of 100 ")),
    (C::Moving, A::HalfDown, many, "pagedown pagedown", Shows(" 51 of 100 ")),
    (C::Moving, A::First, many, "pagedown pagedown", Shows(" 1 of 100 ")),
    (C::Moving, A::Last, many, "pagedown pagedown", Shows(" 100 of 100 ")),
    (C::Filter, A::Palette, U, "/ refund", Shows("─ Commands")),
    (C::Find, A::Palette, U, "F", Shows("─ Commands")),
    (C::Search, A::Palette, U, "j enter /", Shows("─ Commands")),
    (C::Palette, A::Accept, U, ": hide space this space help", Shows("─ Keys")),
    (C::Palette, A::Cancel, U, ":", Leaves("─ Commands", "6 runs")),
    (C::Palette, A::Up, U, ": down down", On("show runs with these words")),
    (C::Palette, A::Down, U, ":", On("show runs with these words")),
    (C::Palette, A::PageUp, U, ": pagedown", On("open the run;")),
    (C::Palette, A::PageDown, U, ":", On("show or hide this help")),
    (C::Palette, A::Quit, U, ":", Asks("Quit")),
    (C::Everywhere, A::Palette, U, "j enter", Shows("─ Commands")),
    (C::Everywhere, A::Escape, U, "j enter tab", Shows("↵ read")),
    (C::Everywhere, A::Back, U, "j enter tab", Shows("6 runs")),
    (C::Everywhere, A::Help, U, "j enter", Shows("─ Keys")),
    (C::Everywhere, A::NextTheme, U, "", Says("theme ")),
    (C::Everywhere, A::Mouse, U, "", Asks("TakeMouse(false)")),
    (C::Everywhere, A::Suspend, U, "", Asks("Suspend")),
    (C::Everywhere, A::Quit, U, "j enter", Asks("Quit")),
];

/// Brings up the state of a row and presses one key of its binding; tells what did not happen.
fn tried(row: &Row, key: &str) -> Result<(), String> {
    let (context, action, world, script, proof) = row;
    let mut s = Session::new(world(), (120, 40));
    if !script.is_empty() {
        s.press(script);
    }
    let (before, asked) = (frame(&s.app), s.asked.len());
    if !s.app.chain().contains(context) {
        return Err(format!("{context:?} does not listen after {script:?}"));
    }
    s.press(key);
    let after = frame(&s.app);
    let holds = match *proof {
        Shows(words) => !text(&before).contains(words) && text(&after).contains(words),
        Hides(words) => text(&before).contains(words) && !text(&after).contains(words),
        On(words) => !on(&before, words) && on(&after, words),
        Leaves(gone, kept) => {
            let both = [&before, &after].map(text);
            both[0].contains(gone) && !both[1].contains(gone) && both.iter().all(|seen| seen.contains(kept))
        }
        Folds => folded(&before) < folded(&after),
        Unfolds => folded(&before) > folded(&after),
        Says(words) => s.app.notice.as_ref().is_some_and(|notice| notice.text.contains(words)),
        Asks(name) => s.asked[asked..].iter().any(|effect| format!("{effect:?}").starts_with(name)),
    };
    let told =
        || format!("{context:?} {action:?}: {key} after {script:?}: no {proof:?} in\n{}", text(&after));
    holds.then_some(()).ok_or_else(told)
}

/// How much is folded.
fn folded(buffer: &Buffer) -> usize {
    text(buffer).matches('▸').count()
}

/// Whether a cursor is on a row with these words.
fn on(buffer: &Buffer, words: &str) -> bool {
    text(buffer).lines().any(|row| row.contains('▌') && row.contains(words))
}

fn row_of(binding: &Binding) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.0 == binding.context && row.1 == binding.action)
}

#[test]
fn every_binding_does_what_its_help_says() {
    let of_binding = |binding: &Binding| match row_of(binding) {
        Some(row) => binding.keys.iter().filter_map(|key| tried(row, key).err()).collect(),
        None => vec![format!("{:?} {:?} has no row in this file", binding.context, binding.action)],
    };
    let failed: Vec<String> = BINDINGS.iter().flat_map(of_binding).collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), BINDINGS.len(), failed.join("\n"));
}

#[test]
fn every_row_is_of_a_binding() {
    for (context, action, ..) in ROWS {
        let is_bound = BINDINGS.iter().any(|b| b.context == *context && b.action == *action);
        assert!(is_bound, "{context:?} {action:?}");
    }
}
