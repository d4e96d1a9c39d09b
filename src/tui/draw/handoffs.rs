//! Who gave the work to whom: a map of the agents, what each did and took, and the ways between them.

use std::borrow::Cow;

use ratatui::layout::Rect;
use rustc_hash::FxHashSet;

use crate::analyze::handoff_graph::{Agent, Edge, HandoffGraph};
use crate::model::{CostTotal, FindingKind, TokenTotals};
use crate::report::{format, text};
use crate::tui::app::App;
use crate::tui::backend::RunView;
use crate::tui::handoff_places::{Places, places, worst_ring};
use crate::tui::layout;
use crate::tui::marks::Flagged;
use crate::tui::screens::{HandoffItem, HandoffLine, Handoffs, Run, handoff_line};
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};
use super::handoff_map;
use super::marks::{severity_role, wasted};
use super::{chrome, run};

/// Columns of steps, tokens in and out, cost and time.
const FIGURES: [u16; 5] = [7, 8, 7, 10, 9];
/// The same without the tokens, for narrow terminals.
const FEW: [u16; 5] = [7, 0, 0, 10, 9];
/// Least and most columns of a name.
const NAME: (u16, u16) = (16, 40);
/// Columns of a number in the matrix.
const MATRIX: u16 = 4;

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas, app: &App, run: &Run, pane: &Handoffs) {
    let areas = layout::handoffs(app.size);
    run::title(canvas, app, run, areas.title);
    canvas.rule(areas.rule, &[("Handoffs", Role::Title)]);
    chrome::footer(canvas, app, areas.footer);
    let Some(view) = &run.view else {
        return;
    };
    let graph = &view.graph;
    if graph.edges.is_empty() {
        return alone(canvas, graph, areas.body);
    }
    let ring = worst_ring(&view.marks);
    let places = places(view, areas.body);
    if let (Some(flagged), Some(area)) = (ring, places.ring) {
        ring_in_words(canvas, flagged, area);
    }
    let edges = ring.map(|flagged| graph.ring(&flagged.finding.members)).unwrap_or_default();
    let selected = pane.item(graph);
    if let Some((map, area)) = &places.map {
        let worst = ring.map_or(Role::Text, |flagged| severity_role(flagged.finding.severity));
        handoff_map::draw(canvas, graph, map, &edges, worst, selected, *area);
    }
    list(canvas, view, pane, &edges, &places);
}

fn ring_in_words(canvas: &mut Canvas, flagged: &Flagged, area: Rect) {
    let role = severity_role(flagged.finding.severity);
    let sign = canvas.look.glyphs.finding(flagged.finding.kind);
    let waste = wasted(flagged.finding.wasted_tokens, flagged.finding.wasted_cost);
    let mut flow = Flow::new(canvas, Rect { width: area.width.saturating_sub(2), ..area });
    flow.gap(2).put(sign, role).gap(1);
    flow.right(&[(&waste, Role::Text)]);
    let room = flow.room().into();
    flow.put(&text::preview(&flagged.finding.message, room), role);
}

/// Where nobody gave the work to anybody.
fn alone(canvas: &mut Canvas, graph: &HandoffGraph, area: Rect) {
    let words: Cow<str> = match graph.agents.as_slice() {
        [] => "no agent is named in this run".into(),
        [one] => format!("{} did all the work alone", one.name).into(),
        many => format!("{} agents worked, and none gave the work to another", many.len()).into(),
    };
    canvas.put((area.x + 2, area.y + 1), area.width.saturating_sub(4), &words, Role::Text);
    let more = "handoffs, agents called by agents and one after another are drawn here";
    canvas.put((area.x + 2, area.y + 2), area.width.saturating_sub(4), more, Role::Dim);
}

/// Agents and ways in the window.
fn list(canvas: &mut Canvas, view: &RunView, pane: &Handoffs, ring: &FxHashSet<usize>, places: &Places) {
    let graph = &view.graph;
    let name = if places.matrix { name_columns(graph).min(NAME.0 + 8) } else { name_columns(graph) };
    let columns = if places.matrix { MATRIX.saturating_mul(columns(graph.agents.len())) } else { 0 };
    let needed = name.min(NAME.0 + 8).saturating_add(FIGURES.iter().sum()).saturating_add(columns);
    let figures = if places.list.width > needed { FIGURES } else { FEW };
    let left = places.list.width.saturating_sub(figures.iter().sum::<u16>() + 1);
    // a name gives way where the whole matrix has room then
    let beside = left.saturating_sub(columns + 1);
    let left = if places.matrix && beside >= NAME.0 { beside } else { left };
    let pen = Pen { graph, name: name.min(left), figures, matrix: places.matrix };
    for (line, y) in (pane.top..).zip(places.list.top()..places.list.bottom()) {
        let width = if places.matrix { places.list.width } else { places.list.width.min(pen.width()) };
        let strip = Rect { y, height: 1, width, ..places.list };
        match handoff_line(line, graph) {
            None => break,
            Some(HandoffLine::Gap) => {}
            Some(HandoffLine::Agents) => {
                pen.heading(canvas, "AGENT", ["STEPS", "IN", "OUT", "COST", "TIME"], strip);
            }
            Some(HandoffLine::Edges) => {
                pen.heading(canvas, "HANDOFF", ["TIMES", "IN", "OUT", "COST", "KIND"], strip);
            }
            Some(HandoffLine::Item(item)) => {
                pen.item(canvas, item, ring, strip);
                if item == pane.item(graph) {
                    canvas.fill((strip.x, y), 1, canvas.look.glyphs.cursor, Role::Accent);
                    canvas.overlay(strip, canvas.look.theme.cursor_row(true));
                }
            }
        }
    }
}

/// Columns that the names take with their signs, as far as they may.
fn name_columns(graph: &HandoffGraph) -> u16 {
    let width = |at: usize| text::width(&text::shown(&graph.agents[at].name));
    let ways = graph.edges.iter().map(|edge| width(edge.from) + width(edge.to) + 3);
    let widest = (0..graph.agents.len()).map(|at| width(at) + 3).chain(ways).max().unwrap_or(0);
    columns(widest + 6).clamp(NAME.0, NAME.1)
}

/// Draws lines of the list.
struct Pen<'a> {
    graph: &'a HandoffGraph,
    /// Columns of the names.
    name: u16,
    figures: [u16; 5],
    matrix: bool,
}

impl Pen<'_> {
    /// Columns of a line without the matrix.
    fn width(&self) -> u16 {
        self.name + self.figures.iter().sum::<u16>() + 1
    }

    fn heading(&self, canvas: &mut Canvas, name: &str, titles: [&str; 5], area: Rect) {
        canvas.put((area.x + 2, area.y), self.name - 2, name, Role::Dim);
        self.cells(canvas, &titles.map(|title| (title.to_owned(), Role::Dim)), area);
        if self.matrix && name == "AGENT" {
            let arrow = canvas.look.glyphs.arrow;
            self.matrix(canvas, area, |to| Some((format!("{arrow}{}", to + 1), Role::Dim)));
        }
    }

    fn item(&self, canvas: &mut Canvas, item: HandoffItem, ring: &FxHashSet<usize>, area: Rect) {
        let glyphs = canvas.look.glyphs;
        let mut flow = Flow::new(canvas, Rect { x: area.x, width: self.name - 1, ..area });
        flow.gap(2);
        match item {
            HandoffItem::Agent(at) => {
                let Some(agent) = self.graph.agents.get(at) else { return };
                if self.matrix {
                    flow.put(&text::pad_left(&(at + 1).to_string(), 2), Role::Dim).gap(1);
                }
                flow.put(glyphs.kind(crate::model::StepKind::Agent), Role::Agent).gap(1);
                let room = flow.room().into();
                flow.put(&text::preview(&agent.name, room), Role::Title);
                self.agent(canvas, at, agent, ring, area);
            }
            HandoffItem::Edge(at) => {
                let Some(edge) = self.graph.edges.get(at) else { return };
                let role = if ring.contains(&at) { Role::Warning } else { Role::Handoff };
                let sign = if ring.contains(&at) {
                    glyphs.finding(FindingKind::HandoffCycle)
                } else {
                    way_sign(edge, glyphs)
                };
                flow.put(sign, role).gap(1);
                let [from, to] = [edge.from, edge.to].map(|at| self.graph.agents[at].name.as_str());
                let half = usize::from(flow.room().saturating_sub(3)) / 2;
                let from = text::preview(
                    from,
                    half.max(usize::from(flow.room()).saturating_sub(3 + text::width(to))),
                );
                flow.put(&from, Role::Text).put(&format!(" {} ", glyphs.arrow), Role::Dim);
                let room = flow.room().into();
                flow.put(&text::preview(to, room), Role::Text);
                let tokens = sums(&edge.tokens, &edge.cost);
                self.cells(canvas, &figures(&times(edge), tokens, way_words(edge)), area);
            }
        }
    }

    fn agent(&self, canvas: &mut Canvas, at: usize, agent: &Agent, ring: &FxHashSet<usize>, area: Rect) {
        let time = if agent.time > 0 { format::duration(agent.time) } else { String::new() };
        self.cells(
            canvas,
            &figures(&format::count(agent.steps), sums(&agent.tokens, &agent.cost), &time),
            area,
        );
        if self.matrix {
            self.matrix(canvas, area, |to| {
                let edge = self.graph.edges.iter().position(|edge| (edge.from, edge.to) == (at, to))?;
                let role = if ring.contains(&edge) { Role::Warning } else { Role::Text };
                Some((times(&self.graph.edges[edge]), role))
            });
        }
    }

    fn cells(&self, canvas: &mut Canvas, cells: &[(String, Role); 5], area: Rect) {
        let mut x = area.x + self.name;
        for ((words, role), width) in cells.iter().zip(self.figures) {
            if width > 0 {
                canvas.put_right((x, area.y), width, words, *role);
            }
            x += width;
        }
    }

    /// Writes a row of the matrix at the right of the figures, as many agents as have room.
    fn matrix(&self, canvas: &mut Canvas, area: Rect, cell: impl Fn(usize) -> Option<(String, Role)>) {
        let start = area.x + self.name + self.figures.iter().sum::<u16>() + 2;
        for (to, x) in (0..self.graph.agents.len()).zip((start..).step_by(MATRIX.into())) {
            if x + MATRIX > area.right() {
                return;
            }
            let (words, role) = cell(to).unwrap_or_else(|| (canvas.look.glyphs.dot.to_owned(), Role::Faint));
            canvas.put_right((x, area.y), MATRIX, &words, role);
        }
    }
}

/// How often a way was gone.
pub(super) fn times(edge: &Edge) -> String {
    format::count(edge.count())
}

/// What kind of way it mostly is.
fn way_words(edge: &Edge) -> &'static str {
    match (edge.handoffs, edge.calls) {
        (0, 0) => "next",
        (handoffs, calls) if calls > handoffs => "call",
        _ => "handoff",
    }
}

fn way_sign(edge: &Edge, glyphs: &crate::tui::glyphs::Glyphs) -> &'static str {
    match way_words(edge) {
        "handoff" => glyphs.kind(crate::model::StepKind::Handoff),
        "call" => glyphs.kind(crate::model::StepKind::Tool),
        _ => glyphs.dot,
    }
}

fn sums(tokens: &TokenTotals, cost: &CostTotal) -> [String; 3] {
    [format::tokens(tokens, tokens.input), format::tokens(tokens, tokens.output), format::cost_total(cost)]
}

fn figures(count: &str, [input, output, cost]: [String; 3], last: &str) -> [(String, Role); 5] {
    let last = (last.to_owned(), Role::Dim);
    [(count.to_owned(), Role::Text), (input, Role::Text), (output, Role::Text), (cost, Role::Text), last]
}
