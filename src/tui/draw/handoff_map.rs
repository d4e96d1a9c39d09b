//! The map of agents and ways as lines: every line leaves a mark of its directions in the cells it passes, and a cell's
//! sign follows from all marks in it.

use ratatui::layout::Rect;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analyze::handoff_graph::HandoffGraph;
use crate::report::{format, text};
use crate::tui::handoff_map::{BOX_ROWS, Map};
use crate::tui::screens::HandoffItem;
use crate::tui::theme::Role;

use super::canvas::Canvas;
use super::handoffs::times;

const NORTH: u8 = 1;
const EAST: u8 = 2;
const SOUTH: u8 = 4;
const WEST: u8 = 8;

/// Signs by directions, thin and heavy; those of an ASCII terminal after them.
const THIN: [&str; 16] = [" ", "│", "─", "╰", "│", "│", "╭", "├", "─", "╯", "─", "┴", "╮", "┤", "┬", "┼"];
const HEAVY: [&str; 16] = [" ", "┃", "━", "┗", "┃", "┃", "┏", "┣", "━", "┛", "━", "┻", "┓", "┫", "┳", "╋"];
const PLAIN: [&str; 16] = [" ", "|", "-", "+", "|", "|", "+", "+", "-", "+", "-", "+", "+", "+", "+", "+"];
const BOLD: [&str; 16] = [" ", "#", "=", "#", "#", "#", "#", "#", "=", "#", "=", "#", "#", "#", "#", "#"];

/// How much a line stands out; of several in a cell the most is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    #[default]
    Thin,
    Ring,
    Selected,
}

/// Lines being drawn, by cell.
#[derive(Default)]
struct Lines(FxHashMap<(u16, u16), (u8, Weight, bool)>);

impl Lines {
    fn mark(&mut self, x: u16, y: u16, directions: u8, weight: Weight, heavy: bool) {
        let cell = self.0.entry((x, y)).or_default();
        cell.0 |= directions;
        cell.1 = cell.1.max(weight);
        cell.2 |= heavy;
    }

    fn across(&mut self, y: u16, from: u16, to: u16, weight: Weight, heavy: bool) {
        self.mark(from, y, EAST, weight, heavy);
        (from + 1..to).for_each(|x| self.mark(x, y, EAST | WEST, weight, heavy));
        self.mark(to, y, WEST, weight, heavy);
    }

    fn down(&mut self, x: u16, from: u16, to: u16, weight: Weight, heavy: bool) {
        self.mark(x, from, SOUTH, weight, heavy);
        (from + 1..to).for_each(|y| self.mark(x, y, NORTH | SOUTH, weight, heavy));
        self.mark(x, to, NORTH, weight, heavy);
    }

    fn boxed(&mut self, area: Rect, weight: Weight) {
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for y in [area.y, bottom] {
            self.across(y, area.x, right, weight, false);
        }
        for x in [area.x, right] {
            self.down(x, area.y, bottom, weight, false);
        }
    }
}

/// Draws a map; `ring` are the ways that go round, `worst` their look.
pub(super) fn draw(
    canvas: &mut Canvas,
    graph: &HandoffGraph,
    map: &Map,
    ring: &FxHashSet<usize>,
    worst: Role,
    selected: HandoffItem,
    area: Rect,
) {
    let lines = lines(graph, map, ring, selected);
    let ascii = canvas.look.glyphs.ascii;
    for (&(x, y), &(directions, weight, heavy)) in &lines.0 {
        let set = match (ascii, heavy) {
            (false, false) => &THIN,
            (false, true) => &HEAVY,
            (true, false) => &PLAIN,
            (true, true) => &BOLD,
        };
        let role = role(weight, worst);
        canvas.fill((area.x + x, area.y + y), 1, set[usize::from(directions & 15)], role);
    }
    for (at, agent) in graph.agents.iter().enumerate() {
        let room = map.box_width - 4;
        let at_name = (area.x + 2, area.y + map.top_of(at) + 1);
        canvas.put(at_name, room, &text::preview(&agent.name, room.into()), Role::Title);
        let cost = format::cost_total(&agent.cost);
        canvas.put((at_name.0, at_name.1 + 1), room, &cost, Role::Dim);
    }
    for (at, route) in map.routes.iter().enumerate() {
        let weight = weight_of(at, ring, selected);
        let words = times(&graph.edges[at]);
        // the count stands in its lane, a little to the left where it is long
        let wide = super::canvas::columns(words.len());
        let x = area.x + route.lane + 1 - wide.div_ceil(2).min(2);
        canvas.put((x, area.y + route.label), wide, &words, role(weight, worst));
        let head = if ascii { "<" } else { "◀" };
        canvas.fill((area.x + map.box_width, area.y + route.into), 1, head, role(weight, worst));
    }
}

fn role(weight: Weight, worst: Role) -> Role {
    match weight {
        Weight::Thin => Role::Dim,
        Weight::Ring => worst,
        Weight::Selected => Role::Accent,
    }
}

fn weight_of(edge: usize, ring: &FxHashSet<usize>, selected: HandoffItem) -> Weight {
    match () {
        () if selected == HandoffItem::Edge(edge) => Weight::Selected,
        () if ring.contains(&edge) => Weight::Ring,
        () => Weight::Thin,
    }
}

fn lines(graph: &HandoffGraph, map: &Map, ring: &FxHashSet<usize>, selected: HandoffItem) -> Lines {
    let mut lines = Lines::default();
    for at in 0..graph.agents.len() {
        let weight = if selected == HandoffItem::Agent(at) { Weight::Selected } else { Weight::Thin };
        lines.boxed(Rect { x: 0, y: map.top_of(at), width: map.box_width, height: BOX_ROWS }, weight);
    }
    for (at, route) in map.routes.iter().enumerate() {
        let (weight, heavy) = (weight_of(at, ring, selected), ring.contains(&at));
        // it leaves from the border itself, and comes in with an arrowhead before it
        lines.across(route.out, map.box_width - 1, route.lane, weight, heavy);
        lines.across(route.into, map.box_width, route.lane, weight, heavy);
        lines.down(route.lane, route.out.min(route.into), route.out.max(route.into), weight, heavy);
    }
    lines
}
