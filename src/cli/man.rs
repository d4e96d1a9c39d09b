//! `spanglass man`: the manual page, out of the command line, the settings and the keys.

use std::io::{self, Write as _};

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::exit::Exit;
use crate::config::{FINDING_FIELDS, FileField, PRICE_FIELDS, SETTINGS};
use crate::tui::keys::{Bound, Keymap};

pub(super) fn run() -> anyhow::Result<Exit> {
    io::stdout().lock().write_all(&page(&super::command())?)?;
    Ok(Exit::Good)
}

/// Variables of others that are heeded.
const VARIABLES: [(&str, &str); 7] = [
    ("NO_COLOR", "No colours where it is set and --color is auto."),
    ("COLORTERM", "truecolor or 24bit where the terminal has them."),
    ("COLORFGBG", "Tells a light background from a dark one."),
    ("LC_ALL, LC_CTYPE, LANG", "Without UTF-8, signs are letters."),
    ("PAGER, VISUAL, EDITOR", "Programs that a step is read in."),
    ("COLUMNS", "Width of text that goes to a file or another program."),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "Folders of config file, database and logs."),
];

const FILES: [(&str, &str); 4] = [
    ("~/.config/spanglass/config.toml", "Settings; spanglass config prints one with all of them."),
    ("~/.local/share/spanglass/spanglass.db", "The database, an SQLite file."),
    ("~/.local/state/spanglass/dismissed.jsonl", "Findings that were dismissed."),
    ("~/.local/state/spanglass/", "Logs, rotated."),
];

const EXITS: [(&str, &str); 3] = [
    ("0", "All is good."),
    ("1", "A check failed, or two runs diverge."),
    ("2", "Wrong use, unreadable input, or something that could not be done."),
];

/// The page in roff.
fn page(program: &Command) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let man = Man::new(program.clone());
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    let mut roff = Roff::new();
    commands(&mut roff, program);
    settings(&mut roff);
    roff.control("SH", ["ENVIRONMENT"]);
    for setting in SETTINGS {
        entry(&mut roff, vec![bold(setting.env)], &format!("As the setting {}.", setting.name));
    }
    pairs(&mut roff, &VARIABLES);
    roff.control("SH", ["FILES"]);
    pairs(&mut roff, &FILES);
    roff.control("SH", ["EXIT STATUS"]);
    pairs(&mut roff, &EXITS);
    keys(&mut roff);
    roff.to_writer(&mut out)?;
    Ok(out)
}

/// A term and what is said of it, indented.
fn entry(roff: &mut Roff, term: Vec<Inline>, says: &str) {
    roff.control("TP", []);
    roff.text(term);
    roff.text([roman(says)]);
}

fn pairs(roff: &mut Roff, pairs: &[(&str, &str)]) {
    for (term, says) in pairs {
        entry(roff, vec![bold(*term)], says);
    }
}

/// Every command with the options that only it has.
fn commands(roff: &mut Roff, program: &Command) {
    roff.control("SH", ["COMMANDS"]);
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let mut usage = vec![bold(format!("spanglass {}", command.get_name()))];
        usage.extend(command.get_positionals().flat_map(|arg| [roman(" "), italic(value(arg))]));
        entry(roff, usage, &command.get_about().map(ToString::to_string).unwrap_or_default());
        roff.control("RS", []);
        for arg in command.get_arguments().filter(|arg| !arg.is_global_set()) {
            let term = match arg.get_long() {
                Some("help" | "version") => continue,
                Some(long) if arg.get_action().takes_values() => {
                    vec![bold(format!("--{long}")), roman(" "), italic(value(arg))]
                }
                Some(long) => vec![bold(format!("--{long}"))],
                None => vec![italic(value(arg))],
            };
            entry(roff, term, &arg.get_help().map(ToString::to_string).unwrap_or_default());
        }
        roff.control("RE", []);
    }
}

fn value(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    names.first().map_or_else(|| arg.get_id().to_string(), ToString::to_string)
}

/// The config file: its settings, then its tables.
fn settings(roff: &mut Roff) {
    roff.control("SH", ["CONFIG FILE"]);
    roff.text([roman("TOML; the environment goes over it, flags go over both.")]);
    for setting in SETTINGS {
        let default =
            if setting.default.is_empty() { String::new() } else { format!(" = {}", setting.default) };
        entry(roff, vec![bold(setting.name), roman(default)], setting.help);
    }
    for FileField { section, name, example, help, .. } in PRICE_FIELDS.iter().chain(FINDING_FIELDS) {
        entry(roff, vec![bold(format!("[{section}] {name}")), roman(format!(" = {example}"))], help);
    }
    let help = "The keys of an action in a context, by the names under KEYS; [] for none.";
    entry(roff, vec![bold("[keys] run.next-error"), roman(" = [\"n\", \"ctrl-n\"]")], help);
}

fn keys(roff: &mut Roff) {
    roff.control("SH", ["KEYS"]);
    roff.text([
        roman("As they come. "),
        bold("spanglass keys"),
        roman(" lists them as your config file has them."),
    ]);
    let mut last = None;
    for Bound { binding, keys } in Keymap::default().rows() {
        if last.replace(binding.context) != Some(binding.context) {
            roff.control("SS", [binding.context.title()]);
        }
        let mut term: Vec<Inline> =
            keys.iter().flat_map(|key| [bold(key.to_string()), roman("  ")]).collect();
        term.push(italic(binding.name()));
        entry(roff, term, binding.help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::BINDINGS;

    #[test]
    fn the_page_names_every_command_option_setting_variable_and_key() {
        let program = super::super::command();
        let page = String::from_utf8(page(&program).unwrap()).unwrap();
        // a hyphen that is meant as one is escaped
        let page = page.replace("\\-", "-");
        let has = |words: &str| assert!(page.contains(words), "{words} is missing");
        for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
            has(&format!("spanglass {}", command.get_name()));
            command.get_arguments().filter_map(Arg::get_long).for_each(|long| has(&format!("--{long}")));
        }
        for setting in SETTINGS {
            has(setting.name);
            has(setting.env);
        }
        for binding in BINDINGS {
            has(&binding.name());
        }
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "FILES", "KEYS"] {
            has(&format!(".SH {section}\n"));
        }
        has(".SH \"EXIT STATUS\"\n");
    }
}
