//! Two steps beside each other in full: which arguments differ, what each said, which message it was given is another.

use super::arguments::{self, Field};
use super::facts::{Facts, Said};
use super::side::Side;
use super::words::{Piece, words};
use super::{Read, Which};
use crate::model::Role;

/// Two steps, or one alone, as far as their content was captured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Arguments that differ, by path.
    pub arguments: Vec<Field>,
    /// What the models said, word by word; `None` where neither said anything, or nothing was captured.
    pub said: Option<Vec<Piece>>,
    /// What the calls returned, word by word, likewise.
    pub results: Option<Vec<Piece>>,
    /// What the models were asked; `None` where a side has no model call, or its messages were not captured.
    pub input: Option<Input>,
}

/// What two model calls were asked, compared message by message. System prompts stand apart, with the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Messages that each was given.
    pub messages: [usize; 2],
    /// The first message of a person or a tool that differs, or that one of them lacks.
    pub first: Option<Message>,
    /// Models' own earlier messages that differ: wording, and no other input.
    pub reworded: usize,
}

/// A message of the input that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whose it is.
    pub role: Role,
    /// Its place among the messages of each side, from 0; `None` where a side lacks it.
    pub places: [Option<usize>; 2],
    /// What it says on each side.
    pub texts: [Option<String>; 2],
}

impl Message {
    /// Both texts word by word.
    pub fn words(&self) -> Vec<Piece> {
        let [a, b] = self.texts.each_ref().map(|text| text.as_deref().unwrap_or_default());
        words(a, b)
    }
}

impl Beside {
    /// What these facts, one for each side, tell.
    pub fn of([a, b]: [&Facts; 2]) -> Self {
        let both = |a: Option<&str>, b: Option<&str>| {
            (a.is_some() || b.is_some()).then(|| words(a.unwrap_or_default(), b.unwrap_or_default()))
        };
        Self {
            arguments: arguments::fields(a.arguments.as_deref(), b.arguments.as_deref()),
            said: both(a.said.as_deref(), b.said.as_deref()),
            results: both(a.result.as_deref(), b.result.as_deref()),
            input: (a.has_input && b.has_input).then(|| Input::of([&a.messages, &b.messages])),
        }
    }
}

impl Input {
    /// What differs between these messages.
    pub(super) fn of([a, b]: [&[Said]; 2]) -> Self {
        let model = |said: &[Said]| said.iter().filter(|said| !said.is_asked()).map(Said::digest).collect();
        let [x, y]: [Vec<u64>; 2] = [model(a), model(b)];
        let reworded = x.iter().zip(&y).filter(|(x, y)| x != y).count();
        Self { messages: [a.len(), b.len()], first: Message::first([a, b], Said::is_asked), reworded }
    }
}

impl Message {
    /// The first message that differs among those that `counts` picks.
    pub(super) fn first([a, b]: [&[Said]; 2], counts: impl Fn(&Said) -> bool) -> Option<Self> {
        let picked = |said: &'_ [Said]| {
            let places = (0..said.len()).filter(|&at| counts(&said[at]));
            places.collect::<Vec<_>>()
        };
        let (places_a, places_b) = (picked(a), picked(b));
        let digest = |said: &[Said], place: Option<&usize>| place.map(|&at| said[at].digest());
        let at = (0..places_a.len().max(places_b.len()))
            .find(|&at| digest(a, places_a.get(at)) != digest(b, places_b.get(at)))?;
        let places = [places_a.get(at).copied(), places_b.get(at).copied()];
        let said = [places[0].map(|at| &a[at]), places[1].map(|at| &b[at])];
        let role = said.into_iter().flatten().next()?.role.clone();
        Some(Self { role, places, texts: said.map(|said| said.map(|said| said.text.text.clone())) })
    }
}

/// The steps at these indexes beside each other, their content read.
///
/// # Errors
/// Those of `read`.
pub fn beside<E>(sides: [&Side<'_>; 2], at: [Option<usize>; 2], read: &mut Read<'_, E>) -> Result<Beside, E> {
    let mut facts = [Facts::default(), Facts::default()];
    for side in [0, 1] {
        if let Some(shown) = at[side].and_then(|at| sides[side].shown.get(at)) {
            facts[side] = read(Which::ALL[side], &shown.keys)?;
        }
    }
    Ok(Beside::of([&facts[0], &facts[1]]))
}

#[cfg(test)]
mod tests {
    use super::super::Text;
    use super::*;

    fn said(role: Role, text: &str) -> Said {
        let digest = text.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte));
        Said { role, text: Text { digest, text: text.to_owned() } }
    }

    fn asked(messages: &[(Role, &str)]) -> Facts {
        let messages = messages.iter().map(|(role, text)| said(role.clone(), text)).collect();
        Facts { has_input: true, messages, ..Facts::default() }
    }

    #[test]
    fn the_first_message_that_differs_is_named_and_wording_is_counted_apart() {
        use Role::{Assistant, Tool, User};
        let base = [(User, "go"), (Assistant, "I look"), (Tool, "found"), (User, "and?")];
        let with = |at: usize, text: &'static str| {
            let mut other = base.clone();
            other[at].1 = text;
            other.to_vec()
        };
        for (what, other, first, reworded) in [
            ("nothing", base.to_vec(), None, 0),
            ("wording", with(1, "let me see"), None, 1),
            ("a result", with(2, "nothing"), Some((Tool, [Some(2), Some(2)])), 0),
            ("a request", with(3, "stop"), Some((User, [Some(3), Some(3)])), 0),
            ("a message less", base[..3].to_vec(), Some((User, [Some(3), None])), 0),
        ] {
            let input = Beside::of([&asked(&base), &asked(&other)]).input.unwrap();
            let told = input.first.map(|message| (message.role, message.places));
            assert_eq!((told, input.reworded), (first, reworded), "{what}");
        }
    }

    #[test]
    fn what_was_not_captured_is_not_compared() {
        let beside = Beside::of([&Facts::default(), &asked(&[(Role::User, "go")])]);
        assert_eq!(beside, Beside::default());
    }
}
