//! What calls cost: the price lists at hand and those of the reader.

use super::{run_of, store};
use crate::otlp;
use crate::program::World;

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
