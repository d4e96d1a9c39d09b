//! Values of settings: what they may be, and the sentence for what they may not.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// When to print colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMode {
    /// As the terminal and `NO_COLOR` say.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl FromStr for ColorMode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err("write auto, always or never"),
        }
    }
}

/// How new alarms are told: words with commas between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotifyBy {
    /// The terminal's bell.
    pub bell: bool,
    /// The terminal's notifications, as iTerm2 began them.
    pub osc9: bool,
    /// The same, as urxvt began them.
    pub osc777: bool,
}

impl FromStr for NotifyBy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut by = Self::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "bell" => by.bell = true,
                "osc9" => by.osc9 = true,
                "osc777" => by.osc777 = true,
                _ => return Err("write bell, osc9 and osc777 as you like, with commas between"),
            }
        }
        Ok(by)
    }
}

/// Bytes, written as `67108864`, `64 MiB` or `64MB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize(pub usize);

/// Binary and decimal units; the empty one is bytes.
const UNITS: [(&str, usize); 8] = [
    ("", 1),
    ("B", 1),
    ("KB", 1000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
];

impl FromStr for ByteSize {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const HELP: &str = "write a size above 0 such as 64 MiB";
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let unit = unit.trim().to_ascii_uppercase();
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(HELP)?;
        let bytes = number.parse().ok().and_then(|n: usize| n.checked_mul(*scale));
        bytes.filter(|&bytes| bytes > 0).map(Self).ok_or(HELP)
    }
}

/// A length of time in nanoseconds, written as `90s`, `1.5m`, `2h`, `250ms`; a bare number is seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan(pub u64);

impl FromStr for TimeSpan {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const UNITS: [(&str, f64); 4] = [("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];
        let text = text.trim();
        let given = UNITS.iter().find_map(|(unit, nanos)| Some((text.strip_suffix(unit)?, *nanos)));
        let (number, unit) = given.unwrap_or((text, 1e9));
        let nanos = number.trim().parse::<f64>().ok().map(|number| number * unit);
        // 2^63 nanoseconds are 292 years
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was just checked"
        )]
        let whole = nanos.filter(|nanos| (0.0..9.2e18).contains(nanos)).map(|nanos| Self(nanos as u64));
        whole.ok_or("write a time such as 90s, 1.5m or 2h")
    }
}

/// An address to listen on: `127.0.0.1:4317`, `[::1]:4317`, or `localhost:4317` for both loopbacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddr(Vec<SocketAddr>);

impl ListenAddr {
    /// The sockets it stands for, at least one.
    pub fn sockets(&self) -> &[SocketAddr] {
        &self.0
    }
}

impl FromStr for ListenAddr {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const HELP: &str = "write an address with its port such as 127.0.0.1:4317 or localhost:0";
        if let Ok(one) = text.parse() {
            return Ok(Self(vec![one]));
        }
        let port = text.strip_prefix("localhost:").and_then(|port| port.parse().ok()).ok_or(HELP)?;
        let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let v6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
        // port 0 would pick two different ones
        Ok(Self(if port == 0 { vec![v4] } else { vec![v4, v6] }))
    }
}

impl fmt::Display for ListenAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&all.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in
            [("1", 1), ("64 MiB", 64 << 20), ("64mib", 64 << 20), ("2 kB", 2000), ("1GiB", 1 << 30)]
        {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
        for text in
            ["", "0", "-1", "64 Mib2", "MiB", "99999999999999999999", "18446744073709551615 KiB", "1.5 MiB"]
        {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_read_with_or_without_a_unit() {
        for (text, nanos) in [
            ("90", Some(90_000_000_000)),
            ("90s", Some(90_000_000_000)),
            ("1.5m", Some(90_000_000_000)),
            ("250ms", Some(250_000_000)),
            ("2h", Some(7_200_000_000_000)),
            ("-1s", None),
            ("soon", None),
            ("inf", None),
        ] {
            assert_eq!(text.parse().ok().map(|TimeSpan(nanos)| nanos), nanos, "{text}");
        }
    }

    #[test]
    fn alarms_are_told_by_the_words_of_a_list() {
        let by = |text: &str| text.parse::<NotifyBy>();
        assert_eq!(by(""), Ok(NotifyBy::default()));
        assert_eq!(by("bell, osc777,"), Ok(NotifyBy { bell: true, osc9: false, osc777: true }));
        assert!(by("bell osc9").is_err() && by("mail").is_err());
    }

    #[test]
    fn localhost_is_both_loopbacks_unless_the_port_is_to_be_picked() {
        let sockets = |text: &str| text.parse::<ListenAddr>().map(|addr| addr.to_string());
        assert_eq!(sockets("localhost:4317").unwrap(), "127.0.0.1:4317 and [::1]:4317");
        assert_eq!(sockets("localhost:0").unwrap(), "127.0.0.1:0");
        assert_eq!(sockets("[::]:9").unwrap(), "[::]:9");
        for text in ["4317", ":4317", "localhost", "localhost:70000", "example.com:1"] {
            assert!(sockets(text).is_err(), "{text}");
        }
    }
}
