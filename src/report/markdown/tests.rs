use std::collections::BTreeMap;

use super::super::fixture;
use super::super::format::Zone;
use super::*;
use crate::analyze::diff::Facts;
use crate::analyze::tree;

#[test]
fn a_postmortem_tells_the_whole_run() {
    let (run, steps, findings) = (fixture::run(), fixture::steps(), fixture::findings());
    let tree = tree::build(&steps);
    let contents: BTreeMap<usize, Facts> = [
        (1, Facts { said: Some("I'll look at **it**.\nThen <b>refund</b>.".to_owned()), ..Facts::default() }),
        (
            5,
            Facts {
                arguments: Some(r#"{"order": 8812, "why": "이중 결제 | twice"}"#.to_owned()),
                ..Facts::default()
            },
        ),
    ]
    .into_iter()
    .collect();
    let telling = Telling { run: &run, steps: &steps, tree: &tree, findings: &findings, contents };
    let look = Look { columns: 100, ascii: false, zone: Zone::Utc, now: fixture::START + 9_000_000_000 };
    insta::assert_snapshot!(page(&telling, &look));
}
