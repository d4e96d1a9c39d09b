//! From a key press to what it does, and back: which keys an action has now.

use std::collections::HashMap;

use crossterm::event::KeyEvent;

use super::{Action, BINDINGS, Binding, Chord, Context};

/// A row of the table with the keys that it has now.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The row.
    pub binding: &'static Binding,
    /// Its keys, the one to show first; none where it was unbound.
    pub keys: Vec<Chord>,
}

/// Every row of the table with its keys, in the order of the table; and the table turned round.
#[derive(Debug)]
pub struct Keymap {
    rows: Vec<Bound>,
    actions: HashMap<(Context, Chord), Action>,
}

impl Default for Keymap {
    /// As the table says.
    fn default() -> Self {
        Self::new(defaults().collect())
    }
}

/// The rows with their keys out of the table; a test makes sure that all of those are keys.
pub(super) fn defaults() -> impl Iterator<Item = Bound> {
    BINDINGS.iter().map(|binding| Bound {
        binding,
        keys: binding.keys.iter().filter_map(|key| key.parse().ok()).collect(),
    })
}

impl Keymap {
    pub(super) fn new(rows: Vec<Bound>) -> Self {
        let keys = |row: &Bound| {
            let Binding { context, action, .. } = *row.binding;
            row.keys.iter().map(move |&key| ((context, key), action)).collect::<Vec<_>>()
        };
        let actions = rows.iter().flat_map(keys).collect();
        Self { rows, actions }
    }

    /// Every row of the table.
    pub fn rows(&self) -> &[Bound] {
        &self.rows
    }

    /// Rows of the contexts of `chain`, the narrowest context first.
    pub fn listening<'m>(&'m self, chain: &'m [Context]) -> impl Iterator<Item = &'m Bound> {
        chain.iter().flat_map(|context| self.rows.iter().filter(move |row| row.binding.context == *context))
    }

    /// What `event` does where `chain` listens, the narrowest context first.
    pub fn action(&self, chain: &[Context], event: &KeyEvent) -> Option<Action> {
        self.meaning(chain, Chord::of(event)).map(|(_, action)| action)
    }

    /// The first key of `row` that reaches it where `chain` listens: no narrower context takes it.
    pub fn key_of(&self, chain: &[Context], row: &Bound) -> Option<Chord> {
        let reaches = |key: &&Chord| {
            self.meaning(chain, **key).is_some_and(|(context, _)| context == row.binding.context)
        };
        row.keys.iter().find(reaches).copied()
    }

    /// The key to press for `action` where `chain` listens.
    pub fn key_for(&self, chain: &[Context], action: Action) -> Option<Chord> {
        let mut rows = self.listening(chain).filter(|row| row.binding.action == action);
        rows.find_map(|row| self.key_of(chain, row))
    }

    fn meaning(&self, chain: &[Context], key: Chord) -> Option<(Context, Action)> {
        chain.iter().find_map(|&context| Some((context, *self.actions.get(&(context, key))?)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use strum::VariantArray as _;

    use super::*;

    #[test]
    fn every_key_of_the_table_is_one_and_every_row_explains_itself() {
        for row in defaults() {
            let help = row.binding.help;
            assert!(!help.is_empty() && help.is_ascii(), "letters are counted as columns: {help}");
            assert_eq!(row.keys.len(), row.binding.keys.len(), "{:?}", row.binding);
            let written: Vec<String> = row.keys.iter().map(ToString::to_string).collect();
            assert_eq!(written, row.binding.keys);
        }
    }

    #[test]
    fn names_are_plain_and_no_two_things_share_one() {
        let names = Action::VARIANTS.iter().map(|action| action.name());
        let contexts = Context::VARIANTS.iter().map(|context| context.name());
        for names in [names.collect::<Vec<_>>(), contexts.collect()] {
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{names:?}");
            let plain = |name: &&str| name.bytes().all(|b| b == b'-' || b.is_ascii_lowercase());
            assert!(names.iter().all(plain), "{names:?}");
        }
        let rows: HashSet<_> = BINDINGS.iter().map(|b| (b.context, b.action)).collect();
        assert_eq!(rows.len(), BINDINGS.len(), "a row is named by its context and its action");
    }

    #[test]
    fn every_action_can_be_asked_for() {
        for action in Action::VARIANTS {
            assert!(BINDINGS.iter().any(|binding| binding.action == *action), "{action:?}");
            assert_eq!(action.name().parse(), Ok(*action));
        }
    }

    #[test]
    fn a_key_that_a_narrower_context_takes_is_not_shown_for_a_wider_one() {
        let keys = Keymap::default();
        let shown = |chain: &[Context], action| keys.key_for(chain, action).map(|key| key.to_string());
        assert_eq!(shown(super::super::chains::TREE, Action::NextError).as_deref(), Some("n"));
        assert_eq!(shown(super::super::chains::TREE_HITS, Action::NextError), None);
        assert_eq!(shown(super::super::chains::TREE_HITS, Action::NextHit).as_deref(), Some("n"));
    }
}
