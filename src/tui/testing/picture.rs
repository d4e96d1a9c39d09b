//! A frame as text with its roles beside it: ratatui's own test text drops every style.

use std::fmt::Write as _;

use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::tui::app::App;
use crate::tui::draw;
use crate::tui::theme::SIXTEEN;

/// A letter for each role, in the order of the roles.
const LETTERS: &[u8] = b".dfTAoeWRamthOSUBLkjnwCrgybuc1234";

/// The frame of a state.
pub(crate) fn frame(app: &App) -> Buffer {
    let inner = TestBackend::new(0, 0);
    let area = Rect::new(0, 0, app.size.0, app.size.1);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let mut terminal = Terminal::with_options(inner, options).unwrap();
    // nothing is sent: what was drawn is looked at before it is compared with what came before
    draw::draw(app, &mut terminal.get_frame());
    std::mem::take(terminal.current_buffer_mut())
}

/// The text of a frame, a line a row, without blanks at the ends.
pub(crate) fn text(buffer: &Buffer) -> String {
    rows(buffer).iter().flat_map(|row| [row.trim_end(), "\n"]).collect()
}

/// Text, then the roles of the cells row by row, blanks left out; `>` at the row of the cursor.
pub(crate) fn styled(app: &App) -> String {
    let buffer = frame(app);
    let mut out = text(&buffer);
    out.push_str("~~~\n");
    for y in 0..buffer.area.height {
        let mut cursor = ' ';
        let mut letters = String::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let letter = match cell.fg {
                Color::Indexed(role) if cell.symbol() != " " => char::from(LETTERS[usize::from(role)]),
                _ => ' ',
            };
            // what was looked for is told by signs of its own
            letters.push(match cell.bg {
                Color::Indexed(11) => '*',
                Color::Indexed(12) => '#',
                _ => letter,
            });
            match cell.bg {
                Color::Indexed(1) => cursor = '>',
                Color::Indexed(2) if cursor == ' ' => cursor = '-',
                _ => {}
            }
        }
        writeln!(out, "{}", format!("{cursor}{letters}").trim_end()).unwrap();
    }
    out
}

/// How the cells of a frame are painted where colours are few: `#` on a background or reversed, else the number of its
/// colour as a hexadecimal digit, else `B`old, `D`im or `U`nderlined, else `.`; blanks left out.
pub(crate) fn painted(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let row = |cells: &[Cell]| cells.iter().map(paint).collect::<String>().trim_end().to_owned() + "\n";
    buffer.content.chunks(width).map(row).collect()
}

fn paint(cell: &Cell) -> char {
    const ATTRIBUTES: [(Modifier, char); 3] =
        [(Modifier::BOLD, 'B'), (Modifier::DIM, 'D'), (Modifier::UNDERLINED, 'U')];
    if cell.bg != Color::Reset || cell.modifier.contains(Modifier::REVERSED) {
        return '#';
    }
    if cell.symbol() == " " {
        return ' ';
    }
    let colour = SIXTEEN.iter().position(|&one| one == cell.fg);
    let digit = colour.and_then(|number| char::from_digit(u32::try_from(number).ok()?, 16));
    let attribute = || ATTRIBUTES.iter().find(|(one, _)| cell.modifier.contains(*one)).map(|&(_, sign)| sign);
    digit.or_else(attribute).unwrap_or('.')
}

/// Every row is as wide as the screen: no cell is wider than the cells it stands on.
pub(crate) fn assert_rows_fill_the_screen(buffer: &Buffer, of: &str) {
    for y in 0..buffer.area.height {
        let (mut x, mut wide) = (0, 0);
        while x < buffer.area.width {
            let columns = crate::report::text::width(buffer[(x, y)].symbol()).max(1);
            wide += columns;
            x += u16::try_from(columns).unwrap();
        }
        assert_eq!(wide, usize::from(buffer.area.width), "row {y} of {of}");
    }
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width);
    buffer
        .content
        .chunks(width)
        .map(|cells| {
            let mut row = String::new();
            let mut under = 0;
            for cell in cells {
                if under == 0 {
                    row.push_str(cell.symbol());
                    under = crate::report::text::width(cell.symbol()).saturating_sub(1);
                } else {
                    under -= 1;
                }
            }
            row
        })
        .collect()
}
