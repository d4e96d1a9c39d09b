//! The database as a file: runs named in it, deleted from it, and left alone by those who only read.

use super::{contents, run_of, store};
use crate::otlp;
use crate::program::{Serve, World};

#[test]
fn a_run_is_named_by_latest_or_a_unique_beginning() {
    let world = World::new();
    store(&world, [run_of(0x0a1, "first"), run_of(0x0a2, "second"), run_of(0x0b1, "third")].concat());
    let id_shown = |wanted| world.json(&["show", wanted, "--json"])[0]["run_id"].as_str().unwrap().to_owned();
    assert_eq!(id_shown("latest"), format!("{0:016x}{0:016x}", 0x0b1));
    assert_eq!(id_shown("00000000000000B"), format!("{0:016x}{0:016x}", 0x0b1));
    let several = world.error(&["show", "00000000000000a"]);
    for id in [0x0a1, 0x0a2] {
        assert!(several.contains(&format!("{id:016x}{id:016x}")), "{several}");
    }
    assert!(several.contains("give more digits"), "{several}");
    assert!(world.error(&["show", "fff"]).contains("no run matches `fff`; `spanglass runs` lists them"));
    let names: Vec<_> =
        world.json(&["runs", "--json", "--limit", "2"]).iter().map(|run| run["name"].to_string()).collect();
    assert_eq!(names.len(), 2);
    assert!(names[0].contains("second") && names[1].contains("third"), "{names:?}");
}

#[test]
fn runs_are_deleted_after_a_yes_even_while_another_process_receives() {
    let world = World::new();
    store(&world, [run_of(0x0a1, "first"), run_of(0x0a2, "second"), run_of(0x0b1, "third")].concat());
    let said = world.error(&["delete", "00000000000000a1", "latest"]);
    assert!(said.contains("2 runs with") && said.contains("--yes"), "{said}");
    assert_eq!(world.json(&["runs", "--json"]).len(), 3, "nothing is gone without it");
    assert!(world.error(&["delete", "fff", "--yes"]).contains("no run matches `fff`"));

    let serve = Serve::start(&world);
    assert!(world.text(&["delete", "00000000000000a1", "--yes"]).starts_with("deleted 1 run with"));
    let grpc = serve.grpc().to_string();
    assert!(world.run(&["demo", "--fast", "1000", "--grpc", &grpc]).status.success());
    assert_eq!(serve.stop("-TERM"), Some(0));
    let names: Vec<String> =
        world.json(&["runs", "--json"]).iter().map(|run| run["name"].as_str().unwrap().to_owned()).collect();
    assert!(names.len() == 9 && !names.contains(&"first".to_owned()), "{names:?}");
}

#[test]
fn reading_changes_neither_a_closed_file_nor_what_a_killed_writer_left() {
    let world = World::new();
    store(&world, run_of(1, "triage"));
    let folder = world.default_db().parent().unwrap().to_owned();
    let read = |files: usize, runs: usize| {
        let before = contents(&folder);
        assert_eq!(before.len(), files);
        assert_eq!(world.json(&["runs", "--json"]).len(), runs);
        world.text(&["show", "latest"]);
        assert!(contents(&folder) == before, "the folder was touched");
    };
    read(1, 1);
    let serve = Serve::start(&world);
    otlp::Http::connect(serve.http()).unwrap().send(&otlp::request(run_of(2, "billing"))).unwrap();
    serve.stop("-KILL");
    // the log and its index beside it
    read(3, 2);
    let serve = Serve::start(&world);
    otlp::Http::connect(serve.http()).unwrap().send(&otlp::request(run_of(3, "audit"))).unwrap();
    let log = world.default_db().with_extension("db-wal");
    crate::program::wait_for("the log to be folded in", || {
        (log.metadata().unwrap().len() == 0).then_some(())
    });
    serve.stop("-KILL");
    read(3, 3);
}
