//! What keys do.

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Leave the program at once.
    Quit,
    /// Leave this screen; the program from the first.
    Back,
    /// Undo the nearest thing: filter, zoom, pane, screen; never the program.
    Escape,
    /// Show or hide help.
    Help,
    /// Show the next theme.
    NextTheme,
    /// Leave the mouse to the terminal, or take it back.
    Mouse,
    /// Back to the shell until `fg`.
    Suspend,
    /// One up.
    Up,
    /// One down.
    Down,
    /// A window up.
    PageUp,
    /// A window down.
    PageDown,
    /// Half a window up.
    HalfUp,
    /// Half a window down.
    HalfDown,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// Open what the cursor is on.
    Open,
    /// Type a filter.
    Filter,
    /// Keep the typed filter.
    Accept,
    /// Drop the typed filter.
    Cancel,
    /// What Tab offers for what is typed, and the next of it.
    Complete,
    /// The one before.
    CompleteBack,
    /// Search all texts.
    Find,
    /// Group runs by session, agent, day, or not.
    Group,
    /// Sort by the next column.
    Sort,
    /// Sort the other way round.
    Turn,
    /// Show or hide traces without an agent's doing.
    AllTraces,
    /// Follow the newest.
    Follow,
    /// Copy the environment variables.
    CopySetup,
    /// Say what was turned away, and why.
    Refusals,
    /// Play the demo.
    Demo,
    /// Other pane.
    Pane,
    /// Detail over the whole width, and back.
    Zoom,
    /// Next failed step.
    NextError,
    /// Previous failed step.
    PreviousError,
    /// Show or hide plumbing.
    Plumbing,
    /// Fold, or go to the parent.
    Fold,
    /// Unfold, or go to the first child.
    Unfold,
    /// Fold or unfold.
    Toggle,
    /// Fold everything.
    FoldAll,
    /// Unfold everything.
    UnfoldAll,
    /// Next step, seen from the detail pane.
    NextStep,
    /// Previous step, seen from the detail pane.
    PreviousStep,
    /// Copy what the cursor is on.
    Copy,
    /// Copy the step as JSON.
    CopyStep,
    /// Copy the step's id.
    CopyId,
    /// Read the step in another program.
    Elsewhere,
    /// Type what is to be looked for.
    Search,
    /// Next hit.
    NextHit,
    /// Previous hit.
    PreviousHit,
    /// Mark no hits any more.
    EndSearch,
    /// Next model call.
    NextCall,
    /// Previous model call.
    PreviousCall,
    /// Next tool call.
    NextTool,
    /// Previous tool call.
    PreviousTool,
    /// Next step of the same kind and name.
    NextSame,
    /// Previous step of the same kind and name.
    PreviousSame,
    /// The step that began next.
    NextInTime,
    /// The step that began before.
    PreviousInTime,
    /// The step that cost most by itself.
    Dearest,
    /// Mark the steps that the run's end waited for.
    CriticalPath,
    /// Sums of the subtree, own figures, or all so far.
    Column,
    /// Read why the step cost what it did.
    Cost,
    /// Show what was flagged; hide it.
    Findings,
    /// Next finding; in the findings, the next step of one.
    NextFinding,
    /// Previous finding; in the findings, the previous step of one.
    PreviousFinding,
    /// Next step of the finding.
    NextMember,
    /// Previous step of the finding.
    PreviousMember,
    /// Show flagged steps alone, or all.
    OnlyFlagged,
    /// Fold or unfold the rounds of a finding.
    Rounds,
    /// Dismiss the finding, or take that back.
    Dismiss,
    /// Show who handed the work to whom.
    Handoffs,
    /// Replay the run from the step on; back to it.
    Replay,
    /// Mark a run for a comparison, or take the mark away.
    Mark,
    /// Compare with the other marked run, the marked one or the one before.
    Diff,
    /// Compare with the best earlier run of the same task.
    DiffBest,
    /// Next difference.
    NextHunk,
    /// Previous difference.
    PreviousHunk,
    /// Swap the two sides.
    Swap,
    /// The other side.
    Side,
    /// Own figures, or those of all steps so far.
    Totals,
    /// What was asked, message by message.
    Messages,
    /// The command that prints the comparison.
    Export,
}
