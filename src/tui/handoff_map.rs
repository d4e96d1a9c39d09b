//! Agents as boxes one below the other and the ways between them as arrows in lanes beside: where each line goes. Pure; what
//! a line looks like and which is told apart is the drawing's to say.
//!
//! ```text
//! ╭────────╮
//! │ triage ├───┬───╮      a way leaves at the upper row of a box and comes in at the lower one; its count stands in its
//! │        │◀──│───│──╮   lane, where no other line passes
//! ╰────────╯   3   1  3
//! ```

use std::ops::RangeInclusive;

/// Rows of a box, its border among them.
pub const BOX_ROWS: u16 = 4;
/// Widest box; longer names are cut.
const WIDEST: u16 = 24;
/// Columns from the boxes to the first lane: an arrowhead and a dash.
const FIRST_LANE: u16 = 3;
/// Columns from one lane to the next: room for a count of three digits.
const PITCH: u16 = 4;

/// A way to be drawn, by the places of its two agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Who gave.
    pub from: usize,
    /// Who got.
    pub to: usize,
}

/// Where a way is drawn, relative to the map's corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Column of its lane.
    pub lane: u16,
    /// Row where it leaves.
    pub out: u16,
    /// Row where it comes in.
    pub into: u16,
    /// Row in the lane where its count stands; no other line passes there.
    pub label: u16,
}

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// Columns of every box.
    pub box_width: u16,
    /// Rows from one box to the next: fewer than a box has where two share a border.
    pub pitch: u16,
    /// Routes, as the ways were given.
    pub routes: Vec<Route>,
    /// Columns of all.
    pub width: u16,
    /// Rows of all.
    pub height: u16,
}

impl Map {
    /// A map of agents whose names are so many columns wide; `None` where it does not fit into (columns, rows).
    pub fn fit(names: &[usize], ways: &[Way], (columns, rows): (u16, u16)) -> Option<Self> {
        let count = u16::try_from(names.len()).ok().filter(|&count| count > 0)?;
        let widest = u16::try_from(names.iter().copied().max().unwrap_or(0)).unwrap_or(u16::MAX);
        let box_width = widest.saturating_add(4).clamp(12, WIDEST);
        let height_at = |pitch: u16| count.saturating_sub(1).saturating_mul(pitch).saturating_add(BOX_ROWS);
        let pitch = [BOX_ROWS, BOX_ROWS - 1].into_iter().find(|&pitch| height_at(pitch) <= rows)?;
        let lanes = lanes(ways);
        let used = lanes.iter().max().map_or(0, |&last| u16::try_from(last + 1).unwrap_or(u16::MAX));
        let width = box_width.saturating_add(FIRST_LANE).saturating_add(used.saturating_mul(PITCH));
        if width > columns {
            return None;
        }
        let routes =
            ways.iter().zip(&lanes).map(|(way, &lane)| route(*way, lane, box_width, pitch)).collect();
        Some(Self { box_width, pitch, routes, width, height: height_at(pitch) })
    }

    /// First row of a box.
    pub fn top_of(&self, agent: usize) -> u16 {
        place(agent).saturating_mul(self.pitch)
    }
}

fn place(agent: usize) -> u16 {
    u16::try_from(agent).unwrap_or(u16::MAX)
}

fn route(way: Way, lane: usize, box_width: u16, pitch: u16) -> Route {
    let (out, into) = (place(way.from) * pitch + 1, place(way.to) * pitch + 2);
    // a border lies between any two boxes, and no line leaves or comes in there
    let label = if way.from < way.to { place(way.to) * pitch } else { place(way.from) * pitch };
    Route { lane: box_width + FIRST_LANE + place(lane) * PITCH, out, into, label }
}

/// A lane for each way, short ways next to the boxes; ways that share a lane share no row.
fn lanes(ways: &[Way]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ways.len()).collect();
    order.sort_by_key(|&at| (ways[at].from.abs_diff(ways[at].to), ways[at].from.min(ways[at].to), at));
    let mut taken: Vec<Vec<RangeInclusive<usize>>> = Vec::new();
    let mut lanes = vec![0; ways.len()];
    for at in order {
        let span = span(ways[at]);
        let is_free = |lane: &Vec<RangeInclusive<usize>>| {
            lane.iter().all(|other| other.end() < span.start() || span.end() < other.start())
        };
        let lane = taken.iter().position(is_free).unwrap_or(taken.len());
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        taken[lane].push(span);
        lanes[at] = lane;
    }
    lanes
}

/// Rows that a way's lane takes, in halves of a box: its upper half is where ways leave, its lower where they come in.
fn span(way: Way) -> RangeInclusive<usize> {
    let (out, into) = (way.from * 2, way.to * 2 + 1);
    out.min(into)..=out.max(into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn way(from: usize, to: usize) -> Way {
        Way { from, to }
    }

    #[test]
    fn a_ring_of_two_has_a_lane_each() {
        let map = Map::fit(&[6, 7], &[way(0, 1), way(1, 0)], (40, 20)).unwrap();
        assert_eq!((map.box_width, map.pitch, map.height, map.width), (12, 4, 8, 23));
        let route = |lane, out, into, label| Route { lane, out, into, label };
        assert_eq!(map.routes, [route(15, 1, 6, 4), route(19, 5, 2, 4)]);
    }

    #[test]
    fn boxes_move_together_before_the_map_is_given_up() {
        let names = [5; 4];
        let pitch = |rows| Map::fit(&names, &[], (40, rows)).map(|map| map.pitch);
        assert_eq!([pitch(16), pitch(15), pitch(13), pitch(12)], [Some(4), Some(3), Some(3), None]);
        assert_eq!(Map::fit(&names, &[way(0, 1)], (18, 40)), None);
        assert_eq!(Map::fit(&[], &[], (80, 40)), None);
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_nothing_leaves_the_area(
            names in proptest::collection::vec(0usize..90, 1..14),
            ends in proptest::collection::vec((0usize..14, 0usize..14), 0..30),
            area in (0u16..200, 0u16..80),
        ) {
            let ways: Vec<Way> = ends.iter().map(|&(a, b)| way(a % names.len(), b % names.len())).collect();
            let Some(map) = Map::fit(&names, &ways, area) else { return Ok(()) };
            prop_assert!(map.width <= area.0 && map.height <= area.1);
            for at in 1..names.len() {
                prop_assert!(map.top_of(at) + 1 >= map.top_of(at - 1) + BOX_ROWS, "borders may be shared, no more");
            }
            for (at, route) in map.routes.iter().enumerate() {
                prop_assert!(route.lane > map.box_width && route.lane < map.width);
                prop_assert!(route.out.max(route.into) < map.height);
                for other in map.routes[..at].iter().filter(|other| other.lane == route.lane) {
                    let (a, b) = (rows(route), rows(other));
                    prop_assert!(a.1 < b.0 || b.1 < a.0, "two ways in one lane meet: {route:?} {other:?}");
                }
            }
        }
    }

    fn rows(route: &Route) -> (u16, u16) {
        (route.out.min(route.into), route.out.max(route.into))
    }
}
