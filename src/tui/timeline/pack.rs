//! Where bars stand so that none lies on another: below the bar that holds them, side by side in time on one track, and
//! on a further track where they run in parallel. Knows spans of time alone.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The end of what has not ended: nothing comes after it on its track.
pub const OPEN: u64 = u64::MAX;

/// What is to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Lane, counted from 0.
    pub lane: u32,
    /// What it is shown below: an earlier one of the same lane.
    pub parent: Option<u32>,
    /// Start.
    pub from: u64,
    /// End, not before the start; [`OPEN`] without one.
    pub to: u64,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// Track of each span within its lane.
    pub tracks: Vec<u32>,
    /// Tracks of each lane.
    pub heights: Vec<u32>,
}

/// Places all spans: parents stand before what is below them.
///
/// A span and all below it are a block that is placed as one, so that what belongs together stays together. Blocks that
/// follow each other share a shelf, which is as high as the highest of them.
pub fn pack(spans: &[Span], lanes: usize) -> Packed {
    let owners = spans.iter().map(|span| owner(span, spans.len()));
    let mut below = Below::of(owners, spans.len() + lanes);
    let mut blocks: Vec<Block> =
        spans.iter().map(|span| Block { from: span.from, to: span.to, height: 1, offset: 0 }).collect();
    for at in (0..spans.len()).rev() {
        let children = below.of_owner(at);
        let inner = place(children, &mut blocks, 1);
        let (from, to) = children.iter().fold((spans[at].from, spans[at].to), |(from, to), &child| {
            (from.min(blocks[child as usize].from), to.max(blocks[child as usize].to))
        });
        blocks[at] = Block { from, to, height: 1 + inner, offset: 0 };
    }
    let heights = (0..lanes).map(|lane| place(below.of_owner(spans.len() + lane), &mut blocks, 0)).collect();
    let mut tracks: Vec<u32> = Vec::with_capacity(spans.len());
    for (span, block) in spans.iter().zip(&blocks) {
        let above = span.parent.map_or(0, |parent| tracks[parent as usize]);
        tracks.push(above + block.offset);
    }
    Packed { tracks, heights }
}

/// What a span is placed in: its parent, or its lane, which are counted after all spans.
fn owner(span: &Span, spans: usize) -> usize {
    span.parent.map_or(spans + span.lane as usize, |parent| parent as usize)
}

/// A span with all below it.
#[derive(Clone, Copy, Debug)]
struct Block {
    from: u64,
    to: u64,
    height: u32,
    /// Tracks below its parent, or below the top of its lane.
    offset: u32,
}

/// Puts blocks on shelves that begin `first` tracks down; gives the height of all shelves.
fn place(children: &mut [u32], blocks: &mut [Block], first: u32) -> u32 {
    children.sort_unstable_by_key(|&child| {
        let block = blocks[child as usize];
        (block.from, block.to, child)
    });
    let mut shelves = Shelves::default();
    for &child in &*children {
        let block = &mut blocks[child as usize];
        block.offset = shelves.take(block);
    }
    let mut tops = Vec::with_capacity(shelves.heights.len());
    let total = shelves.heights.iter().fold(0, |top, height| {
        tops.push(first + top);
        top + height
    });
    for &child in &*children {
        let block = &mut blocks[child as usize];
        block.offset = tops[block.offset as usize];
    }
    total
}

/// Shelves by when they are free again.
#[derive(Default)]
struct Shelves {
    heights: Vec<u32>,
    busy: BinaryHeap<Reverse<(u64, u32)>>,
    free: BinaryHeap<Reverse<u32>>,
}

impl Shelves {
    /// The uppermost shelf that is free when a block begins, or a new one. Blocks come in the order of their starts.
    fn take(&mut self, block: &Block) -> u32 {
        while let Some(&Reverse((until, shelf))) = self.busy.peek()
            && until <= block.from
        {
            self.busy.pop();
            self.free.push(Reverse(shelf));
        }
        let taken = self.free.pop().map_or_else(
            || {
                self.heights.push(0);
                u32::try_from(self.heights.len() - 1).unwrap_or(u32::MAX)
            },
            |Reverse(shelf)| shelf,
        );
        self.busy.push(Reverse((block.to, taken)));
        let height = &mut self.heights[taken as usize];
        *height = block.height.max(*height);
        taken
    }
}

/// What is directly below each owner.
struct Below {
    children: Vec<u32>,
    ends: Vec<u32>,
}

impl Below {
    fn of(owners: impl Iterator<Item = usize> + Clone, count: usize) -> Self {
        let mut ends = vec![0u32; count];
        owners.clone().for_each(|owner| ends[owner] += 1);
        let mut sum = 0;
        for end in &mut ends {
            let children = *end;
            // for a moment each holds where its children begin
            *end = sum;
            sum += children;
        }
        let mut children = vec![0; sum as usize];
        for (child, owner) in (0u32..).zip(owners) {
            children[ends[owner] as usize] = child;
            ends[owner] += 1;
        }
        Self { children, ends }
    }

    fn of_owner(&mut self, owner: usize) -> &mut [u32] {
        let from = owner.checked_sub(1).map_or(0, |before| self.ends[before]);
        &mut self.children[from as usize..self.ends[owner] as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(parent: Option<u32>, from: u64, to: u64) -> Span {
        Span { lane: 0, parent, from, to }
    }

    #[test]
    fn what_follows_shares_a_track_and_what_runs_beside_has_its_own() {
        for (what, spans, expected, height) in [
            (
                "one after another",
                vec![span(None, 0, 5), span(None, 5, 9), span(None, 9, 9)],
                vec![0, 0, 0],
                1,
            ),
            ("in parallel", vec![span(None, 0, 5), span(None, 1, 6), span(None, 5, 7)], vec![0, 1, 0], 2),
            (
                "below its parent",
                vec![span(None, 0, 9), span(Some(0), 1, 3), span(Some(0), 3, 4)],
                vec![0, 1, 1],
                2,
            ),
            (
                "a parallel block stays together",
                vec![span(None, 0, 9), span(Some(0), 5, 9), span(None, 2, 4), span(Some(2), 3, 4)],
                vec![0, 1, 2, 3],
                4,
            ),
            (
                "nothing comes after what has not ended",
                vec![span(None, 0, OPEN), span(None, 7, 8)],
                vec![0, 1],
                2,
            ),
            (
                "moments share a track",
                vec![span(None, 3, 3), span(None, 3, 3), span(None, 3, 8)],
                vec![0, 0, 0],
                1,
            ),
        ] {
            let packed = pack(&spans, 1);
            assert_eq!((packed.tracks, packed.heights), (expected, vec![height]), "{what}");
        }
    }

    /// Spans below any earlier one, in three lanes; children may begin before their parent and outlast it.
    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let one = (0..3u32, any::<Option<proptest::sample::Index>>(), 0..60u64, 0..20u64, 0..12u8);
        proptest::collection::vec(one, 1..60).prop_map(|told| {
            let mut spans: Vec<Span> = Vec::new();
            for (lane, parent, from, len, open) in told {
                let same: Vec<usize> = (0..spans.len()).filter(|&at| spans[at].lane == lane).collect();
                let parent = parent.filter(|_| !same.is_empty()).map(|index| *index.get(&same));
                let parent = parent.and_then(|parent| u32::try_from(parent).ok());
                let to = if open == 0 { OPEN } else { from + len };
                spans.push(Span { lane, parent, from, to });
            }
            spans
        })
    }

    proptest! {
        #[test]
        fn no_bar_lies_on_another_and_none_stands_above_its_parent(spans in spans()) {
            let packed = pack(&spans, 3);
            prop_assert_eq!(packed.tracks.len(), spans.len());
            for (at, span) in spans.iter().enumerate() {
                let track = packed.tracks[at];
                prop_assert!(track < packed.heights[span.lane as usize]);
                prop_assert!(span.parent.is_none_or(|parent| packed.tracks[parent as usize] < track));
                let shares = |&other: &usize| spans[other].lane == span.lane && packed.tracks[other] == track;
                for other in (0..at).filter(shares) {
                    let other = spans[other];
                    prop_assert!(other.to <= span.from || span.to <= other.from, "{other:?} {span:?}");
                }
            }
        }

        #[test]
        fn spans_without_parents_take_no_more_tracks_than_run_at_once(spans in spans()) {
            let flat: Vec<Span> = spans.iter().map(|span| Span { lane: 0, parent: None, ..*span }).collect();
            let goes_on = |s: &Span, time: u64| s.from == time || s.from < time && time < s.to;
            let at_once = |time: u64| flat.iter().filter(|s| goes_on(s, time)).count();
            let most = flat.iter().map(|span| at_once(span.from)).max();
            prop_assert!(Some(pack(&flat, 1).heights[0] as usize) <= most);
        }
    }
}
