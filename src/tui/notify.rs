//! Alarms beyond the screen: the terminal's bell, its notifications, a command of the user's.

use std::io;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::report::text;

use super::alarms::Alert;
use super::app::Msg;

/// Longest notification in columns; terminals cut them anyway.
const LONGEST: usize = 160;

/// What the user wants to be told by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Ring the terminal's bell.
    pub bell: bool,
    /// OSC 9: a text (iTerm2, Windows Terminal, kitty, `WezTerm`, ghostty).
    pub osc9: bool,
    /// OSC 777: a title and a text (urxvt, foot, `WezTerm`, ghostty).
    pub osc777: bool,
    /// Program and arguments, no shell between.
    pub command: Vec<String>,
}

impl Ways {
    /// Whether anything is to be done.
    pub const fn any(&self) -> bool {
        self.bell || self.osc9 || self.osc777 || !self.command.is_empty()
    }

    /// What to write to the terminal. Inside tmux orders to the terminal around it are wrapped for it to hand on.
    pub fn orders(&self, alert: &Alert, tmux: bool) -> String {
        let wrapped = |order: String| {
            if tmux { format!("\x1bPtmux;{}\x1b\\", order.replace('\x1b', "\x1b\x1b")) } else { order }
        };
        let message = safe(&alert.message);
        // a field ends at a semicolon
        let title = safe(&format!("spanglass: {} in {}", alert.kind.label(), alert.run)).replace(';', ",");
        let mut orders = String::new();
        if self.bell {
            orders.push('\x07');
        }
        if self.osc9 {
            orders.push_str(&wrapped(format!("\x1b]9;{title}: {message}\x1b\\")));
        }
        if self.osc777 {
            orders.push_str(&wrapped(format!("\x1b]777;notify;{title};{}\x1b\\", message.replace(';', ","))));
        }
        orders
    }
}

/// On one line, nothing in it that a terminal would obey.
fn safe(words: &str) -> String {
    text::preview(words, LONGEST)
}

/// Runs the user's command, one alarm after the other, on a thread of its own.
#[derive(Debug)]
pub struct Runner(Option<Sender<Alert>>);

impl Runner {
    /// Waits for alarms; what goes wrong is told by message. Not joined: a command may hang.
    ///
    /// # Errors
    /// If there is no thread to be had.
    pub fn start(command: Vec<String>, out: Sender<Msg>) -> io::Result<Self> {
        if command.is_empty() {
            return Ok(Self(None));
        }
        let (sender, alerts) = mpsc::channel::<Alert>();
        thread::Builder::new().name("notify".to_owned()).spawn(move || {
            for alert in alerts {
                let failed = call(&command, &alert).err();
                if failed.is_some_and(|why| out.send(Msg::Failed(why)).is_err()) {
                    return;
                }
            }
        })?;
        Ok(Self(Some(sender)))
    }

    /// Has the command run for this alarm, as soon as those before it have ended.
    pub fn run(&self, alert: Alert) {
        if let Some(sender) = &self.0 {
            // a thread that has gone told why
            let _ = sender.send(alert);
        }
    }
}

/// Runs the command with the alarm in its environment: no word of it is ever part of a command line.
fn call(command: &[String], alert: &Alert) -> Result<(), String> {
    let [program, arguments @ ..] = command else {
        return Ok(());
    };
    let told = |what: String| format!("notify_command {program} {what}; see the setting notify_command");
    let status = Command::new(program)
        .args(arguments)
        .env("SPANGLASS_RUN", &alert.run_id)
        .env("SPANGLASS_AGENT", without_nul(&alert.run))
        .env("SPANGLASS_KIND", alert.kind.name())
        .env("SPANGLASS_MESSAGE", without_nul(&alert.message))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(told(format!("ended with {status}"))),
        Err(error) => Err(told(format!("cannot be run: {error}"))),
    }
}

/// No variable of an environment can hold one.
fn without_nul(words: &str) -> String {
    words.replace('\0', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FindingKind;
    use crate::tui::testing::world::HOSTILE;

    fn alert(message: &str) -> Alert {
        Alert { run_id: "ab12".into(), run: "a;b".into(), kind: FindingKind::Loop, message: message.into() }
    }

    #[test]
    fn each_way_has_its_order_and_tmux_hands_it_on() {
        let all = Ways { bell: true, osc9: true, osc777: true, command: Vec::new() };
        let orders = all.orders(&alert("x called; 3 times"), false);
        let expected = "\x07\x1b]9;spanglass: loop in a,b: x called; 3 times\x1b\\\
                        \x1b]777;notify;spanglass: loop in a,b;x called, 3 times\x1b\\";
        assert_eq!(orders, expected);
        let osc9 = Ways { osc9: true, ..Ways::default() };
        let wrapped = osc9.orders(&alert("x"), true);
        assert_eq!(wrapped, "\x1bPtmux;\x1b\x1b]9;spanglass: loop in a,b: x\x1b\x1b\\\x1b\\");
        assert_eq!(Ways::default().orders(&alert("x"), false), "");
    }

    #[test]
    fn nothing_in_a_message_is_an_order() {
        let all = Ways { osc9: true, osc777: true, ..Ways::default() };
        let orders = all.orders(&alert(&HOSTILE.repeat(20)), false);
        let controls = orders.chars().filter(|c| c.is_control()).count();
        assert_eq!(controls, 4, "two orders, each with its beginning and its end: {orders:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_knows_the_alarm_and_what_fails_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("told");
        let script =
            format!("echo \"$SPANGLASS_RUN|$SPANGLASS_KIND|$SPANGLASS_MESSAGE\" > {}", file.display());
        let command = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        call(&command(&["sh", "-c", &script]), &alert("$(touch /tmp/no); `x`\0")).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "ab12|loop|$(touch /tmp/no); `x` \n");
        for words in [&["sh", "-c", "exit 3"][..], &["/nowhere/at/all"]] {
            let why = call(&command(words), &alert("x")).unwrap_err();
            assert!(why.starts_with("notify_command") && !why.contains('\n'), "{why}");
        }
    }
}
