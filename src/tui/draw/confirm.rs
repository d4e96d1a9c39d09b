//! The question before runs are deleted: what goes, what stays, how to say yes and no.

use ratatui::layout::Rect;

use crate::model::{RunStatus, RunSummary};
use crate::report::text;
use crate::tui::app::App;
use crate::tui::keys::{Action, chains};
use crate::tui::layout;
use crate::tui::screens::Confirm;
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow};
use super::chrome::{self, counted};
use super::runs;

/// Runs that are named one by one, at most.
const NAMED: usize = 5;
/// Rows of the box that are not for them.
const OTHERS: u16 = 6;
/// Columns of whose run it is.
const AGENT: u16 = 15;

/// One line of the box.
type Line = Vec<(String, Role)>;

/// Draws the box over the list.
pub(super) fn draw(canvas: &mut Canvas, app: &App, confirm: &Confirm) {
    let area = layout::confirm(app.size, 0);
    let lines = lines(app, confirm, usize::from(area.width.saturating_sub(6)));
    let frame = layout::confirm(app.size, lines.len());
    canvas.pop_up(frame);
    let title = match confirm.runs.len() {
        1 => " Delete this run? ".to_owned(),
        many => format!(" Delete {many} runs? "),
    };
    canvas.put((frame.x + 2, frame.y), frame.width.saturating_sub(4), &title, Role::Error);
    for (line, y) in lines.iter().zip(frame.y + 1..frame.bottom().saturating_sub(1)) {
        let row = Rect { x: frame.x + 3, y, width: frame.width.saturating_sub(6), height: 1 };
        let mut flow = Flow::new(canvas, row);
        for (words, role) in line {
            flow.put(words, *role);
        }
    }
    chrome::answers(canvas, app, chains::CONFIRM, &[Action::Confirm, Action::Cancel], frame);
}

fn lines(app: &App, confirm: &Confirm, room: usize) -> Vec<Line> {
    let known: Vec<&RunSummary> = confirm.runs.iter().filter_map(|&key| app.runs.get(key)).collect();
    let most = usize::from(app.size.1.saturating_sub(OTHERS)).clamp(1, NAMED);
    let mut lines: Vec<Line> = known.iter().take(most).map(|run| named(app, run, room)).collect();
    if known.len() > most {
        lines.push(vec![(format!("… and {} more", known.len() - most), Role::Dim)]);
    }
    lines.push(Vec::new());
    let steps = known.iter().map(|run| run.steps).sum();
    let goes = format!("{} go for good; what other runs share stays.", counted(steps, "step"));
    lines.push(vec![(goes, Role::Text)]);
    let running = known.iter().filter(|run| run.times.status(app.now) == RunStatus::Running).count();
    if running > 0 {
        let who =
            if known.len() == 1 { "Still running".to_owned() } else { format!("{running} still running") };
        lines.push(vec![(format!("{who}: later steps begin a new run."), Role::Warning)]);
    }
    lines
}

/// A run on one line: how it went, whose it is, what it was to do, how much of it there is.
fn named(app: &App, run: &RunSummary, room: usize) -> Line {
    let glyphs = app.settings.look.glyphs;
    let status = run.times.status(app.now);
    let agent = text::pad(&runs::agent(run, AGENT), AGENT.into());
    let steps = format!("  {}", counted(run.steps, "step"));
    let left = room.saturating_sub(5 + usize::from(AGENT) + text::width(&steps));
    let task = text::preview(run.task.as_deref().unwrap_or(&run.name), left);
    vec![
        (format!("{}  ", glyphs.status(status)), runs::status_role(status)),
        (agent + "  ", Role::Text),
        (text::pad(&task, left), Role::Dim),
        (steps, Role::Dim),
    ]
}
