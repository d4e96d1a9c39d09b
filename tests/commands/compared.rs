//! Runs held against each other: two, and one against many.

use crate::program::World;

#[test]
fn diff_tells_where_two_runs_part_and_says_so_by_its_exit_code() {
    let world = World::with_demo();
    let reviews = world.json(&["runs", "--json", "code-review"]);
    let [a, b] = [0, 1].map(|at| reviews[at]["run_id"].as_str().unwrap());

    let parted = world.run(&["diff", a, b, "--json"]);
    assert_eq!(parted.status.code(), Some(1));
    let line: serde_json::Value = serde_json::from_slice(&parted.stdout).unwrap();
    assert_eq!((&line["same"], &line["divergence"]["cause"]), (&false.into(), &"model_choice".into()));
    let page = world.run(&["diff", a, b]);
    assert!(
        String::from_utf8(page.stdout).unwrap().contains("the model was asked the same and chose otherwise")
    );
    let markdown = world.run(&["diff", a, b, "--format", "markdown"]);
    assert!(String::from_utf8(markdown.stdout).unwrap().starts_with("| | run |"));

    let same = world.run(&["diff", a, a, "--json"]);
    assert_eq!(same.status.code(), Some(0));
    let nobody = world.run(&["diff", a, "ffff"]);
    assert_eq!(nobody.status.code(), Some(2));
}

#[test]
fn a_run_is_held_against_earlier_ones_and_against_a_good_one() {
    let world = World::with_demo();
    let reviews = world.json(&["runs", "--json", "code-review"]);
    let [a, b] = [0, 1].map(|at| reviews[at]["run_id"].as_str().unwrap());
    let coded = |words: &[&str], code: i32| {
        let told = world.run(words);
        assert_eq!(told.status.code(), Some(code), "{words:?} {}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap()
    };

    let line: serde_json::Value =
        serde_json::from_str(&coded(&["diff", b, "--against", "last-5", "--json"], 1)).unwrap();
    assert_eq!((&line["inside"], &line["others"][0]["run"]), (&false.into(), &a.into()));
    let page = coded(&["diff", b, "--against", "code-review last-1"], 1);
    assert!(page.contains("how usual each step is") && page.contains("spanglass diff"), "{page}");
    coded(&["diff", b, "--against", "agent:nobody"], 2);
    coded(&["diff", b, "previous"], 1);
    coded(&["diff", a, "previous"], 2);

    coded(&["check", a, "--baseline", a], 0);
    let line: serde_json::Value =
        serde_json::from_str(&coded(&["check", "--baseline", a, "--json"], 1)).unwrap();
    assert_eq!((&line["run_id"], &line["breaches"][0]["rule"]), (&b.into(), &"baseline".into()));
    assert_eq!(line["breaches"][0]["steps"].as_array().unwrap().len(), 1);
    let cheap = ["check", b, "--baseline", "previous", "--max-cost-factor", "0.01"];
    assert!(coded(&cheap, 1).contains("max-cost-factor"));
    coded(&["check", b, "--max-cost-factor", "2"], 2);
}
