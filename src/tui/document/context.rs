//! How a call's context became what it is: what the agent's last call knew already, and where it jumped.

use crate::model::Usage;
use crate::report::format;
use crate::tui::backend::Before;

/// A context that falls or grows by less than this is not told of: a tool set or a reminder more or less.
const WORTH_TELLING: u64 = 1000;

/// What is said where the context jumped: input tokens fell, or grew by more than was said since.
pub(super) fn jump(before: &Before, usage: &Usage) -> Option<String> {
    let (then, now) = (before.usage.input?, usage.input?);
    let known = then + before.usage.output.unwrap_or(0);
    let change = if now < then { then - now } else { now.saturating_sub(known) };
    let (from, to) = (format::count(then), format::count(now));
    if change < WORTH_TELLING {
        None
    } else if now < then - then / 5 {
        Some(format!("the context fell from {from} to {to} tokens since the last call"))
    } else if now > known + known / 2 {
        Some(format!("the context grew from {from} to {to} tokens since the last call"))
    } else {
        None
    }
}

/// What is said where the history itself was changed since the last call: cut, summarised or reworded.
pub(super) fn rewritten(before: &Before, known: usize) -> Option<String> {
    let lost = before.messages.checked_sub(known).filter(|&lost| lost > 0 && known > 0)?;
    let are = if lost == 1 { "is" } else { "are" };
    Some(format!("{lost} of the {} messages of the last call {are} gone or reworded", before.messages))
}

/// `12 earlier messages (about 9.8k tokens)`. The last call's figures hold its instructions and tools, too; they say
/// nothing of messages that it did not have, and what it answered may weigh less once it is input: no part of this
/// call's input weighs more than the whole.
pub(super) fn earlier(count: usize, before: Option<&Before>, usage: &Usage) -> String {
    let messages =
        if count == 1 { "1 earlier message".to_owned() } else { format!("{count} earlier messages") };
    let told = before.filter(|before| before.messages > 0 && count >= before.messages).and_then(|before| {
        let answered = if count > before.messages { before.usage.output.unwrap_or(0) } else { 0 };
        before.usage.input.map(|input| (input + answered).min(usage.input.unwrap_or(u64::MAX)))
    });
    match told {
        Some(tokens) => format!("{messages} (about {} tokens)", format::count(tokens)),
        None => messages,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(input: u64, output: u64, messages: usize) -> Before {
        let usage = Usage { input: Some(input), output: Some(output), ..Usage::default() };
        Before { usage, messages }
    }

    #[test]
    fn a_jump_is_told_and_steady_growth_is_not() {
        for (then, said, now, expected) in [
            (9_800, 300, 10_500, None),
            (9_800, 300, 31_000, Some("the context grew from 9.8k to 31.0k tokens since the last call")),
            (31_000, 300, 9_800, Some("the context fell from 31.0k to 9.8k tokens since the last call")),
            (31_000, 300, 30_200, None),
            (200, 20, 900, None),
            (1_000, 4_000, 5_200, None),
        ] {
            let usage = Usage { input: Some(now), ..Usage::default() };
            assert_eq!(jump(&before(then, said, 4), &usage).as_deref(), expected, "{then} {said} {now}");
        }
        assert_eq!(jump(&before(31_000, 300, 4), &Usage::default()), None);
    }

    #[test]
    fn earlier_messages_are_counted_and_weighed_where_the_last_call_had_them_all() {
        let last = before(9_000, 800, 11);
        let now = Usage { input: Some(9_900), ..Usage::default() };
        let less = Usage { input: Some(9_700), ..Usage::default() };
        assert_eq!(earlier(12, Some(&last), &less), "12 earlier messages (about 9.7k tokens)");
        assert_eq!(earlier(12, Some(&last), &now), "12 earlier messages (about 9.8k tokens)");
        assert_eq!(earlier(11, Some(&last), &now), "11 earlier messages (about 9.0k tokens)");
        assert_eq!(earlier(5, Some(&last), &now), "5 earlier messages");
        assert_eq!(earlier(1, None, &now), "1 earlier message");
        assert_eq!(
            rewritten(&last, 5).as_deref(),
            Some("6 of the 11 messages of the last call are gone or reworded")
        );
        assert_eq!((rewritten(&last, 12), rewritten(&last, 0)), (None, None));
    }
}
