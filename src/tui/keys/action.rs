//! What keys do.

/// What a key does. Its name is what config file, palette and scripts call it: the variant's, in kebab case, unless it
/// says otherwise. A name that was released stays.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// Leave the program at once.
    Quit,
    /// Leave this screen; the program from the first.
    Back,
    /// Undo the nearest thing: filter, zoom, pane, screen; never the program.
    Escape,
    /// Show or hide help.
    Help,
    /// Find any command by its letters.
    Palette,
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
    #[strum(serialize = "reverse-sort")]
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
    #[strum(serialize = "other-pane")]
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
    #[strum(serialize = "toggle-fold")]
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
    #[strum(serialize = "open-elsewhere")]
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
    #[strum(serialize = "most-expensive")]
    Dearest,
    /// Mark the steps that the run's end waited for.
    CriticalPath,
    /// Sums of the subtree, own figures, or all so far.
    #[strum(serialize = "figures")]
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
    #[strum(serialize = "next-finding-step")]
    NextMember,
    /// Previous step of the finding.
    #[strum(serialize = "previous-finding-step")]
    PreviousMember,
    /// Show flagged steps alone, or all.
    OnlyFlagged,
    /// Fold or unfold the rounds of a finding.
    #[strum(serialize = "fold-rounds")]
    Rounds,
    /// Dismiss the finding, or take that back.
    Dismiss,
    /// Delete the run, or the marked ones, after asking.
    Delete,
    /// Yes, delete them.
    Confirm,
    /// Show who handed the work to whom.
    Handoffs,
    /// Show the steps on a timeline, or as a tree.
    Timeline,
    /// The step before, in its lane of the timeline.
    PreviousInLane,
    /// The step after, in its lane of the timeline.
    NextInLane,
    /// Narrow the time axis to the step, or further.
    #[strum(serialize = "zoom-in-time")]
    Narrow,
    /// Widen the time axis to what it was before.
    #[strum(serialize = "zoom-out-of-time")]
    Widen,
    /// The next run of the session.
    #[strum(serialize = "next-in-session")]
    NextSibling,
    /// The run of the session before.
    #[strum(serialize = "previous-in-session")]
    PreviousSibling,
    /// Replay the run from the step on; back to it.
    Replay,
    /// Mark a run for a comparison, or take the mark away.
    Mark,
    /// Compare with the other marked run, the marked one or the one before.
    Diff,
    /// Compare with the best earlier run of the same task.
    DiffBest,
    /// Next difference.
    #[strum(serialize = "next-difference")]
    NextHunk,
    /// Previous difference.
    #[strum(serialize = "previous-difference")]
    PreviousHunk,
    /// Swap the two sides.
    Swap,
    /// The other side.
    #[strum(serialize = "other-side")]
    Side,
    /// Own figures, or those of all steps so far.
    Totals,
    /// What was asked, message by message.
    Messages,
    /// The command that prints the comparison.
    Export,
}

impl Action {
    /// Its name: `next-error`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
