//! What a tool call does beside telling something: whether it changes what later calls find, or waits for something that
//! goes on by itself. Running the same test after an edit is no loop, and asking whether a job is done is none.
//!
//! Read off the tool's name and, of shells, off the command. Where that tells nothing the call only looks.

use serde_json::Value as Json;

use super::lenient;
use crate::model::Effect;

/// Words in the names of tools that change files and records.
const CHANGES: [&str; 16] = [
    "edit", "editor", "write", "patch", "replace", "insert", "append", "create", "delete", "remove",
    "rename", "move", "update", "modify", "install", "commit",
];

/// What the names of tools that change records begin with; later in a name the words mean things (`get_order`).
const ACTS: [&str; 19] = [
    "add", "approve", "book", "buy", "cancel", "exchange", "grant", "order", "pay", "post", "purchase",
    "put", "refund", "return", "save", "send", "set", "store", "submit",
];

/// Words in the names of tools that write nothing but notes of the agent's own.
const NOTES: [&str; 6] = ["todo", "todos", "plan", "memory", "think", "note"];

/// What one tool for many commands is told where it only looks (`str_replace_editor`, `text_editor`).
const LOOKS: [&str; 7] = ["view", "read", "open", "list", "ls", "find", "search"];

/// Words in the names of tools that run commands.
const SHELLS: [&str; 8] = ["bash", "shell", "terminal", "exec", "execute", "command", "cmd", "powershell"];

/// What stands in commands that change files.
const COMMANDS: [&str; 24] = [
    "sed -i",
    "perl -i",
    "perl -pi",
    "tee ",
    ">>",
    "<<",
    "apply_patch",
    "git apply",
    "git checkout",
    "git stash",
    "git reset",
    "git commit",
    "git mv",
    "git rm",
    "patch -",
    "mv ",
    "rm ",
    "cp ",
    "mkdir ",
    "touch ",
    "pip install",
    "npm install",
    "write_text(",
    ".write(",
];

/// Words in the names of tools that wait.
const WAITS: [&str; 4] = ["wait", "sleep", "poll", "await"];

/// Words in the names of tools that tell how far something has come.
const WATCHES: [&str; 10] =
    ["status", "state", "progress", "job", "task", "build", "deployment", "process", "output", "stdin"];

/// What a result says of something that goes on.
const GOES_ON: [&str; 10] = [
    "running",
    "pending",
    "queued",
    "waiting",
    "in progress",
    "in_progress",
    "not ready",
    "not finished",
    "processing",
    "scheduled",
];

/// A result that says how far something has come is short.
const SHORT: usize = 300;

/// The effect of a call of `tool`.
pub(super) fn of_tool(tool: &str, arguments: Option<&str>, result: Option<&str>) -> Effect {
    let words = words(tool);
    let named = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    if named(&WAITS) || named(&WATCHES) && result.is_some_and(goes_on) {
        return Effect::Waits;
    }
    let is_shell = named(&SHELLS);
    let command = arguments.filter(|_| is_shell).map(command);
    if command.as_deref().is_some_and(|command| command.trim_start().starts_with("sleep ")) {
        return Effect::Waits;
    }
    let is_change = command.map_or_else(
        || (acts(&words) || named(&CHANGES)) && !named(&NOTES) && !arguments.is_some_and(only_looks),
        |command| changes_files(&command),
    );
    if is_change { Effect::Changes } else { Effect::None }
}

/// Whether the name of a tool begins with what it does to records.
fn acts(words: &[String]) -> bool {
    words.iter().find(|word| !word.is_empty()).is_some_and(|first| ACTS.contains(&first.as_str()))
}

/// The words of a name in small letters: `runShell_command` has three.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_small {
            words.push(String::new());
        }
        was_small = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

fn goes_on(result: &str) -> bool {
    result.len() <= SHORT && {
        let result = result.to_lowercase();
        GOES_ON.iter().any(|word| result.contains(word))
    }
}

/// The command that a shell is given: its longest argument, else all that it was given.
fn command(arguments: &str) -> String {
    let json = lenient::parse(arguments);
    let texts = json.as_ref().and_then(Json::as_object).into_iter().flat_map(|members| members.values());
    let longest = texts.map(text_of).max_by_key(String::len);
    longest.unwrap_or_else(|| json.map_or_else(|| arguments.to_owned(), |json| text_of(&json)))
}

/// `["bash", "-lc", "ls"]` is a command as well.
fn text_of(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn changes_files(command: &str) -> bool {
    COMMANDS.iter().any(|part| command.contains(part)) || redirects(command)
}

/// Whether output goes to a file: `>` but for `2>`, `->`, `=>`, `>=`, `>&` and `/dev/null`.
fn redirects(command: &str) -> bool {
    command.match_indices('>').any(|(at, _)| {
        let (before, after) = (&command[..at], command[at + 1..].trim_start());
        let to_file = after.starts_with(|c: char| c.is_alphanumeric() || "/.~$\"'".contains(c));
        to_file && before.ends_with(' ') && !after.starts_with("/dev/null")
    })
}

/// Whether a tool of many commands is told one that only looks.
fn only_looks(arguments: &str) -> bool {
    let json = lenient::parse(arguments);
    let command = json.as_ref().and_then(|json| json.get("command")).and_then(Json::as_str);
    command.is_some_and(|command| LOOKS.contains(&command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_change_things_and_looks_do_not() {
        for (tool, arguments, expected) in [
            ("edit_file", "{}", Effect::Changes),
            ("str_replace_editor", r#"{"command": "str_replace", "path": "a.rs"}"#, Effect::Changes),
            ("str_replace_editor", r#"{"command": "view", "path": "a.rs"}"#, Effect::None),
            ("MultiEdit", "{}", Effect::Changes),
            ("applyPatch", "{}", Effect::Changes),
            ("TodoWrite", "{}", Effect::None),
            ("update_plan", "{}", Effect::None),
            ("read_file", r#"{"path": "write.rs"}"#, Effect::None),
            ("bash", r#"{"command": "sed -i 's/a/b/' x.rs"}"#, Effect::Changes),
            ("bash", r#"{"command": "echo 1 > x.txt"}"#, Effect::Changes),
            ("bash", r#"{"command": "pytest -q 2>&1 | tail -5"}"#, Effect::None),
            ("bash", r#"{"command": "ls 2> /dev/null"}"#, Effect::None),
            ("bash", r#"{"command": "awk '$1 >= 3' x.txt"}"#, Effect::None),
            ("exec_command", r#"{"cmd": ["bash", "-lc", "cat > x.rs <<EOF"]}"#, Effect::Changes),
            ("run_shell_command", "cat x.rs", Effect::None),
            ("search_web", "{}", Effect::None),
            ("cancel_reservation", "{}", Effect::Changes),
            ("return_delivered_order_items", "{}", Effect::Changes),
            ("sendEmail", "{}", Effect::Changes),
            ("get_order_details", "{}", Effect::None),
            ("search_book", "{}", Effect::None),
            ("settings", "{}", Effect::None),
        ] {
            assert_eq!(of_tool(tool, Some(arguments), None), expected, "{tool} {arguments}");
        }
    }

    #[test]
    fn asking_whether_something_is_done_is_waiting() {
        for (tool, arguments, result, expected) in [
            ("browser_wait_for", "{}", "", Effect::Waits),
            ("bash", r#"{"command": "sleep 30; tail log"}"#, "", Effect::Waits),
            ("BashOutput", "{}", "status: running", Effect::Waits),
            ("write_stdin", r#"{"chars": ""}"#, "Process running with session ID 7", Effect::Waits),
            ("job_status", "{}", "state RUNNING", Effect::Waits),
            ("job_status", "{}", "state FAILED", Effect::None),
            ("search_web", "{}", "running shoes", Effect::None),
        ] {
            assert_eq!(of_tool(tool, Some(arguments), Some(result)), expected, "{tool} {result}");
        }
    }
}
