//! Where keys mean something.

/// Where a key means something. A screen listens in a chain of contexts, the narrowest first. Its name is what config
/// file and scripts call it: the variant's, in kebab case.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Context {
    /// On every screen.
    Everywhere,
    /// Wherever there is a cursor.
    Moving,
    /// List of runs.
    Runs,
    /// List of runs while there is none.
    Empty,
    /// Filter line while it is typed.
    Filter,
    /// An open run, either pane.
    Run,
    /// Its tree.
    Tree,
    /// Its timeline.
    Timeline,
    /// Its detail pane.
    Detail,
    /// Full-text search, always typed.
    Find,
    /// Search line while it is typed.
    Search,
    /// A pane in which hits are marked.
    Hits,
    /// What was flagged in it.
    Findings,
    /// Who gave the work to whom in it.
    Handoffs,
    /// It in the order of time, either pane.
    Replay,
    /// Its stops there.
    Stops,
    /// What was said by then.
    Scene,
    /// Wherever a run can be laid beside another.
    Compare,
    /// Two runs beside each other.
    Diff,
    /// Their rows.
    Beside,
    /// What is said of a difference, read in full.
    Evidence,
    /// Whether runs are really to be deleted.
    Confirm,
    /// Commands over any screen.
    Palette,
    /// The help over any screen.
    Help,
}

impl Context {
    /// Its name: `run`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Heading in the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Moving => "Moving",
            Self::Runs => "Runs",
            Self::Empty => "Before the first run",
            Self::Filter => "Filter",
            Self::Run => "Run",
            Self::Tree => "Steps",
            Self::Timeline => "Timeline",
            Self::Detail => "Step in detail",
            Self::Find => "Find in all texts",
            Self::Search => "Search",
            Self::Hits => "Search hits",
            Self::Findings => "Findings",
            Self::Handoffs => "Handoffs",
            Self::Replay => "Replay",
            Self::Stops => "Replay: step by step",
            Self::Scene => "Replay: the conversation",
            Self::Compare => "Comparing runs",
            Self::Diff => "Two runs",
            Self::Beside => "Steps beside each other",
            Self::Evidence => "Why, in full",
            Self::Confirm => "Deleting runs",
            Self::Palette => "Commands",
            Self::Help => "Help",
        }
    }

    /// Whether a line is typed here: keys that write or edit it can mean nothing else.
    pub const fn is_typed(self) -> bool {
        matches!(self, Self::Filter | Self::Find | Self::Search | Self::Palette)
    }

    /// Whether its keys come and go, and may take those of the contexts behind it meanwhile.
    pub const fn covers(self) -> bool {
        matches!(self, Self::Hits)
    }
}
