//! What is pressed in a hostile database, screen by screen.

/// Keys, and a word that tells that the screen is there.
pub(super) type Stop = (&'static str, &'static str);

/// What is said when something went into the clipboard.
pub(super) const COPIED: &str = "copied";

/// What an open run tells as soon as its steps are there: where the cursor is among them.
const OPEN: &str = " of 6";

/// Through every screen: what is pressed there, in which order, and what proves that one has arrived.
pub(super) const TOUR: [&[Stop]; 14] = [
    &[
        ("", "3 runs"),
        ("sssSS", "3 runs"),
        ("b", "3 runs"),
        ("b", "3 runs"),
        ("bb", "3 runs"),
        ("?", "Keys"),
        ("q", "3 runs"),
    ],
    &[
        ("", "3 runs"),
        ("/agent:\t", "complete"),
        ("\t\t", "complete"),
        ("\x1b", "3 runs"),
        ("/EVIL\r", "EVIL"),
        ("\x1b", "3 runs"),
    ],
    &[("", "3 runs"), ("FEVIL", "hit"), ("\x1b[B\x1b[B\x1b[6~", "hit"), ("\r", OPEN)],
    &[
        ("", "3 runs"),
        ("\r", OPEN),
        ("+", "Steps"),
        ("p", "Steps"),
        ("x", "Steps"),
        ("P", "Steps"),
        ("/EVIL\r", "of"),
        ("nnn", "of"),
    ],
    &[
        ("", "3 runs"),
        ("\r", OPEN),
        ("\tz+", "EVIL"),
        ("JJJJJJJJ", "EVIL"),
        ("+\x1b[6~\x1b[6~\x1b[6~", "EVIL"),
        ("G", "EVIL"),
        ("JJJJJJJJc", "EVIL"),
        ("J+G", "EVIL"),
    ],
    &[
        ("", "3 runs"),
        ("G\r", OPEN),
        ("w", "Findings"),
        ("\r\r\rl", "Findings"),
        ("]", "Findings"),
        ("!", "Findings"),
    ],
    &[("", "3 runs"), ("\r", OPEN), ("H", "AGENT"), ("jjjj", "AGENT"), ("\r", OPEN)],
    &[
        ("", "3 runs"),
        ("d", "parted"),
        ("nnnN", "parted"),
        ("z", "why"),
        ("+jjj", "why"),
        ("zm", "asked"),
        ("+jjj", "asked"),
        ("mtsu", "parted"),
    ],
    &[
        ("", "3 runs"),
        ("\r", OPEN),
        ("R", "eplay"),
        ("lllll", "eplay"),
        ("\t+\x1b[6~", "eplay"),
        ("\tmmtn", "eplay"),
    ],
    &[
        ("", "3 runs"),
        (":", "do it"),
        ("zzz", "fewer letters"),
        ("\x1b", "3 runs"),
        ("\r", OPEN),
        (":cost", "do it"),
        ("\x1b", "Steps"),
        ("?", "Keys"),
        ("\x1b[6~\x1b[6~", "Keys"),
        ("?", "Steps"),
    ],
    &[
        ("", "3 runs"),
        ("\r", OPEN),
        ("v", "Timeline"),
        ("jjjlll", "Timeline"),
        ("...", "Timeline"),
        (",,", "Timeline"),
        ("!", "Timeline"),
        ("!p", "Timeline"),
        ("G\r", "EVIL"),
        ("?", "Keys"),
        ("?", "EVIL"),
    ],
    &[
        ("", "3 runs"),
        ("\r", OPEN),
        // a model call holds all that every field holds: more than a terminal takes
        ("jY", "more than terminals take"),
        ("GY", COPIED),
        ("\x19", COPIED),
        ("\tjjjj", "%"),
        ("y", COPIED),
        ("\tRG", " of 70"),
        ("y", COPIED),
        ("q", "Steps"),
        ("q", "3 runs"),
        ("d", "parted"),
        ("y", COPIED),
        ("e", COPIED),
    ],
    &[
        ("", "3 runs"),
        ("/tag:\t", "complete"),
        ("\t\t", "complete"),
        ("\x1b", "3 runs"),
        ("/tag:EVIL\r", "EVIL"),
        ("\r", OPEN),
        ("}", "session"),
    ],
    &[
        ("", "3 runs"),
        ("b", "by session"),
        ("\r", "EVIL"),
        ("hl", "EVIL"),
        ("jjjj", "EVIL"),
        ("s", "EVIL"),
        ("?", "Keys"),
    ],
];

/// What is only asked where something is received: the keys, and what proves that one has arrived.
pub(super) const LIVE: [Stop; 6] = [
    ("", "3 runs"),
    ("#", "Delete this run?"),
    ("n", "3 runs"),
    ("mjmjm#", "Delete 3 runs?"),
    ("\x1b", "3 runs"),
    ("?", "Keys"),
];
