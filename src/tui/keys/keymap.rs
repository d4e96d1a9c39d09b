//! From a key press to what it does.

use std::collections::HashMap;

use crossterm::event::KeyEvent;

use super::{Action, BINDINGS, Chord, Context};

/// The table turned round: what a chord does in a context.
#[derive(Debug)]
pub struct Keymap(HashMap<(Context, Chord), Action>);

impl Default for Keymap {
    fn default() -> Self {
        let pairs = BINDINGS
            .iter()
            .flat_map(|b| b.keys.iter().filter_map(|key| Some(((b.context, Chord::parse(key)?), b.action))));
        Self(pairs.collect())
    }
}

impl Keymap {
    /// What `event` does where `chain` listens, the narrowest context first.
    pub fn action(&self, chain: &[Context], event: &KeyEvent) -> Option<Action> {
        let chord = Chord::of(event);
        chain.iter().find_map(|&context| self.0.get(&(context, chord)).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action as A, Context as C};
    use super::*;
    use crossterm::event::{KeyCode, KeyModifiers};
    use std::collections::HashSet;

    /// Contexts that listen together; within one of these a key must have one meaning.
    const CHAINS: [&[Context]; 14] = [
        &[C::Search],
        &[C::Runs, C::Compare, C::Moving, C::Everywhere],
        &[C::Empty, C::Runs, C::Moving, C::Everywhere],
        &[C::Filter],
        &[C::Tree, C::Run, C::Compare, C::Moving, C::Everywhere],
        &[C::Detail, C::Run, C::Compare, C::Moving, C::Everywhere],
        &[C::Findings, C::Run, C::Compare, C::Moving, C::Everywhere],
        &[C::Handoffs, C::Moving, C::Everywhere],
        &[C::Stops, C::Replay, C::Moving, C::Everywhere],
        &[C::Scene, C::Replay, C::Moving, C::Everywhere],
        &[C::Help, C::Moving, C::Everywhere],
        &[C::Beside, C::Diff, C::Moving, C::Everywhere],
        &[C::Evidence, C::Diff, C::Moving, C::Everywhere],
        &[C::Find],
    ];

    #[test]
    fn no_two_actions_of_a_screen_share_a_key() {
        for chain in CHAINS {
            let mut seen = HashSet::new();
            for binding in BINDINGS.iter().filter(|b| chain.contains(&b.context)) {
                for key in binding.keys {
                    assert!(seen.insert(Chord::parse(key)), "{key} twice in {chain:?}");
                }
            }
        }
    }

    #[test]
    fn every_key_can_be_read_and_every_action_explains_itself() {
        for binding in BINDINGS {
            assert!(!binding.help.is_empty(), "{:?}", binding.action);
            for key in binding.keys {
                assert!(Chord::parse(key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn shift_does_not_hide_a_letter() {
        let map = Keymap::default();
        for modifiers in [KeyModifiers::NONE, KeyModifiers::SHIFT] {
            let event = KeyEvent::new(KeyCode::Char('N'), modifiers);
            assert_eq!(map.action(CHAINS[4], &event), Some(A::PreviousError));
        }
    }
}
