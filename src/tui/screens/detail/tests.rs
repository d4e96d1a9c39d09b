//! The detail of a step: folds, cursor, what is new.

use super::*;

fn document(lines: &[(&str, usize, bool)]) -> Arc<Document> {
    let line = |&(text, holds, folded): &(&str, usize, bool)| Line {
        text: text.to_owned(),
        holds,
        folded,
        ..Line::default()
    };
    Arc::new(Document { lines: lines.iter().map(line).collect(), cost: None })
}

#[test]
fn a_newer_document_of_the_step_keeps_folds_and_the_cursors_line() {
    let old = [("a", 1, true), ("in a", 0, false), ("b", 0, false), ("c", 1, true), ("in c", 0, false)];
    let new = [
        ("a", 1, true),
        ("in a", 0, false),
        ("news", 1, false),
        ("in news", 0, false),
        ("b", 0, false),
        ("c", 1, true),
        ("in c", 0, false),
    ];
    let mut pane = DetailPane::default();
    pane.set(document(&old), false);
    pane.unfold();
    pane.step(3, 40);
    assert_eq!(
        (pane.shown.clone(), pane.line(pane.cursor.line).unwrap().text.as_str()),
        (vec![0, 1, 2, 3], "c")
    );
    pane.set(document(&new), true);
    assert_eq!(pane.shown, [0, 1, 2, 3, 4, 5]);
    assert_eq!(pane.line(pane.cursor.line).unwrap().text, "c");
    pane.set(document(&old), true);
    assert_eq!(
        (pane.shown.clone(), pane.line(pane.cursor.line).unwrap().text.as_str()),
        (vec![0, 1, 2, 3], "c")
    );
    pane.set(document(&[("other", 0, false)]), true);
    assert_eq!((pane.shown.clone(), pane.cursor), (vec![0], Place::default()));
}

#[test]
fn a_hit_over_the_seam_of_a_long_line_is_found() {
    let mut lines = document(&[("has a nee", 0, false), ("dle here", 0, false), ("dle", 0, false)]);
    Arc::get_mut(&mut lines).unwrap().lines[1].goes_on = true;
    let mut pane = DetailPane {
        search: Some(Search { input: "needle".into(), ..Search::default() }),
        ..DetailPane::default()
    };
    pane.set(lines, false);
    assert_eq!(pane.search.unwrap().hits, [(0, 6)]);
}
