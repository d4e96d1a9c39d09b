//! The one table of keys, in the order people read them.

use super::{Action, Context};
use super::{Action as A, Context as C};

/// One row of the table.
#[derive(Debug)]
pub struct Binding {
    /// Where.
    pub context: Context,
    /// Keys as people write them: `q`, `ctrl-c`, `up`.
    pub keys: &'static [&'static str],
    /// What it does.
    pub action: Action,
    /// A word or two for the footer; empty for keys that need no mention there.
    pub label: &'static str,
    /// A phrase for the help.
    pub help: &'static str,
}

impl Binding {
    /// What config file and lists call it: `run.next-error`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.context.name(), self.action.name())
    }
}

const fn bind(
    context: Context,
    keys: &'static [&'static str],
    action: Action,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding { context, keys, action, label, help }
}

/// Every key of the interface, in the order people read them.
#[rustfmt::skip]
pub static BINDINGS: &[Binding] = &[
    bind(C::Empty, &["y"], A::CopySetup, "copy", "copy the environment variables to the clipboard"),
    bind(C::Empty, &["d"], A::Demo, "demo", "play several agent runs through the receiver"),
    bind(C::Runs, &["enter", "right", "l"], A::Open, "open", "open the run; unfold a group"),
    bind(C::Runs, &["/"], A::Filter, "filter", "show runs with these words, or fields such as agent:triage cost>0.10 is:error"),
    bind(C::Runs, &["w"], A::Findings, "findings", "open the run at what was flagged in it"),
    bind(C::Runs, &["F"], A::Find, "find", "find words in every prompt, answer, tool argument and result"),
    bind(C::Runs, &["s"], A::Sort, "sort", "sort by the next column; a click on its title does, too"),
    bind(C::Runs, &["S"], A::Turn, "", "sort the other way round"),
    bind(C::Runs, &["b"], A::Group, "group", "group by session, by agent, by day, not at all"),
    bind(C::Runs, &["left", "h"], A::Fold, "", "fold the group"),
    bind(C::Runs, &["f"], A::Follow, "follow", "stay on the newest run; moving leaves it"),
    bind(C::Runs, &["a"], A::AllTraces, "all traces", "show or hide traces without an agent's doing"),
    bind(C::Runs, &["e"], A::Refusals, "", "say what was refused, and why the last was"),
    bind(C::Runs, &["m"], A::Mark, "mark", "mark the run to compare it, or take the mark away"),
    bind(C::Compare, &["d"], A::Diff, "diff", "compare the marked runs, or this run with the one before"),
    bind(C::Compare, &["D"], A::DiffBest, "", "compare with the best earlier run of its agent and task"),
    bind(C::Filter, &["enter"], A::Accept, "keep", "keep the filter and go back to the list"),
    bind(C::Filter, &["esc"], A::Cancel, "clear", "clear the filter"),
    bind(C::Filter, &["tab"], A::Complete, "complete", "complete a field or a value; again for the next"),
    bind(C::Filter, &["backtab"], A::CompleteBack, "", "the completion before"),
    bind(C::Filter, &["up"], A::Up, "", "one run up"),
    bind(C::Filter, &["down"], A::Down, "", "one run down"),
    bind(C::Filter, &["ctrl-c"], A::Quit, "", "quit"),
    bind(C::Find, &["enter"], A::Open, "open", "open the run at the step of the hit"),
    bind(C::Find, &["esc"], A::Escape, "back", "clear what is typed, then go back"),
    bind(C::Find, &["up"], A::Up, "", "one hit up"),
    bind(C::Find, &["down"], A::Down, "next", "one hit down"),
    bind(C::Find, &["pageup"], A::PageUp, "", "a page up"),
    bind(C::Find, &["pagedown"], A::PageDown, "", "a page down"),
    bind(C::Find, &["ctrl-c"], A::Quit, "", "quit"),
    bind(C::Tree, &["enter"], A::Open, "read", "go to the step's detail"),
    bind(C::Tree, &["left", "h"], A::Fold, "fold", "fold, or go to the parent"),
    bind(C::Tree, &["right", "l"], A::Unfold, "unfold", "unfold, or go to the first child"),
    bind(C::Tree, &["space"], A::Toggle, "", "fold or unfold"),
    bind(C::Tree, &["r"], A::Rounds, "rounds", "fold or unfold the rounds of a finding"),
    bind(C::Detail, &["left", "h"], A::Fold, "fold", "fold, or go to what holds this line"),
    bind(C::Detail, &["right", "l"], A::Unfold, "unfold", "unfold"),
    bind(C::Detail, &["space", "enter"], A::Toggle, "", "fold or unfold"),
    bind(C::Detail, &["J"], A::NextStep, "next step", "next step, staying in the detail"),
    bind(C::Detail, &["K"], A::PreviousStep, "", "previous step, staying in the detail"),
    bind(C::Detail, &["y"], A::Copy, "copy", "copy the value on this line, or all that the line holds"),
    bind(C::Findings, &["enter", "right", "l"], A::NextMember, "walk", "go to the finding's next step"),
    bind(C::Findings, &["left", "h"], A::PreviousMember, "", "go back to its previous step"),
    bind(C::Findings, &["X"], A::Dismiss, "dismiss", "dismiss the finding in this run, or take that back"),
    bind(C::Run, &["w"], A::Findings, "findings", "show what was flagged, the most wasteful first; hide it"),
    bind(C::Run, &["H"], A::Handoffs, "handoffs", "who gave the work to whom, how often, for how much"),
    bind(C::Run, &["tab", "backtab"], A::Pane, "pane", "other pane"),
    bind(C::Run, &["/"], A::Search, "search", "find words: in the steps, or in the detail while it has the keys"),
    bind(C::Run, &["n"], A::NextError, "next error", "next failed step"),
    bind(C::Run, &["N"], A::PreviousError, "", "previous failed step"),
    bind(C::Run, &["m"], A::NextCall, "", "next model call"),
    bind(C::Run, &["M"], A::PreviousCall, "", "previous model call"),
    bind(C::Run, &["t"], A::NextTool, "", "next tool call"),
    bind(C::Run, &["T"], A::PreviousTool, "", "previous tool call"),
    bind(C::Run, &["s"], A::NextSame, "", "next step of the same kind and name, such as the same tool"),
    bind(C::Run, &["S"], A::PreviousSame, "", "previous step of the same kind and name"),
    bind(C::Run, &[">"], A::NextInTime, "", "the step that began next, whatever its place in the tree"),
    bind(C::Run, &["<"], A::PreviousInTime, "", "the step that began before"),
    bind(C::Run, &["$"], A::Dearest, "", "the step that cost most by itself"),
    bind(C::Run, &["P"], A::CriticalPath, "", "mark the steps that the end of the run waited for"),
    bind(C::Run, &["x"], A::Column, "", "figures of all steps below, of the step alone, or of all so far"),
    bind(C::Run, &["o"], A::Elsewhere, "open", "read the whole step in $PAGER or $EDITOR"),
    bind(C::Run, &["Y"], A::CopyStep, "", "copy the step as JSON"),
    bind(C::Run, &["ctrl-y"], A::CopyId, "", "copy the step's span id"),
    bind(C::Run, &["]"], A::NextFinding, "", "next finding; from the findings, the next step of one"),
    bind(C::Run, &["["], A::PreviousFinding, "", "previous finding; from the findings, the previous step of one"),
    bind(C::Run, &["!"], A::OnlyFlagged, "only flagged", "show flagged steps and what is above them, or all"),
    bind(C::Run, &["f"], A::Follow, "follow", "stay on the newest step; moving leaves it"),
    bind(C::Run, &["c"], A::Cost, "cost", "read what the step cost and why; of an agent or a run, its sum"),
    bind(C::Run, &["p"], A::Plumbing, "plumbing", "show or hide plumbing: queues, hooks, graph nodes, HTTP"),
    bind(C::Run, &["-"], A::FoldAll, "", "fold all"),
    bind(C::Run, &["+", "="], A::UnfoldAll, "", "unfold all"),
    bind(C::Run, &["z"], A::Zoom, "zoom", "detail over the whole width, and back"),
    bind(C::Hits, &["n"], A::NextHit, "next hit", "next hit; after the last the first again"),
    bind(C::Hits, &["N"], A::PreviousHit, "", "previous hit"),
    bind(C::Hits, &["esc"], A::EndSearch, "end search", "mark no hits any more"),
    bind(C::Search, &["enter"], A::Accept, "keep", "keep the hits marked and go back to the pane"),
    bind(C::Search, &["esc"], A::Cancel, "end", "give up, back to where the search began"),
    bind(C::Search, &["down"], A::NextHit, "next", "next hit"),
    bind(C::Search, &["up"], A::PreviousHit, "", "previous hit"),
    bind(C::Search, &["ctrl-c"], A::Quit, "", "quit"),
    bind(C::Handoffs, &["enter", "right", "l"], A::Open, "first step", "go to the first step of the agent, or of the handoff; a second click does, too"),
    bind(C::Handoffs, &["H"], A::Handoffs, "", "back to the run"),
    bind(C::Beside, &["n"], A::NextHunk, "next", "next difference"),
    bind(C::Beside, &["N"], A::PreviousHunk, "", "previous difference"),
    bind(C::Beside, &["enter"], A::Open, "open step", "open the step of this side in its run"),
    bind(C::Beside, &["tab", "backtab"], A::Side, "side", "the other side"),
    bind(C::Beside, &["u", "space"], A::Toggle, "unfold", "unfold or fold the stretch here, or the nearest one"),
    bind(C::Beside, &["right", "l"], A::Unfold, "", "unfold the stretch"),
    bind(C::Beside, &["left", "h"], A::Fold, "", "fold the stretch"),
    bind(C::Beside, &["y"], A::Copy, "copy", "copy the whole comparison as Markdown"),
    bind(C::Evidence, &["left", "h"], A::Fold, "fold", "fold, or go to what holds this line"),
    bind(C::Evidence, &["right", "l"], A::Unfold, "unfold", "unfold"),
    bind(C::Evidence, &["space", "enter"], A::Toggle, "", "fold or unfold"),
    bind(C::Evidence, &["y"], A::Copy, "copy", "copy the value on this line, or all that the line holds"),
    bind(C::Diff, &["m"], A::Messages, "messages", "what the model was asked, message by message"),
    bind(C::Diff, &["z"], A::Zoom, "why", "read what is said of the difference in full, and back"),
    bind(C::Diff, &["s"], A::Swap, "swap", "swap the two runs"),
    bind(C::Diff, &["t"], A::Totals, "totals", "figures of each step, or of all steps up to it"),
    bind(C::Diff, &["p"], A::Plumbing, "plumbing", "show or hide frames and plumbing"),
    bind(C::Diff, &["e"], A::Export, "export", "copy the command that prints this comparison"),
    bind(C::Diff, &["-"], A::FoldAll, "", "fold all"),
    bind(C::Diff, &["+", "="], A::UnfoldAll, "", "unfold all"),
    bind(C::Moving, &["up", "k"], A::Up, "", "up"),
    bind(C::Moving, &["down", "j"], A::Down, "", "down"),
    bind(C::Moving, &["pageup", "ctrl-b"], A::PageUp, "", "a page up"),
    bind(C::Moving, &["pagedown", "ctrl-f"], A::PageDown, "", "a page down"),
    bind(C::Moving, &["ctrl-u"], A::HalfUp, "", "half a page up"),
    bind(C::Moving, &["ctrl-d"], A::HalfDown, "", "half a page down"),
    bind(C::Moving, &["home", "g"], A::First, "", "to the first"),
    bind(C::Moving, &["end", "G"], A::Last, "", "to the last"),
    bind(C::Everywhere, &["esc"], A::Escape, "", "back: clear the filter, leave the pane, the screen"),
    bind(C::Everywhere, &["q"], A::Back, "back", "leave the screen; from the runs, quit"),
    bind(C::Everywhere, &["?"], A::Help, "help", "show or hide this help"),
    bind(C::Everywhere, &["ctrl-z"], A::Suspend, "", "back to the shell until fg"),
    bind(C::Everywhere, &["ctrl-c"], A::Quit, "", "quit"),
];
