//! Scripts of the world: whatever a name is written in, what stands beside it stays where it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::columns::placed;
use crate::tui::testing::picture::{assert_rows_fill_the_screen, frame};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{World, world};

/// One of each kind that has ever moved a column: wide, composed, joined, right to left, with marks, told to turn round.
const NAMES: [&str; 10] = [
    "이중 결제를 환불해 주세요 제발 부탁드립니다 고객님",
    "二重請求の払い戻しをお願いします、至急対応してください",
    "👩‍👩‍👧‍👦 family 👍🏽 thumbs 🇰🇷 flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and more of them",
    "Zu\u{308}rich cafe\u{301} a\u{310}\u{320}\u{330}b Tie\u{302}\u{301}ng Vie\u{323}\u{302}t",
    "أعد المبلغ ٤٢ لا إله للعميل رقم ٨٨١٢ من فضلك الآن",
    "החזר את הכסף ללקוח 8812 בבקשה, עכשיו ומיד",
    "می\u{200c}خواهم refund שלום 12 مرحبا",
    "ก็ต้องคืนเงินให้ลูกค้าเดี๋ยวนี้เลยนะครับผม",
    "नमस्ते क्षत्रिय ग्राहक को पैसे वापस करें",
    "\u{202e}drawkcab\u{202c} \u{2067}שלום\u{2069} \u{200f}12\u{200e} end of it",
];

const SIZES: [(u16, u16); 6] = [(60, 12), (70, 20), (80, 24), (100, 36), (120, 36), (160, 40)];

fn named(name: &str) -> World {
    let mut world = world();
    for told in &mut world.runs {
        told.summary.task = Some(name.to_owned());
        told.summary.agents = vec![name.to_owned()];
        for step in &mut told.steps {
            (step.name, step.agent) = (name.into(), step.agent.as_ref().map(|_| name.into()));
        }
    }
    world
}

fn cells(buffer: &Buffer, area: Rect) -> Vec<String> {
    let row = |y| (area.left()..area.right()).map(|x| buffer[(x, y)].symbol().to_owned()).collect();
    (area.top()..area.bottom()).map(row).collect()
}

#[test]
fn figures_of_the_list_stand_where_they_stand_beside_ascii() {
    for size in SIZES {
        let figures = |name: &str| {
            let s = Session::new(named(name), size);
            let (list, buffer) = (s.app.runs_areas().list, frame(&s.app));
            assert_rows_fill_the_screen(&buffer, name);
            let columns = placed(list.width, true).into_iter().filter(|placed| placed.column.right);
            columns.map(|at| cells(&buffer, Rect { x: at.x, width: at.width, ..list })).collect::<Vec<_>>()
        };
        let plain = figures("a plain and rather long task of a plain run, in ASCII");
        for name in NAMES {
            assert_eq!(figures(name), plain, "{name} {size:?}");
        }
    }
}

#[test]
fn figures_of_the_tree_and_the_border_stand_where_they_stand_beside_ascii() {
    for size in SIZES {
        let figures = |name: &str| {
            let mut s = Session::new(named(name), size);
            s.press("j enter");
            let (areas, buffer) = (s.run().areas(size), frame(&s.app));
            assert_rows_fill_the_screen(&buffer, name);
            let tree = areas.tree.unwrap();
            let right = Rect { x: tree.right() - 16, width: 16, ..tree };
            let divider = areas.detail.and_then(|detail| detail.divider).unwrap_or_default();
            (cells(&buffer, right), cells(&buffer, divider))
        };
        let plain = figures("a plain and rather long name of a plain step, in ASCII, with words and words");
        for name in NAMES {
            // a short name leaves room that the plain one fills, but figures and border may not move
            assert_eq!(figures(name), plain, "{name} {size:?}");
        }
    }
}

#[test]
fn every_other_screen_holds_its_columns_too() {
    for size in SIZES {
        for name in NAMES {
            for keys in
                ["j enter tab", "j enter z", "j enter H", "j enter w", "j d", "j d z", "F a", "?", "/ a"]
            {
                let mut s = Session::new(named(name), size);
                s.press(keys);
                assert_rows_fill_the_screen(&frame(&s.app), &format!("{name} {keys} {size:?}"));
            }
        }
    }
}
