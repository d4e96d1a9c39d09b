//! Where the parts of the view of handoffs stand: the map beside the list, above it, or a matrix in its place. The drawing
//! and the mouse ask the same question and must get the same answer.

use ratatui::layout::Rect;

use crate::analyze::handoff_graph::HandoffGraph;
use crate::model::FindingKind;
use crate::report::text;

use super::backend::RunView;
use super::handoff_map::{Map, Way};
use super::marks::{Flagged, Marks};
use super::screens::handoff_lines;

/// Least columns of the list where the map stands beside it.
const LIST: u16 = 46;

/// What is shown where.
#[derive(Debug)]
pub struct Places {
    /// The map, where it fits.
    pub map: Option<(Map, Rect)>,
    /// Agents and ways.
    pub list: Rect,
    /// Whether the list has the matrix beside it.
    pub matrix: bool,
    /// Words about the worst ring, where there is one and room.
    pub ring: Option<Rect>,
}

/// The places in `body` of the agents of a run and the ways between them.
pub fn places(view: &RunView, mut body: Rect) -> Places {
    let ring = worst_ring(&view.marks).filter(|_| body.height > 4).map(|_| {
        body.height -= 2;
        Rect { y: body.bottom() + 1, height: 1, ..body }
    });
    let graph = &view.graph;
    let inner = Rect {
        x: body.x + 2,
        width: body.width.saturating_sub(4),
        y: body.y + 1,
        height: body.height.saturating_sub(1),
    };
    let (map, list) = with_map(graph, inner).unzip();
    let whole = Rect { y: body.y, height: body.height, ..inner };
    Places { matrix: map.is_none(), map, list: list.unwrap_or(whole), ring }
}

/// The map and the list, beside each other or one above the other; nothing where neither fits.
fn with_map(graph: &HandoffGraph, inner: Rect) -> Option<((Map, Rect), Rect)> {
    let names: Vec<usize> = graph.agents.iter().map(|agent| text::width(&text::shown(&agent.name))).collect();
    let ways: Vec<Way> = graph.edges.iter().map(|edge| Way { from: edge.from, to: edge.to }).collect();
    if let Some(map) = Map::fit(&names, &ways, (inner.width.saturating_sub(LIST), inner.height)) {
        let x = inner.x + map.width + 2;
        let area = Rect { width: map.width, ..inner };
        return Some(((map, area), Rect { x, width: inner.right() - x, ..inner }));
    }
    let lines = u16::try_from(handoff_lines(graph)).unwrap_or(u16::MAX);
    let above = inner.height.saturating_sub(lines.saturating_add(1));
    let map = Map::fit(&names, &ways, (inner.width, above))?;
    let y = inner.y + map.height + 1;
    let area = Rect { height: map.height, ..inner };
    Some(((map, area), Rect { y, height: inner.bottom() - y, ..inner }))
}

/// The ring that is told: the worst that nobody dismissed.
pub fn worst_ring(marks: &Marks) -> Option<&Flagged> {
    let rings = marks.flagged.iter().filter(|f| f.finding.kind == FindingKind::HandoffCycle);
    rings.filter(|f| !f.finding.dismissed).max_by_key(|f| (f.finding.severity, f.finding.wasted_tokens))
}
