//! The few colours of printed text. Color adds, never carries alone: each stands beside a sign or a word.

use anstyle::{AnsiColor, Style};

use crate::model::{RunStatus, Severity};

pub(super) const PLAIN: Style = Style::new();
pub(super) const QUIET: Style = Style::new().dimmed();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();
pub(super) const LIVE: Style = AnsiColor::Cyan.on_default();
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();

pub(super) const fn status(status: RunStatus) -> Style {
    match status {
        RunStatus::Running => LIVE,
        RunStatus::Ok => GOOD,
        RunStatus::Error => BAD,
        RunStatus::Incomplete => QUIET,
    }
}

pub(super) const fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Hint => QUIET,
        Severity::Warning => WARN,
        Severity::Alarm => BAD,
    }
}

/// `text` in `style`, reset after it; nothing around plain or empty text.
pub(super) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}
