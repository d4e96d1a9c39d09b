//! Who gave the work to whom in the run below: agents, then the ways between them, in one list.

use crate::analyze::handoff_graph::HandoffGraph;
use crate::tui::scroll::{moved, reveal};

/// Lines that are no item: the heading of the agents; a gap and the heading of the ways.
const HEADINGS: [usize; 2] = [1, 2];

/// State of the view.
#[derive(Debug, Default)]
pub struct Handoffs {
    /// Place in the list.
    pub at: usize,
    /// First line in the window.
    pub top: usize,
}

/// What the cursor is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandoffItem {
    /// An agent, as [`HandoffGraph::agents`] counts.
    Agent(usize),
    /// A way, as [`HandoffGraph::edges`] counts.
    Edge(usize),
}

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandoffLine {
    /// Names of the columns over the agents.
    Agents,
    /// Nothing.
    Gap,
    /// Names of the columns over the ways.
    Edges,
    /// An item.
    Item(HandoffItem),
}

impl Handoffs {
    /// Moves the cursor.
    pub fn step(&mut self, step: isize, graph: &HandoffGraph) {
        self.at = moved(self.at, step, items(graph));
    }

    /// Brings the cursor, and the heading above the first item, into a window of this height.
    pub fn fit(&mut self, height: usize, graph: &HandoffGraph) {
        self.at = self.at.min(items(graph).saturating_sub(1));
        let line = line_of(self.at, graph);
        let upper = if self.at == 0 { 0 } else { line };
        self.top = reveal(reveal(self.top, upper, height, lines(graph)), line, height, lines(graph));
    }

    /// What the cursor is on.
    pub fn item(&self, graph: &HandoffGraph) -> HandoffItem {
        item(self.at, graph)
    }

    /// The line that the cursor is on.
    pub fn line(&self, graph: &HandoffGraph) -> usize {
        line_of(self.at, graph)
    }

    /// Puts the cursor on the item of a line, if it has one.
    pub fn select_line(&mut self, line: usize, graph: &HandoffGraph) {
        let found = (0..items(graph)).find(|&at| line_of(at, graph) == line);
        self.at = found.unwrap_or(self.at);
    }
}

/// The line at a place.
pub fn handoff_line(line: usize, graph: &HandoffGraph) -> Option<HandoffLine> {
    let agents = graph.agents.len();
    let edges_from = HEADINGS[0] + agents + HEADINGS[1];
    match line {
        0 => Some(HandoffLine::Agents),
        _ if line <= agents => Some(HandoffLine::Item(HandoffItem::Agent(line - 1))),
        _ if graph.edges.is_empty() => None,
        _ if line == agents + 1 => Some(HandoffLine::Gap),
        _ if line == agents + 2 => Some(HandoffLine::Edges),
        _ if line < edges_from + graph.edges.len() => {
            Some(HandoffLine::Item(HandoffItem::Edge(line - edges_from)))
        }
        _ => None,
    }
}

/// Lines of the whole list.
pub fn lines(graph: &HandoffGraph) -> usize {
    let ways = if graph.edges.is_empty() { 0 } else { HEADINGS[1] + graph.edges.len() };
    HEADINGS[0] + graph.agents.len() + ways
}

const fn items(graph: &HandoffGraph) -> usize {
    graph.agents.len() + graph.edges.len()
}

fn item(at: usize, graph: &HandoffGraph) -> HandoffItem {
    at.checked_sub(graph.agents.len()).map_or(HandoffItem::Agent(at), HandoffItem::Edge)
}

fn line_of(at: usize, graph: &HandoffGraph) -> usize {
    match item(at, graph) {
        HandoffItem::Agent(at) => at + HEADINGS[0],
        HandoffItem::Edge(at) => at + HEADINGS[0] + graph.agents.len() + HEADINGS[1],
    }
}
