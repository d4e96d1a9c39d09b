//! Deleting runs: asked before, refused where nothing is written, and gone from every screen.

use crate::model::RunKey;
use crate::tui::app::{Mode, Msg, Screen};
use crate::tui::backend::Backend as _;
use crate::tui::testing::picture::{frame, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::world;

fn keys(s: &Session) -> Vec<i64> {
    s.app.runs.iter().map(|run| run.key.0).collect()
}

#[test]
fn a_run_is_deleted_after_a_yes_and_by_no_other_key() {
    let mut s = Session::new(world(), (80, 24));
    s.press("j");
    let (before, under) = (keys(&s), s.runs().selected.unwrap());
    for no in ["enter", "space", "d", "n", "# esc", "# q", "# #", "esc"] {
        s.press(if no.starts_with('#') { no } else { "#" });
        s.press(no);
        if matches!(s.app.top(), Some(Screen::Confirm(_))) {
            s.press("n");
        }
        assert_eq!(keys(&s), before, "{no}");
    }
    s.press("delete y");
    assert!(!keys(&s).contains(&under.0) && keys(&s).len() == before.len() - 1);
    assert!(text(&frame(&s.app)).contains("deleted 1 run"));
    assert_eq!(s.app.screens.len(), 1);
    assert!(s.runs().selected.is_some_and(|key| key != under));
}

#[test]
fn all_marked_runs_go_and_those_that_are_filtered_away_are_named_too() {
    let mut s = Session::new(world(), (80, 24));
    s.press("j m j m");
    let marked = s.runs().marked.clone();
    s.press("/ 8811 enter #");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("Delete 2 runs?"), "{picture}");
    s.press("y");
    assert!(marked.iter().all(|key| !keys(&s).contains(&key.0)) && s.runs().marked.is_empty());
}

#[test]
fn what_is_only_read_is_not_deleted_and_says_why() {
    let mut s = Session::new(world(), (100, 24));
    s.app.settings.mode = Mode::Saved;
    s.press("#");
    assert!(text(&frame(&s.app)).contains("this is only read; spanglass delete RUN --yes deletes a run"));
    assert_eq!(s.app.screens.len(), 1);
}

#[test]
fn a_run_that_another_program_deletes_leaves_every_screen() {
    let mut s = Session::new(world(), (120, 30));
    s.press("j enter ?");
    let open = s.run().key;
    s.world.delete(vec![open]).unwrap();
    s.send(Msg::Committed(99));
    assert_eq!(s.app.screens.len(), 1);
    assert!(text(&frame(&s.app)).contains("the run that was open has been deleted"));
    s.press("#");
    let asked = s.runs().selected.unwrap();
    s.world.delete(vec![asked]).unwrap();
    s.send(Msg::Committed(100));
    assert_eq!(s.app.screens.len(), 1, "there is nothing left to ask");
    assert!(!keys(&s).contains(&asked.0));
}

#[test]
fn a_list_of_which_all_is_deleted_teaches_again() {
    let mut s = Session::new(world(), (80, 24));
    let all: Vec<RunKey> = s.app.runs.iter().map(|run| run.key).collect();
    s.world.delete(all).unwrap();
    s.send(Msg::Committed(99));
    assert!(text(&frame(&s.app)).contains("no runs yet"));
}
