//! The row of bars under the list, and what they tell in words.

use ratatui::layout::Rect;

use crate::report::format;
use crate::tui::app::App;
use crate::tui::spark::Spark;
use crate::tui::theme::Role;

use super::canvas::{Canvas, Flow, columns};

/// Draws the row.
pub(super) fn draw(canvas: &mut Canvas, app: &App, spark: &Spark, area: Rect) {
    let signs = canvas.look.glyphs.spark;
    let what = if spark.tokens { "tokens" } else { "cost" };
    let x = area.x + 2;
    for (at, height) in spark.heights().enumerate() {
        let x = x + columns(at);
        if let Some(sign) = height.checked_sub(1).and_then(|height| signs.get(height))
            && x < area.right()
        {
            canvas.fill((x, area.y), 1, sign, Role::Accent);
        }
    }
    let x = x + columns(spark.bars.len()) + 2;
    let mut flow = Flow::new(canvas, Rect { x, width: area.right().saturating_sub(x), ..area });
    flow.put(&format!("{what} per {}", spark.span), Role::Dim);
    if let Some((cost, at)) = &spark.most {
        let most = spark.bars.iter().copied().max().unwrap_or(0);
        let most = if spark.tokens { format::count(most) } else { format::cost_total(cost) };
        let zone = app.settings.look.zone;
        let pattern =
            if zone.naive(*at).date() == zone.naive(app.now).date() { "%H:%M" } else { "%b %d %H:%M" };
        let when = zone.naive(*at).format(pattern);
        flow.put(", most ", Role::Dim).put(&most, Role::Text).put(&format!(" from {when} on"), Role::Dim);
    }
}
