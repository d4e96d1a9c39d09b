//! What cannot be done is said in one line, with exit code 2.

use rusqlite::Connection;

use super::{run_of, store};
use crate::program::{Serve, World};

#[test]
fn mistakes_are_one_line_and_exit_code_2() {
    let world = World::new();
    for (words, said) in [
        (&["runs", "--db", "none.db"][..], "spanglass: cannot open none.db: "),
        (&["rnus"], "spanglass: unrecognized subcommand 'rnus'"),
        (&["serve", "--grpc", "4317"], "spanglass: --grpc: grpc cannot be \"4317\": write an address"),
        (&["runs", "--config", "none.toml"], "spanglass: cannot read the config file none.toml: "),
        (
            &["demo", "--grpc", "127.0.0.1:1"],
            "spanglass: nobody receives on 127.0.0.1:1: start spanglass serve",
        ),
    ] {
        let error = world.error(words);
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn a_taken_port_is_one_line_that_names_port_holder_and_flag() {
    let world = World::new();
    let serve = Serve::start(&world);
    for (flag, taken) in [("--grpc", serve.grpc()), ("--http", serve.http())] {
        let other = if flag == "--grpc" { "--http" } else { "--grpc" };
        let error =
            world.error(&["serve", "--db", "other.db", flag, &taken.to_string(), other, "127.0.0.1:0"]);
        assert!(error.contains(&format!("port {} ", taken.port())) && error.contains(flag), "{error}");
        #[cfg(target_os = "linux")]
        assert!(error.contains(&format!("spanglass (pid {})", serve.pid())), "{error}");
    }
    assert!(!world.path().join("other.db-wal").exists(), "what was opened before is closed well");
}

#[test]
fn files_that_cannot_be_read_are_one_line_and_exit_code_2() {
    let world = World::new();
    store(&world, run_of(1, "triage"));
    let at = |name: &str| world.path().join(name);
    std::fs::copy(world.default_db(), at("newer.db")).unwrap();
    Connection::open(at("newer.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    std::fs::write(at("text.db"), "some text\n".repeat(100)).unwrap();
    std::fs::create_dir(at("folder.db")).unwrap();
    for (file, said) in [
        ("newer.db", "was written by a newer spanglass (schema 99, this one knows "),
        ("text.db", "is not a spanglass database"),
        ("folder.db", "cannot open folder.db: "),
    ] {
        let before = std::fs::read(at(file)).ok();
        for words in
            [&["runs", "--db", file][..], &["show", "latest", "--db", file], &["serve", "--db", file]]
        {
            let error = world.error(words);
            assert!(error.contains(said), "{words:?}: {error}");
        }
        assert_eq!(std::fs::read(at(file)).ok(), before, "{file} is left as it was");
    }
}

/// In a user namespace of its own even root may not read what its mode forbids.
#[cfg(target_os = "linux")]
#[test]
fn a_file_without_permission_is_told_as_such() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;
    let world = World::new();
    store(&world, run_of(1, "triage"));
    std::fs::set_permissions(world.default_db(), std::fs::Permissions::from_mode(0o000)).unwrap();
    let alone =
        |words: &[&str]| Command::new("unshare").arg("--user").args(words).env("HOME", world.path()).output();
    let probe = alone(&["true"]);
    if !probe.as_ref().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no user namespaces here: {probe:?}");
        return;
    }
    for words in [&["runs"][..], &["serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]] {
        let output = alone(&[&[env!("CARGO_BIN_EXE_spanglass")], words].concat()).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.to_lowercase().contains("permission denied") && said.contains("spanglass.db"), "{said}");
    }
}
