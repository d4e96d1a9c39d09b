//! Tables of the README that are made from code. `UPDATE=1 cargo test --test readme` writes them anew.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

#[path = "common/scenes.rs"]
#[allow(dead_code, reason = "the gallery needs the words, the pictures the rest")]
mod scenes;

use std::fs;
use std::path::Path;

use clap::{Arg, Command};
use spanglass::analyze::findings::RULES;
use spanglass::config::{FINDING_FIELDS, FileField, PRICE_FIELDS, SETTINGS};
use spanglass::model::FindingKind;
use spanglass::report::filter::FIELDS;
use spanglass::tui::keys::{Bound, Keymap};

#[test]
fn the_tables_of_the_readme_are_those_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let fresh = with_table(&readme, "the command line", &commands(&spanglass::cli::command()));
    let fresh = with_table(&fresh, "the settings", &settings());
    let fresh = with_table(&fresh, "the prices", &fields(PRICE_FIELDS));
    let fresh = with_table(&fresh, "the fields of findings", &fields(FINDING_FIELDS));
    let fresh = with_table(&fresh, "the rules", &rules());
    let fresh = with_table(&fresh, "the keys", &keys());
    let fresh = with_table(&fresh, "the fields", &filter_fields());
    let fresh = with_table(&fresh, "the scenes", &gallery());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert!(
        readme == fresh || std::env::var_os("UPDATE").is_some(),
        "README.md is stale: run UPDATE=1 cargo test --test readme"
    );
}

/// `text` with `table` between the marks that name `source`.
fn with_table(text: &str, source: &str, table: &str) -> String {
    let open = format!("<!-- generated from {source}:");
    let start = text.find(&open).unwrap_or_else(|| panic!("README.md has no mark {open}"));
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = start + text[start..].find("<!-- /generated -->").unwrap();
    format!("{}{table}{}", &text[..start], &text[end..])
}

fn commands(program: &Command) -> String {
    let mut table = vec!["| command | does |\n| --- | --- |\n".to_owned()];
    table.push(format!("| `spanglass` | {} |\n", cell(&live(program))));
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let words: Vec<_> = command.get_arguments().filter(|arg| !arg.is_global_set()).map(word).collect();
        let usage = ["spanglass", command.get_name()].into_iter().map(str::to_owned).chain(words);
        let usage = usage.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        table.push(format!("| `{usage}` | {} |\n", cell(&command.get_about().unwrap().to_string())));
    }
    table.concat() + &options(program)
}

/// Every option once: those of the program, then those that only one command has.
fn options(program: &Command) -> String {
    let mut table = vec!["\n| option | does |\n| --- | --- |\n".to_owned()];
    let mut seen = Vec::new();
    for command in std::iter::once(program).chain(program.get_subcommands()) {
        let whose = if command.get_name() == program.get_name() { "" } else { command.get_name() };
        for arg in command.get_arguments().filter(|arg| arg.get_long().is_some() && !word(arg).is_empty()) {
            let option = word(arg).replace(['[', ']'], "");
            let known = (option.clone(), help(arg));
            if !seen.contains(&known) {
                table.push(format!("| `{}` | {} |\n", format!("{whose} {option}").trim(), known.1));
                seen.push(known);
            }
        }
    }
    table.concat()
}

/// What the program does without a command: the second paragraph of its help.
fn live(program: &Command) -> String {
    let about = program.get_long_about().unwrap().to_string();
    let (_, without) = about.split_once("Without a command: ").unwrap();
    let mut letters = without.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().to_string() + letters.as_str()).unwrap()
}

/// An argument as usage shows it; nothing for help and version.
fn word(arg: &Arg) -> String {
    let name = || arg.get_value_names().map(|names| names[0].to_string()).unwrap_or_default();
    let takes = arg.get_action().takes_values();
    match arg.get_long() {
        Some("help" | "version") => String::new(),
        Some(long) if takes => format!("[--{long} {}]", name()),
        Some(long) => format!("[--{long}]"),
        None if arg.is_required_set() => name(),
        None if matches!(arg.get_action(), clap::ArgAction::Append) => format!("[{}…]", name()),
        None => format!("[{}]", name()),
    }
}

fn help(arg: &Arg) -> String {
    cell(&arg.get_help().unwrap().to_string())
}

fn settings() -> String {
    let mut table =
        vec!["| setting | environment | flag | default | |\n| --- | --- | --- | --- | --- |\n".to_owned()];
    for setting in SETTINGS {
        let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
        let cells = [
            code(setting.name),
            code(setting.env),
            code(setting.flag.unwrap_or_default()),
            code(setting.default),
        ];
        table.push(format!("| {} | {} |\n", cells.join(" | "), cell(setting.help)));
    }
    table.concat()
}

fn fields(fields: &[FileField]) -> String {
    let mut table =
        vec!["| section | key | example | left out | |\n| --- | --- | --- | --- | --- |\n".to_owned()];
    let mut last = "";
    for field in fields {
        let place = if last == field.section { String::new() } else { format!("`{}`", field.section) };
        last = field.section;
        let (name, example) = (format!("`{}`", field.name), format!("`{}`", field.example));
        table.push(format!("| {place} | {name} | {example} | {} | {} |\n", field.default, cell(field.help)));
    }
    table.concat()
}

/// Every kind of finding with its rules.
fn rules() -> String {
    let mut table = vec!["| kind | rule | at most | fires when |\n| --- | --- | --- | --- |\n".to_owned()];
    for kind in FindingKind::ALL {
        let of_kind = RULES.iter().filter(|rule| rule.kind == kind);
        let mut place = format!("`{}`", kind.word());
        for rule in of_kind {
            let cells = [
                place.clone(),
                format!("`{}`", rule.name),
                rule.severity.name().to_owned(),
                cell(rule.summary),
            ];
            table.push(format!("| {} |\n", cells.join(" | ")));
            place.clear();
        }
    }
    table.concat()
}

/// Every key, by where it means something, in the order of the table.
fn keys() -> String {
    let mut table = vec!["| where | keys | | name |\n| --- | --- | --- | --- |\n".to_owned()];
    let mut last = None;
    for Bound { binding, keys } in Keymap::default().rows() {
        let place =
            if last.replace(binding.context) == Some(binding.context) { "" } else { binding.context.title() };
        let keys = keys.iter().map(|key| format!("`{}`", key.shown(false)));
        let keys = keys.collect::<Vec<_>>().join(" ");
        let name = format!("`{}`", binding.name());
        table.push(format!("| {place} | {} | {} | {name} |\n", cell(&keys), cell(binding.help)));
    }
    table.concat()
}

/// Every field of the filter.
fn filter_fields() -> String {
    let mut table = vec!["| for example | takes runs by |\n| --- | --- |\n".to_owned()];
    table
        .extend(FIELDS.iter().map(|field| format!("| `{}` | {} |\n", cell(field.example), cell(field.help))));
    table.concat()
}

/// Every picture with its caption, two in a row.
fn gallery() -> String {
    let shown = |scene: &scenes::Scene| {
        let scenes::Scene { file, title, caption, .. } = scene;
        format!(
            "<td width=\"50%\" valign=\"top\"><a href=\"screenshots/{file}.png\"><img src=\"screenshots/{file}.png\" \
             alt=\"{title}\"></a><br><b>{title}</b><br>{caption}</td>\n"
        )
    };
    let cells: Vec<_> = scenes::all().iter().map(shown).collect();
    let rows: Vec<_> = cells.chunks(2).map(|row| format!("<tr>\n{}</tr>\n", row.concat())).collect();
    format!("<table>\n{}</table>\n", rows.concat())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
