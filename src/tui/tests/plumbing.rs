//! Plumbing that failed and was got over: no row of the tree, no error, dim where plumbing is shown.

use crate::model::{StepKind, StepStatus};
use crate::tui::testing::picture::{frame, styled, text};
use crate::tui::testing::session::Session;
use crate::tui::testing::world::{Script, World};

/// An agent whose framework looks for files that are not there.
fn looking_around() -> World {
    let mut s = Script::new(1, 60);
    let root = s.add(None, StepKind::Agent, "coder", 0);
    for _ in 0..3 {
        let auth = s.add(Some(root), StepKind::Other, "Auth.all", 1);
        s.edit(auth, |step| step.plumbing = true);
        let read = s.add(Some(auth), StepKind::Other, "readJson", 1);
        s.edit(read, |step| {
            (step.plumbing, step.status) = (true, StepStatus::Error);
            step.error = Some("NotFound: auth.json".into());
        });
    }
    s.add(Some(root), StepKind::Tool, "bash", 5);
    World { runs: vec![s.end(&["coder"], "look around")], ..World::default() }
}

#[test]
fn header_list_and_tree_agree_that_nothing_failed() {
    let mut s = Session::new(looking_around(), (200, 30));
    assert_eq!(s.world.runs[0].summary.errors, 0);
    s.press("enter");
    let picture = text(&frame(&s.app));
    assert!(picture.contains("bash") && !picture.contains("readJson"), "{picture}");
    assert_eq!(s.run().tree.shown.len(), 2);
    assert!(s.run().view.as_ref().unwrap().errors.is_empty(), "there is no next error");
    s.press("p");
    let styles = styled(&s.app);
    assert!(styles.contains("NotFound: auth.json"), "{styles}");
    let colours = styles.split("~~~").nth(1).unwrap();
    assert!(!colours.contains('e'), "none of it is red: {styles}");
}
