//! Signs for kinds, states and findings, each with an ASCII twin. One table for everything that draws them.

use crate::model::{FindingKind, RunStatus, StepKind};

/// A sign of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph {
    fine: &'static str,
    ascii: &'static str,
}

impl Glyph {
    const fn new(fine: &'static str, ascii: &'static str) -> Self {
        Self { fine, ascii }
    }

    /// The sign, or its twin.
    pub const fn text(self, ascii: bool) -> &'static str {
        if ascii { self.ascii } else { self.fine }
    }
}

/// All is well.
pub const GOOD: Glyph = Glyph::new("✔", "+");
/// Something failed.
pub const FAILED: Glyph = Glyph::new("✖", "x");
/// Still at work.
pub const RUNNING: Glyph = Glyph::new("◐", "~");
/// A parent that never came.
pub const MISSING: Glyph = Glyph::new("◌", "?");
/// A parent cycle was cut here.
pub const CUT: Glyph = Glyph::new("↺", "^");
/// From … to.
pub const ARROW: Glyph = Glyph::new("→", ">");

/// Sign of a run's state.
pub const fn status(status: RunStatus) -> Glyph {
    match status {
        RunStatus::Running => RUNNING,
        RunStatus::Ok => GOOD,
        RunStatus::Error => FAILED,
        RunStatus::Incomplete => MISSING,
    }
}

/// Sign of a kind of step.
pub const fn kind(kind: StepKind) -> Glyph {
    match kind {
        StepKind::Agent => Glyph::new("◆", "A"),
        StepKind::Workflow => Glyph::new("◈", "W"),
        StepKind::Llm => Glyph::new("●", "M"),
        StepKind::Tool => Glyph::new("⚙", "T"),
        StepKind::Handoff => Glyph::new("⇢", "H"),
        StepKind::Retrieval => Glyph::new("⌕", "R"),
        StepKind::Embedding => Glyph::new("∷", "E"),
        StepKind::Rerank => Glyph::new("⇅", "K"),
        StepKind::Guardrail => Glyph::new("⊘", "G"),
        StepKind::Evaluation => Glyph::new("★", "V"),
        StepKind::Task => Glyph::new("▪", "t"),
        StepKind::Other => Glyph::new("·", "."),
    }
}

/// Sign of a kind of finding.
pub const fn finding(kind: FindingKind) -> Glyph {
    match kind {
        FindingKind::Loop => Glyph::new("↻", "@"),
        FindingKind::HandoffCycle => Glyph::new("⇄", "%"),
        FindingKind::Budget => Glyph::new("¤", "$"),
        FindingKind::Context => Glyph::new("◔", "c"),
        FindingKind::Truncated => Glyph::new("✂", "/"),
        FindingKind::Refused => Glyph::new("⊗", "!"),
        FindingKind::Failure => Glyph::new("⚠", "f"),
        FindingKind::SilentFailure => Glyph::new("⊖", "s"),
        FindingKind::Exhausted => Glyph::new("∎", "#"),
        FindingKind::LowConfidence => Glyph::new("≟", "u"),
        FindingKind::Slow => Glyph::new("⧗", "z"),
        FindingKind::Costly => Glyph::new("▲", "&"),
        FindingKind::Stall => Glyph::new("◷", "w"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text;

    #[test]
    fn every_sign_takes_one_column_and_no_two_kinds_share_one() {
        for ascii in [false, true] {
            let mut signs: Vec<_> = StepKind::ALL.iter().map(|&k| kind(k).text(ascii)).collect();
            signs.extend(FindingKind::ALL.iter().map(|&k| finding(k).text(ascii)));
            assert!(signs.iter().all(|sign| text::width(sign) == 1 && sign.is_ascii() == ascii), "{signs:?}");
            let mut unique = signs.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), signs.len());
        }
    }
}
