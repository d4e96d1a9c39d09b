//! Keys as the user wants them: rows of the table with other keys, and what cannot be wanted.
//!
//! A rule gives one action of one context its keys, none with an empty list; what no rule names keeps the table's. A
//! keymap comes of it only if on every screen each key means one thing, the way out stays, and no key that writes or
//! edits a line is taken away where a line is typed.

use crate::config::{KeyRule, Origin, Written};

use super::chains::{CHAINS, Chain};
use super::chord::{self, BadChord, Chord};
use super::keymap::{self, Bound, Keymap};
use super::{Action, Context};

/// What is wrong with a rule, in one line that says where and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{at}: {fault}")]
pub struct KeyError {
    /// Where it stands: of two rules at odds the later one.
    pub at: Origin,
    /// What it is.
    pub fault: Box<KeyFault>,
}

/// What can be wrong with a rule. `row` is context and action: `run.next-error`.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// No context is called so.
    #[error("there are no keys of \"{name}\"{hint}")]
    Context {
        /// The name.
        name: String,
        /// What it may have been meant to be.
        hint: String,
    },
    /// The context has no action that is called so.
    #[error("\"{name}\" is no action of \"{context}\"{hint}")]
    Action {
        /// The context.
        context: &'static str,
        /// The name.
        name: String,
        /// What it may have been meant to be.
        hint: String,
    },
    /// A text is no key that a terminal sends.
    #[error("{row} cannot have the key \"{key}\": {why}{hint}")]
    Key {
        /// The row.
        row: String,
        /// The text.
        key: String,
        /// Why it is none.
        why: BadChord,
        /// What it may have been meant to be.
        hint: String,
    },
    /// The key is needed to write.
    #[error(
        "{row} cannot have the key \"{key}\": it writes or edits the line that is typed there; take one with ctrl- or \
         alt-, F1 to F12, or a named key"
    )]
    Types {
        /// The row.
        row: String,
        /// The key.
        key: Chord,
    },
    /// Without the action one could not leave.
    #[error("{row} needs a key: it is the way out; give it another one")]
    NoWayOut {
        /// The row.
        row: String,
    },
    /// Two actions of one screen have the same key.
    #[error(
        "the key \"{key}\" would mean both {one} ({one_at}) and {other} ({other_at}) on one screen; give one of them \
         another key, or none: []"
    )]
    Conflict {
        /// The key.
        key: Chord,
        /// A row.
        one: String,
        /// Where it got the key.
        one_at: Origin,
        /// The other row.
        other: String,
        /// Where it got the key.
        other_at: Origin,
    },
}

impl KeyFault {
    fn at(self, origin: &Origin) -> KeyError {
        KeyError { at: origin.clone(), fault: Box::new(self) }
    }
}

/// A row and where it got its keys.
struct Row {
    bound: Bound,
    at: Origin,
}

impl Row {
    fn name(&self) -> String {
        self.bound.binding.name()
    }

    fn context(&self) -> Context {
        self.bound.binding.context
    }

    fn action(&self) -> Action {
        self.bound.binding.action
    }

    /// The way out of the program, of a question, or of a line that is typed.
    fn is_way_out(&self) -> bool {
        match self.action() {
            Action::Quit | Action::Cancel => true,
            Action::Escape => self.context().is_typed(),
            _ => false,
        }
    }
}

impl Keymap {
    /// The table with these rules laid over it.
    ///
    /// # Errors
    /// A rule names what there is not, or on some screen a key would mean two things or the way out would be lost.
    pub fn of(rules: &[KeyRule]) -> Result<Self, KeyError> {
        let mut rows: Vec<Row> = keymap::defaults().map(|bound| Row { bound, at: Origin::Default }).collect();
        for rule in rules {
            let row = row_of(&mut rows, rule)?;
            row.bound.keys = keys(row, &rule.keys)?;
            row.at = rule.action.origin.clone();
            if row.bound.keys.is_empty() && row.is_way_out() {
                return Err(KeyFault::NoWayOut { row: row.name() }.at(&row.at));
            }
        }
        CHAINS.iter().try_for_each(|chain| one_meaning_each(&rows, chain))?;
        Ok(Self::new(rows.into_iter().map(|row| row.bound).collect()))
    }
}

/// The row that a rule is about.
fn row_of<'r>(
    rows: &'r mut [Row],
    KeyRule { context, action, .. }: &KeyRule,
) -> Result<&'r mut Row, KeyError> {
    let of: Context = context.text.parse().map_err(|_| {
        let hint = hint(&context.text, rows.iter().map(|row| row.context().name()));
        KeyFault::Context { name: context.text.clone(), hint }.at(&context.origin)
    })?;
    let at = rows.iter().position(|row| row.context() == of && row.action().name() == action.text);
    let Some(at) = at else {
        let of_context = rows.iter().filter(|row| row.context() == of);
        let hint = hint(&action.text, of_context.map(|row| row.action().name()));
        let fault = KeyFault::Action { context: of.name(), name: action.text.clone(), hint };
        return Err(fault.at(&action.origin));
    };
    Ok(&mut rows[at])
}

/// The keys that a rule gives its row, each once.
fn keys(row: &Row, written: &[Written]) -> Result<Vec<Chord>, KeyError> {
    let mut keys = Vec::new();
    for Written { text, origin } in written {
        let key: Chord = text.parse().map_err(|why| {
            let hint = if why == BadChord::Unknown { hint(text, chord::names()) } else { String::new() };
            KeyFault::Key { row: row.name(), key: text.clone(), why, hint }.at(origin)
        })?;
        if row.context().is_typed() && key.edits_a_line() {
            return Err(KeyFault::Types { row: row.name(), key }.at(origin));
        }
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Whether each key of a screen means one thing; a context that covers others may take their keys, but not the way out.
fn one_meaning_each(rows: &[Row], chain: Chain) -> Result<(), KeyError> {
    let mut taken: Vec<(Chord, &Row)> = Vec::new();
    for row in chain.iter().flat_map(|context| rows.iter().filter(|row| row.context() == *context)) {
        for &key in &row.bound.keys {
            let clash = taken.iter().find(|(other, by)| *other == key && clashes(by, row));
            if let Some((_, by)) = clash {
                return Err(conflict(key, by, row));
            }
            taken.push((key, row));
        }
    }
    Ok(())
}

fn clashes(narrow: &Row, wide: &Row) -> bool {
    let covered = narrow.context().covers() && narrow.context() != wide.context() && !wide.is_way_out();
    narrow.action() != wide.action() && !covered
}

/// The later rule is the one to be changed; the table's own rows never clash.
fn conflict(key: Chord, one: &Row, other: &Row) -> KeyError {
    let at = if line(&one.at) > line(&other.at) { &one.at } else { &other.at };
    let fault = KeyFault::Conflict {
        key,
        one: one.name(),
        one_at: one.at.clone(),
        other: other.name(),
        other_at: other.at.clone(),
    };
    fault.at(at)
}

fn line(origin: &Origin) -> usize {
    if let Origin::File(_, line) = origin { *line } else { 0 }
}

/// Least likeness of a suggestion, as clap has it: below it people are better served by the list.
const LIKE: f64 = 0.7;

/// The likeliest of the `known` names, else where to find them all.
fn hint<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let likeness = known.map(|known| (strsim::jaro(name, known), known));
    match likeness.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(like, _)| *like > LIKE) {
        Some((_, known)) => format!("; did you mean \"{known}\"?"),
        None => "; `spanglass keys` lists what there is".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::Path;

    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use proptest::prelude::*;

    use super::*;
    use crate::config::Layers;
    use crate::tui::keys::{BINDINGS, Binding, chains};

    fn keymap(text: &str) -> Result<Keymap, String> {
        let mut layers = Layers::default();
        layers.add_file(Path::new("config.toml"), text).map_err(|error| error.to_string())?;
        Keymap::of(layers.key_rules()).map_err(|error| error.to_string())
    }

    fn key(keys: &Keymap, chain: Chain, action: Action) -> Option<String> {
        keys.key_for(chain, action).map(|key| key.to_string())
    }

    #[test]
    fn the_table_by_itself_has_no_conflicts() {
        Keymap::of(&[]).unwrap();
    }

    #[test]
    fn a_rule_replaces_the_keys_of_its_row_and_of_no_other() {
        let keys = keymap("[keys]\nrun.next-error = ['ctrl-n', 'F2']\n[keys.moving]\nup = []\n").unwrap();
        assert_eq!(key(&keys, chains::TREE, Action::NextError).as_deref(), Some("ctrl-n"));
        assert_eq!(key(&keys, chains::TREE, Action::Up), None);
        assert_eq!(key(&keys, chains::TREE, Action::Down).as_deref(), Some("down"));
        assert_eq!(key(&keys, chains::BESIDE, Action::NextHunk).as_deref(), Some("n"));
    }

    #[test]
    fn two_actions_may_swap_their_keys() {
        let keys = keymap("[keys.run]\nnext-error = 'm'\nnext-call = 'n'").unwrap();
        assert_eq!(key(&keys, chains::TREE, Action::NextError).as_deref(), Some("m"));
        assert_eq!(key(&keys, chains::TREE, Action::NextCall).as_deref(), Some("n"));
    }

    #[test]
    fn what_cannot_be_wanted_is_refused_in_one_line_that_says_where_and_what_to_do() {
        for (text, said) in [
            (
                "[keys]\n\nruns.sort = 'm'",
                "config.toml:3: the key \"m\" would mean both runs.sort (config.toml:3) and runs.mark (default) on one \
                 screen; give one of them another key, or none: []",
            ),
            (
                "[keys]\nrun.next-error = 'x'\ntree.fold = 'x'\nrun.figures = []",
                "config.toml:3: the key \"x\" would mean both tree.fold (config.toml:3) and run.next-error \
                 (config.toml:2) on one screen; ",
            ),
            (
                "[keys]\nhits.next-hit = 'ctrl-c'",
                "config.toml:2: the key \"ctrl-c\" would mean both hits.next-hit ",
            ),
            (
                "[keys.runn]\nnext-error = 'x'",
                "config.toml:1: there are no keys of \"runn\"; did you mean \"run\"?",
            ),
            (
                "[keys.zzz]\nx = 'x'",
                "config.toml:1: there are no keys of \"zzz\"; `spanglass keys` lists what there is",
            ),
            (
                "[keys.run]\nnext-eror = 'x'",
                "config.toml:2: \"next-eror\" is no action of \"run\"; did you mean \"next-error\"?",
            ),
            (
                "[keys.run]\nnext-error = [\n'F2',\n'pgup']",
                "config.toml:4: run.next-error cannot have the key \"pgup\": there is no such key; did you mean \
                 \"pageup\"?",
            ),
            (
                "[keys.run]\nnext-error = 'ctrl-i'",
                "config.toml:2: run.next-error cannot have the key \"ctrl-i\": terminals send it as tab: write that",
            ),
            (
                "[keys.filter]\naccept = 'x'",
                "config.toml:2: filter.accept cannot have the key \"x\": it writes or edits the line",
            ),
            (
                "[keys.find]\nup = 'left'",
                "config.toml:2: find.up cannot have the key \"left\": it writes or edits",
            ),
            ("[keys]\neverywhere.quit = []", "config.toml:2: everywhere.quit needs a key: it is the way out"),
            ("[keys]\nfilter.cancel = []", "config.toml:2: filter.cancel needs a key: it is the way out"),
        ] {
            let error = keymap(text).unwrap_err();
            assert!(error.starts_with(said) && !error.contains('\n'), "{error}");
        }
    }

    /// Any row with any keys, most of them taken by another row already.
    fn rule() -> impl Strategy<Value = KeyRule> {
        let taken = (0..BINDINGS.len()).prop_map(|row| BINDINGS[row].keys[0].to_owned());
        let any =
            prop::sample::select(&["F2", "F12", "alt-x", "ctrl-k", "insert", "shift-left", "Q", "é"][..]);
        let keys = prop::collection::vec(prop_oneof![taken, any.prop_map(str::to_owned)], 0..3);
        (0..BINDINGS.len(), 1..99_usize, keys).prop_map(|(row, line, keys)| {
            let written =
                |text: &str| Written { text: text.to_owned(), origin: Origin::File("c.toml".into(), line) };
            let Binding { context, action, .. } = &BINDINGS[row];
            let keys = keys.iter().map(|key| written(key)).collect();
            KeyRule { context: written(context.name()), action: written(action.name()), keys }
        })
    }

    fn leads_out(keys: &Keymap, chain: Chain) -> bool {
        let has = |action| keys.key_for(chain, action).is_some();
        has(Action::Quit) && (!chain[0].is_typed() || has(Action::Cancel) || has(Action::Escape))
    }

    proptest! {
        #[test]
        fn any_rules_give_a_keymap_without_conflicts_or_are_refused_by_name(
            rules in prop::collection::vec(rule(), 1..6)
        ) {
            match Keymap::of(&rules) {
                Ok(keys) => for chain in CHAINS {
                    prop_assert!(leads_out(&keys, chain));
                    let mut means = HashMap::new();
                    for row in keys.listening(chain).filter(|row| !row.binding.context.covers()) {
                        for key in &row.keys {
                            let other = means.insert(*key, row.binding.action);
                            prop_assert!(other.is_none_or(|other| other == row.binding.action), "{key}");
                        }
                    }
                    if chain[0].is_typed() {
                        let letter = KeyEvent::new(KeyCode::Char('Q'), KeyModifiers::NONE);
                        prop_assert!(keys.action(chain, &letter).is_none());
                    }
                },
                Err(error) => {
                    let said = error.to_string();
                    let names_a_rule = rules.iter().any(|KeyRule { context, action, .. }| {
                        said.contains(&format!("{}.{}", context.text, action.text))
                    });
                    prop_assert!(said.starts_with("c.toml:") && names_a_rule && !said.contains('\n'), "{said}");
                }
            }
        }
    }

    #[test]
    fn marked_hits_may_take_keys_of_what_is_behind_them() {
        keymap("[keys.hits]\nnext-hit = 'x'").unwrap();
    }
}
