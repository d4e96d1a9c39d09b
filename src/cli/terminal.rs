//! What this terminal can do, as far as its environment says.

use anstream::{AutoStream, ColorChoice};

use crate::config::{ColorMode, Settings};
use crate::tui::{Background, Depth};

/// A variable of the environment; `None` where it is not set or empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// How many colours it has. `NO_COLOR`, `CLICOLOR` and `TERM=dumb` are anstream's to read.
pub(super) fn depth(color: ColorMode) -> Depth {
    let wanted = match color {
        ColorMode::Auto => AutoStream::choice(&std::io::stdout()),
        ColorMode::Always => ColorChoice::Always,
        ColorMode::Never => ColorChoice::Never,
    };
    if wanted == ColorChoice::Never { Depth::None } else { named_depth(variable) }
}

fn named_depth(env: impl Fn(&str) -> Option<String>) -> Depth {
    let says = |name: &str, words: &[&str]| {
        env(name).is_some_and(|value| words.iter().any(|word| value.contains(word)))
    };
    match () {
        () if says("COLORTERM", &["truecolor", "24bit"]) => Depth::True,
        () if says("TERM", &["direct"]) => Depth::True,
        () if says("TERM", &["256color"]) => Depth::Indexed,
        () => Depth::Sixteen,
    }
}

/// Its background, as far as the environment tells. The variable outlives the terminal that set it: what the terminal
/// itself answers counts more.
pub(super) fn background(env: impl Fn(&str) -> Option<String>) -> Option<Background> {
    told_background(env("COLORFGBG").as_deref())
}

/// Whether it can be asked for more. Old and simple ones print the question.
pub(super) fn answers(env: impl Fn(&str) -> Option<String>) -> bool {
    const MUTE: [&str; 4] = ["dumb", "linux", "vt", "eterm"];
    env("TERM").is_some_and(|term| !MUTE.iter().any(|mute| term.starts_with(mute)))
}

/// `COLORFGBG` is `foreground;background` or `foreground;default;background`, in the sixteen colours: white and the
/// bright ones but dark grey are light.
fn told_background(fgbg: Option<&str>) -> Option<Background> {
    let last: u8 = fgbg?.rsplit(';').next()?.parse().ok()?;
    match last {
        0..=6 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

/// Whether nothing but ASCII may be sent: as set, else as the locale says.
pub(super) fn ascii(settings: &Settings, env: impl Fn(&str) -> Option<String>) -> bool {
    settings.ascii.unwrap_or_else(|| !speaks_utf8(env))
}

/// The first that is set decides, in the order of POSIX. Where none is, as in most containers, the terminal in front
/// nearly always speaks UTF-8.
fn speaks_utf8(env: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(env);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An environment written as `A=1 B=2`.
    fn env(text: &str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        }
    }

    #[test]
    fn the_first_locale_that_is_set_decides() {
        for (text, utf8) in [
            ("", true),
            ("LANG=en_US.UTF-8", true),
            ("LANG=ko_KR.utf8", true),
            ("LANG=C", false),
            ("LANG=en_US.ISO-8859-1", false),
            ("LC_ALL=C LANG=en_US.UTF-8", false),
            ("LC_CTYPE=UTF-8 LANG=C", true),
            ("LC_ALL=C.UTF-8 LC_CTYPE=C", true),
        ] {
            assert_eq!(speaks_utf8(env(text)), utf8, "{text}");
        }
    }

    #[test]
    fn colours_are_those_the_terminal_names() {
        for (text, depth) in [
            ("COLORTERM=truecolor TERM=xterm", Depth::True),
            ("COLORTERM=24bit", Depth::True),
            ("TERM=xterm-direct", Depth::True),
            ("TERM=tmux-256color", Depth::Indexed),
            ("TERM=xterm COLORTERM=yes", Depth::Sixteen),
            ("TERM=linux", Depth::Sixteen),
        ] {
            assert_eq!(named_depth(env(text)), depth, "{text}");
        }
    }

    #[test]
    fn terminals_that_would_print_the_question_are_not_asked() {
        for (text, answers) in [
            ("TERM=xterm-256color", true),
            ("TERM=tmux", true),
            ("TERM=linux", false),
            ("TERM=dumb", false),
            ("TERM=vt220", false),
            ("", false),
        ] {
            assert_eq!(super::answers(env(text)), answers, "{text}");
        }
    }

    #[test]
    fn the_background_is_the_last_of_the_pair() {
        for (text, background) in [
            ("15;0", Some(Background::Dark)),
            ("0;15", Some(Background::Light)),
            ("0;default;7", Some(Background::Light)),
            ("15;default;8", Some(Background::Dark)),
            ("15;default", None),
            ("", None),
        ] {
            assert_eq!(told_background(Some(text)), background, "{text}");
        }
        assert_eq!(told_background(None), None);
    }
}
