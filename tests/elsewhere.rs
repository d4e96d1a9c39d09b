//! A step taken out of the interface: into the clipboard of the terminal or of tmux, into the reader's own program.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;
#[path = "common/terminal.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod terminal;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use program::{Serve, World, wait_for};
use terminal::Terminal;

const SPANGLASS: &str = env!("CARGO_BIN_EXE_spanglass");

/// The interface on a saved run of one agent with one tool, the cursor on the tool.
fn on_a_tool(world: &World, variables: &[(&str, &str)]) -> Terminal {
    let serve = Serve::with(world, &["--db", "saved.db"]);
    let spans = vec![otlp::agent(1, 1, 0, "triage"), otlp::tool(1, 2, 1, "search_web")];
    let answer = otlp::Http::connect(serve.http()).unwrap().send(&otlp::request(spans)).unwrap();
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!(serve.stop("-TERM"), Some(0));
    let mut command = terminal::command(world.path(), &[SPANGLASS, "open", "saved.db"]);
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut terminal = Terminal::start(command, (120, 30));
    terminal.wait_text(&["triage"]);
    terminal.press("\r");
    terminal.wait_text(&["search_web"]);
    terminal.press("t");
    terminal.wait("the cursor on the tool", |t| t.cursor_row().contains("search_web"));
    terminal.wait_text(&["ids and times"]);
    terminal
}

fn script(world: &World, name: &str, body: &str) -> String {
    let path = world.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn read(world: &World, name: &str) -> String {
    fs::read_to_string(world.path().join(name)).unwrap().trim_end().to_owned()
}

#[test]
fn the_pager_has_the_terminal_to_itself_and_gives_it_back_when_it_fails() {
    let world = World::new();
    let pager = script(
        &world,
        "pager",
        "stat -c %a \"$2\" >mode; cp \"$2\" text; echo \"$1 $2\" >words; echo IN THE PAGER; read line </dev/tty\n\
         echo \"$line\" >typed; exit 3",
    );
    let mut terminal = on_a_tool(&world, &[("PAGER", &format!("{pager} --option"))]);
    for round in ["first", "second"] {
        terminal.press("o");
        terminal.wait_text(&["IN THE PAGER"]);
        assert_eq!(terminal.not_given_back(), [""; 0], "a program of its own has a terminal as a shell has");
        terminal.press(&format!("q{round}q\n"));
        terminal.wait_text(&["triage", "exit status: 3", "it is what $PAGER says"]);
        assert_eq!(read(&world, "typed"), format!("q{round}q"), "every key went to the pager");
    }
    assert_eq!(read(&world, "mode"), "600");
    let words = read(&world, "words");
    let (option, file) = words.split_once(' ').unwrap();
    assert_eq!(option, "--option");
    assert!(!Path::new(file).exists(), "{file} is left behind");
    assert!(read(&world, "text").contains("search_web"));
    terminal.press("qq");
    assert!(terminal.ended().success());
    assert_eq!(terminal.not_given_back(), [""; 0]);
}

#[test]
fn an_interrupt_in_the_pager_is_meant_for_the_pager() {
    let world = World::new();
    let pager = script(&world, "pager", "echo IN THE PAGER; exec cat");
    let mut terminal = on_a_tool(&world, &[("EDITOR", &pager)]);
    terminal.press("o");
    terminal.wait_text(&["IN THE PAGER"]);
    terminal.press("\u{3}");
    terminal.wait_text(&["triage", "search_web", "it is what $EDITOR says"]);
    terminal.press("qq");
    assert!(terminal.ended().success());
}

#[test]
fn a_pager_that_is_not_there_is_told() {
    let world = World::new();
    let mut terminal = on_a_tool(&world, &[("PAGER", "no-such-pager")]);
    terminal.press("o");
    terminal.wait_text(&["triage", "no-such-pager: exit status: 127"]);
    terminal.press("qq");
    assert!(terminal.ended().success());
}

#[test]
fn a_copy_reaches_the_terminal_and_tmux_in_every_way_that_one_of_them_hears() {
    let world = World::new();
    fs::create_dir(world.path().join("bin")).unwrap();
    script(&world, "bin/tmux", "cat >told.part; echo \"$@\" >words; mv told.part told");
    let path = format!("{}:/usr/bin:/bin", world.path().join("bin").display());
    for (tmux, in_tmux) in
        [(&[][..], false), (&[("TMUX", "/tmp/tmux-0/default,1,0"), ("PATH", &path)][..], true)]
    {
        let world = if in_tmux { &world } else { &World::new() };
        let mut terminal = on_a_tool(world, tmux);
        terminal.press("\u{19}");
        let said = terminal.wait_text(&["copied the span id"]);
        let id =
            said.split("copied the span id ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        let order = format!("\u{1b}]52;c;{}", base64::engine::general_purpose::STANDARD.encode(&id));
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        assert!(raw.contains(&order), "{order:?}");
        let wrapped = format!("\u{1b}Ptmux;\u{1b}{order}");
        assert_eq!(raw.contains(&wrapped), in_tmux);
        if in_tmux {
            wait_for("tmux to be told", || world.path().join("told").exists().then_some(()));
            assert_eq!((read(world, "told"), read(world, "words")), (id, "load-buffer -w -".to_owned()));
        }
        terminal.press("qq");
        assert!(terminal.ended().success());
    }
}
