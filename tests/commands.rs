//! The real binary from end to end: serve, demo, runs, show, config, in a home of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]
#![cfg_attr(target_os = "linux", expect(clippy::print_stderr, reason = "what is skipped is told"))]

#[path = "common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;

use std::path::Path;

use opentelemetry_proto::tonic::trace::v1::Span;
use program::{Serve, World};
use rusqlite::Connection;
use unicode_width::UnicodeWidthStr as _;

#[test]
fn what_the_demo_sends_is_there_after_serve_has_stopped() {
    let world = World::new();
    let serve = Serve::start(&world);
    let db = world.default_db();
    assert!(serve.listening.ends_with(&format!(" db={}\n", db.display())), "{}", serve.listening);
    let demo = world.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));

    let runs = world.json(&["runs", "--json"]);
    assert_eq!(runs.len(), 7);
    assert!(runs.iter().all(|run| run["cost_source"] == "computed" && run["llm_calls"].as_u64() > Some(1)));
    assert_eq!(runs.iter().filter(|run| run["status"] == "error").count(), 1);
    assert_eq!(world.json(&["runs", "--json", "--limit", "2"]), runs[5..]);
    assert_eq!(world.json(&["runs", "--json", "code-review"]).len(), 2);

    let shown = world.json(&["show", "latest", "--json"]);
    assert_eq!(shown[0]["type"], "run");
    assert_eq!(shown[0]["run_id"], runs[6]["run_id"]);
    let steps: Vec<_> = shown.iter().filter(|line| line["type"] == "step").collect();
    assert_eq!(Some(steps.len() as u64), runs[6]["steps"].as_u64());
    let page = world.run(&["show", runs[0]["run_id"].as_str().unwrap()]);
    assert!(String::from_utf8(page.stdout).unwrap().contains("⚙ issue_refund"));
}

#[test]
fn diff_tells_where_two_runs_part_and_says_so_by_its_exit_code() {
    let world = World::new();
    let serve = Serve::start(&world);
    let demo = world.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));
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
fn a_run_is_exported_as_a_diagram_and_as_a_postmortem() {
    let world = World::new();
    let serve = Serve::start(&world);
    let demo = world.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));
    let file = world.default_db().with_file_name("run.mmd");
    for run in world.json(&["runs", "--json"]) {
        let id = run["run_id"].as_str().unwrap();
        let drawn = world.run(&["export", id, "--format", "mermaid", "-o", file.to_str().unwrap()]);
        assert_eq!((drawn.status.code(), drawn.stdout.len()), (Some(0), 0));
        let diagram = std::fs::read_to_string(&file).unwrap();
        assert!(
            diagram.starts_with("sequenceDiagram\n") && diagram.contains("actor p0 as User"),
            "{diagram}"
        );
        let written = world.run(&["export", id, "--format", "markdown"]);
        let page = String::from_utf8(written.stdout).unwrap();
        let sections =
            ["## What was asked", "## What happened", "## Where the money went", "## How it ended"];
        assert!(sections.iter().all(|section| page.contains(section)), "{page}");
    }
}

#[test]
fn what_is_exported_as_otlp_comes_in_again_as_the_same() {
    let (first, second) = (World::new(), World::new());
    let serve = Serve::start(&first);
    let demo = first.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));
    let exported = |world: &World| {
        let runs = world.json(&["runs", "--json"]);
        let export = |run: &serde_json::Value| world.run(&["export", run["run_id"].as_str().unwrap()]).stdout;
        runs.iter().map(export).collect::<Vec<_>>()
    };
    let whole = exported(&first);
    let serve = Serve::start(&second);
    let mut http = otlp::Http::connect(serve.http()).unwrap();
    for line in whole.iter().flat_map(|run| run.split(|&byte| byte == b'\n')).filter(|line| !line.is_empty())
    {
        let signal = if line.starts_with(b"{\"resourceLogs\"") { "logs" } else { "traces" };
        assert_eq!(http.post(signal, "application/json", line).unwrap().status(), 200);
    }
    drop(http);
    assert_eq!(serve.stop("-TERM"), Some(0));
    assert_eq!(exported(&second), whole);
    let told = |world: &World| world.json(&["runs", "--json"]);
    assert_eq!(told(&second), told(&first));
}

#[test]
fn a_run_is_held_against_earlier_ones_and_against_a_good_one() {
    let world = World::new();
    let serve = Serve::start(&world);
    let demo = world.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));
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

#[test]
fn reindex_derives_the_same_runs_again_from_the_raw_telemetry() {
    let world = World::new();
    let serve = Serve::start(&world);
    let demo = world.run(&["demo", "--fast", "1000", "--grpc", &serve.grpc().to_string()]);
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    assert_eq!(serve.stop("-TERM"), Some(0));
    let facts = || (world.json(&["runs", "--json", "--all"]), world.json(&["show", "latest", "--json"]));
    let before = facts();

    let db = Connection::open(world.default_db()).unwrap();
    db.execute_batch("DELETE FROM step; UPDATE run SET steps = 0, cost_nano_usd = 7").unwrap();
    drop(db);
    assert_ne!(facts(), before);

    let again = world.run(&["reindex"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert!(String::from_utf8_lossy(&again.stdout).contains("records derived again"));
    assert_eq!(facts(), before);

    let nothing = world.run(&["reindex", "--db", "nowhere.db"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(!world.path().join("nowhere.db").exists());
}

#[test]
fn an_interrupt_stops_serve_as_well() {
    let world = World::new();
    assert_eq!(Serve::start(&world).stop("-INT"), Some(0));
}

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
fn keys_are_listed_as_they_are_set_and_what_cannot_be_is_refused() {
    let world = World::new();
    let config = world.path().join("own.toml");
    std::fs::write(&config, "[keys]\nrun.next-error = ['F2']\n").unwrap();
    let lines = world.json(&["keys", "--json", "--config", "own.toml"]);
    let error = lines.iter().find(|line| line["action"] == "next-error" && line["context"] == "run").unwrap();
    assert_eq!((&error["keys"], &error["help"]), (&serde_json::json!(["F2"]), &"next failed step".into()));
    std::fs::write(&config, "[keys]\nrun.next-error = ['m']\n").unwrap();
    let refused = world.run(&["keys", "--config", "own.toml"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("own.toml:2: the key \"m\" would mean both run.next-error"), "{said}");
}

#[test]
fn the_manual_page_and_completions_are_printed() {
    let world = World::new();
    let page = String::from_utf8(world.run(&["man"]).stdout).unwrap();
    assert!(page.contains(".TH spanglass 1") && page.contains(".SH KEYS"), "{page}");
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(world.run(&["completions", shell]).stdout).unwrap();
        assert!(script.contains("doctor") && script.contains("explain-cost"), "{script}");
    }
}

#[test]
fn the_config_that_is_printed_can_be_used() {
    let world = World::new();
    let printed = world.command(&["config"]).env("SPANGLASS_COLOR", "never").output().unwrap().stdout;
    assert!(String::from_utf8_lossy(&printed).contains("color = \"never\"  # SPANGLASS_COLOR"));
    std::fs::write(world.path().join("own.toml"), &printed).unwrap();
    let again = world.run(&["config", "--config", "own.toml"]).stdout;
    assert!(String::from_utf8_lossy(&again).contains("color = \"never\"  # own.toml:"));
}

/// Stores `spans` in the default database, by way of the real binary.
fn store(world: &World, spans: Vec<Span>) {
    let serve = Serve::start(world);
    let answer = otlp::Http::connect(serve.http()).unwrap().send(&otlp::request(spans)).unwrap();
    assert_eq!((answer.status(), serve.stop("-TERM")), (200, Some(0)));
}

/// A run of one agent.
fn run_of(trace: u64, name: &str) -> Vec<Span> {
    vec![
        otlp::chat(trace, trace * 10 + 2, trace * 10 + 1, (1000, 20)),
        otlp::agent(trace, trace * 10 + 1, 0, name),
    ]
}

#[test]
fn a_call_is_priced_by_what_a_later_report_of_it_tells() {
    let world = World::new();
    store(&world, vec![otlp::chat(1, 3, 2, (1000, 20)), otlp::agent(1, 1, 0, "triage")]);
    // 1 000 × $2.50 and 20 × $10
    assert_eq!(world.json(&["runs", "--json"])[0]["cost_usd"], 0.0027);
    let mut around = otlp::chat(1, 2, 1, (1000, 20));
    around.attributes.push(otlp::number("gen_ai.usage.cache_read.input_tokens", 512));
    // another process: what the first knew of prices it has from the file
    store(&world, vec![around]);
    // 488 × $2.50, 512 × $1.25 and 20 × $10
    assert_eq!(world.json(&["runs", "--json"])[0]["cost_usd"], 0.002_06);
    let shown = world.json(&["show", "latest", "--json"]);
    let costs: Vec<_> = shown.iter().filter_map(|line| line["cost_usd"].as_f64()).collect();
    assert_eq!(costs, [0.002_06, 0.002_06], "the run, then its one call");
    let explained = world.json(&["show", "latest", "--explain-cost", "--json"]);
    let parts: Vec<_> =
        explained[0]["parts"].as_array().unwrap().iter().map(|part| &part["tokens"]).collect();
    assert_eq!(parts, [488, 512, 20]);
    assert_eq!((&explained[0]["cost_usd"], explained.len()), (&explained[0]["computed_usd"], 2));
}

#[test]
fn own_prices_hold_for_what_comes_in_and_explain_what_came_before() {
    let world = World::new();
    let config = world.path().join(".config/spanglass");
    std::fs::create_dir_all(&config).unwrap();
    let own = "[[prices.override]]\nmodel = \"gpt-4*\"\ninput = 1\noutput = 1\n";
    std::fs::write(config.join("config.toml"), own).unwrap();
    store(&world, run_of(1, "triage"));
    // 1 000 and 20 tokens at a dollar for a million
    assert_eq!(world.json(&["runs", "--json"])[0]["cost_usd"], 0.001_02);
    let lines = world.json(&["show", "latest", "--explain-cost", "--json"]);
    let (call, sum) = (&lines[0], &lines[1]);
    assert_eq!((call["type"].as_str(), call["price"]["basis"].as_str()), (Some("call"), Some("override")));
    assert_eq!(call["price"]["source"], format!("{}:1", config.join("config.toml").display()));
    assert_eq!((sum["type"].as_str(), sum["cost_usd"].as_f64()), (Some("sum"), Some(0.001_02)));
    // 1 000 × $2.50 and 20 × $10 by list: shown, not put in the place of what was kept
    std::fs::write(config.join("config.toml"), "").unwrap();
    let page = world.text(&["show", "latest", "--explain-cost"]);
    for said in ["$0.001020", "kept as $0.001020", "today's settings: $0.002700", "genai-prices"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    std::fs::write(config.join("config.toml"), own.replace("input = 1", "input = -1")).unwrap();
    let error = world.error(&["runs"]);
    assert!(error.contains(":3: prices.override.input cannot be \"-1\": write US dollars"), "{error}");
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
fn the_doctor_names_what_is_missing_and_the_setting_that_brings_it() {
    let world = World::new();
    let mut spans = run_of(1, "triage");
    spans.push(otlp::tool(1, 13, 11, "search_web"));
    store(&world, spans);
    let clients = world.json(&["doctor", "--json"]);
    assert_eq!(clients.len(), 1, "{clients:?}");
    assert_eq!((&clients[0]["model_calls"], &clients[0]["tool_calls"]), (&1.into(), &1.into()));
    let gaps = clients[0]["gaps"].as_array().unwrap();
    let prompts = gaps.iter().find(|gap| gap["gap"] == "prompts").unwrap();
    assert_eq!((&prompts["count"], &prompts["of"]), (&1.into(), &1.into()));
    assert!(prompts["setting"].as_str().unwrap().contains("gen_ai.input.messages"), "{prompts}");
    let page = world.text(&["doctor"]);
    assert!(page.contains("no prompts") && page.contains("1 of 1 model call"), "{page}");
    let before = contents(world.default_db().parent().unwrap());
    world.text(&["doctor"]);
    assert!(contents(world.default_db().parent().unwrap()) == before, "the doctor only looks");
}

#[test]
fn a_check_fails_runs_that_loop_or_break_a_limit_and_says_so() {
    let world = World::new();
    let mut stuck = run_of(1, "stuck");
    for n in 0..3 {
        let call = [("gen_ai.tool.call.arguments", "{}"), ("gen_ai.tool.call.result", "nothing")];
        let text = |(key, value): (&str, &str)| otlp::text(key, value);
        let mut asked = otlp::chat(1, 30 + n, 11, (1000, 20));
        let base = asked.start_time_unix_nano + 1_000 + n * 100;
        (asked.start_time_unix_nano, asked.end_time_unix_nano) = (base, base + 40);
        stuck.push(asked);
        let mut span = otlp::tool(1, 20 + n, 11, "search_web");
        (span.start_time_unix_nano, span.end_time_unix_nano) = (base + 50, base + 60);
        span.attributes.extend(call.map(text));
        stuck.push(span);
    }
    store(&world, [stuck, run_of(2, "sound")].concat());
    let failed = world.run(&["check", "--json", "--junit", "report.xml"]);
    assert_eq!(failed.status.code(), Some(1), "{}", String::from_utf8_lossy(&failed.stderr));
    let lines: Vec<serde_json::Value> = String::from_utf8(failed.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((&lines[0]["passed"], &lines[1]["passed"]), (&false.into(), &true.into()));
    assert_eq!(lines[0]["breaches"][0]["rule"], "loop");
    let report = std::fs::read_to_string(world.path().join("report.xml")).unwrap();
    assert!(report.contains("tests=\"2\" failures=\"1\"") && report.contains("search_web"), "{report}");

    let counted = &world.json(&["runs", "--json"])[0]["findings"];
    assert_eq!((&counted["loop"], &counted["handoff_cycle"]), (&1.into(), &0.into()));
    let sound = lines[1]["run_id"].as_str().unwrap();
    for (words, code) in [
        (&["check", sound][..], 0),
        (&["check", sound, "--max-steps", "1"], 1),
        (&["check", "--max-steps", "1000", "--max-duration", "1h", "--max-cost", "5"], 0),
        (&["check", "--fail-on", "error,handoff-cycle"], 0),
        (&["check", "--fail-on", "loops"], 2),
        (&["check", "ffff"], 2),
    ] {
        assert_eq!(world.run(words).status.code(), Some(code), "{words:?}");
    }
}

/// Escape sequences, a clipboard order, bidi and a line break.
const HOSTILE: &str = "a\u{1b}[31mb\u{1b}]52;c;QUJD\u{7}c\u{9b}2Jd\u{202e}e\nf";

#[test]
fn nothing_a_span_holds_touches_the_terminal_or_the_table() {
    let world = World::new();
    let mut spans = run_of(1, HOSTILE);
    spans.push(otlp::tool(1, 13, 11, HOSTILE));
    spans.push(Span { name: HOSTILE.to_owned(), ..otlp::span(1, 14, 11, "") });
    store(&world, spans);
    for words in [
        &["runs", "--color", "always"][..],
        &["show", "latest", "--color", "always"],
        &["doctor", "--color", "always"],
    ] {
        let page = world.text(words);
        for touch in ["\u{1b}[31mb", "\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}"] {
            assert!(!page.contains(touch), "{words:?} sends {touch:?}: {page:?}");
        }
        assert!(page.lines().all(|line| !line.starts_with('f')), "{page}");
        let plain = world.text(&words[..words.len() - 2]);
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{plain:?}");
    }
}

#[test]
fn columns_stand_under_each_other_whatever_the_script() {
    let world = World::new();
    let names = ["plain", "환불 담당자", "リサーチ係", "flag 🇰🇷 👩‍👩‍👧‍👦 é"];
    store(&world, (1..).zip(names).flat_map(|(trace, name)| run_of(trace, name)).collect());
    let page = world.text(&["runs"]);
    let column = |line: &str| line.find('$').map(|at| line[..at].width());
    let columns: Vec<_> = page.lines().filter_map(column).collect();
    assert_eq!(columns.len(), names.len(), "{page}");
    assert!(columns.iter().all(|at| *at == columns[0]), "{columns:?}\n{page}");
    for name in names {
        assert!(page.contains(name), "{page}");
    }
}

/// What lies in a folder, byte for byte.
fn contents(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries.map(|e| (e.file_name(), std::fs::read(e.path()).unwrap())).collect();
    files.sort();
    files
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
    program::wait_for("the log to be folded in", || (log.metadata().unwrap().len() == 0).then_some(()));
    serve.stop("-KILL");
    read(3, 3);
}
