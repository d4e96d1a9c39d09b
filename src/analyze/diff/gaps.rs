//! Small stretches between anchors: the cheapest way to turn one into the other, where opening a gap costs more than
//! making it longer, so that a detour stays in one piece (Gotoh 1982).

use super::align::Pair;
use super::keys::Key;

/// What it costs to begin a gap, besides its length.
const OPEN: u32 = 3;

/// Out of question.
const NEVER: u32 = u32::MAX / 4;

/// Steps of one gap beyond this cost no more: a group of a thousand branches is still one thing.
const HEAVY: u32 = 8;

/// Three ways to stand at a cell: on a pair, in a gap of `b`, in a gap of `a`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Both = 0,
    OnlyA = 1,
    OnlyB = 2,
}

const WAYS: [Way; 3] = [Way::Both, Way::OnlyA, Way::OnlyB];

/// Of equally good ways the gap is taken last: what differs stands beside what it took the place of, then what is left.
const LATE_GAPS: [Way; 3] = [Way::OnlyA, Way::OnlyB, Way::Both];

/// Lays `a` beside `b`; the caller bounds the product of their lengths. `None` once `stop` says yes.
pub(super) fn align(a: &[Key], b: &[Key], stop: &dyn Fn() -> bool) -> Option<Vec<Pair>> {
    let table = Table::fill(a, b, stop)?;
    let (mut x, mut y) = (a.len(), b.len());
    let mut way = table.end();
    let mut out = Vec::with_capacity(a.len() + b.len());
    while x > 0 || y > 0 {
        let before = table.came_from(x, y, way);
        match way {
            Way::Both => {
                out.push((Some(x - 1), Some(y - 1)));
                (x, y) = (x - 1, y - 1);
            }
            Way::OnlyA => {
                out.push((Some(x - 1), None));
                x -= 1;
            }
            Way::OnlyB => {
                out.push((None, Some(y - 1)));
                y -= 1;
            }
        }
        way = before;
    }
    out.reverse();
    Some(out)
}

/// What it costs to lay one beside the other.
const fn pair_cost(a: &Key, b: &Key) -> u32 {
    match () {
        () if a.full == b.full => 0,
        () if a.decision == b.decision => 1,
        () if a.what == b.what => 2,
        () if a.kind == b.kind => 4,
        () => NEVER,
    }
}

fn length(key: &Key) -> u32 {
    key.weight.clamp(1, HEAVY)
}

/// Last rows of costs, and for every cell and way the way it was reached.
struct Table {
    width: usize,
    /// Two bits a way.
    from: Vec<u8>,
    last: [u32; 3],
}

impl Table {
    fn fill(a: &[Key], b: &[Key], stop: &dyn Fn() -> bool) -> Option<Self> {
        let width = b.len() + 1;
        let mut table = Self { width, from: vec![0; width * (a.len() + 1)], last: [0; 3] };
        let mut above = vec![[NEVER; 3]; width];
        let mut row = above.clone();
        for x in 0..=a.len() {
            if stop() {
                return None;
            }
            let key_a = x.checked_sub(1).map(|at| &a[at]);
            for y in 0..width {
                let key_b = y.checked_sub(1).map(|at| &b[at]);
                let left = key_b.map(|_| row[y - 1]);
                let corner = key_b.and(key_a).map(|_| above[y - 1]);
                let up = key_a.map(|_| above[y]);
                row[y] = table.cell(x * width + y, [corner, up, left], key_a, key_b);
            }
            std::mem::swap(&mut above, &mut row);
        }
        table.last = above[b.len()];
        Some(table)
    }

    /// Costs of the three ways to stand here; `near` are the cells at the corner, above and at the left.
    fn cell(&mut self, at: usize, near: [Option<[u32; 3]>; 3], a: Option<&Key>, b: Option<&Key>) -> [u32; 3] {
        if at == 0 {
            return [0, NEVER, NEVER];
        }
        let mut costs = [NEVER; 3];
        for way in WAYS {
            let Some(costs_near) = near[way as usize] else { continue };
            let step = match (way, a, b) {
                (Way::Both, Some(a), Some(b)) => pair_cost(a, b),
                (Way::OnlyA, Some(key), _) | (Way::OnlyB, _, Some(key)) => length(key),
                _ => NEVER,
            };
            let opened = |from: Way| if way != Way::Both && way != from { OPEN } else { 0 };
            let reach = |from: &Way| costs_near[*from as usize].saturating_add(opened(*from));
            let best = LATE_GAPS.iter().min_by_key(|from| reach(from)).copied().unwrap_or(Way::Both);
            costs[way as usize] = reach(&best).saturating_add(step).min(NEVER);
            self.from[at] |= (best as u8) << (2 * way as u8);
        }
        costs
    }

    /// The cheapest way to stand at the last cell.
    fn end(&self) -> Way {
        LATE_GAPS.into_iter().min_by_key(|way| self.last[*way as usize]).unwrap_or(Way::Both)
    }

    fn came_from(&self, x: usize, y: usize, way: Way) -> Way {
        WAYS[usize::from(self.from[x * self.width + y] >> (2 * way as u8) & 3).min(2)]
    }
}
