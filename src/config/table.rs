//! The table of settings. Config file, environment, README and sample are made from it.

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Key in the config file.
    pub name: &'static str,
    /// Environment variable.
    pub env: &'static str,
    /// Flag, where the command line has one.
    pub flag: Option<&'static str>,
    /// Value as one would write it; empty where the folder of the user decides.
    pub default: &'static str,
    /// What it does, one sentence.
    pub help: &'static str,
}

/// Every setting, in the order people read them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "db",
        env: "SPANGLASS_DB",
        flag: Some("--db"),
        default: "",
        help: "Database file; by default spanglass/spanglass.db in the XDG data folder.",
    },
    Setting {
        name: "grpc",
        env: "SPANGLASS_GRPC",
        flag: Some("--grpc"),
        default: "localhost:4317",
        help: "Where to receive OTLP over gRPC; localhost is 127.0.0.1 and ::1, port 0 picks a free one.",
    },
    Setting {
        name: "http",
        env: "SPANGLASS_HTTP",
        flag: Some("--http"),
        default: "localhost:4318",
        help: "Where to receive OTLP over HTTP.",
    },
    Setting {
        name: "max_body",
        env: "SPANGLASS_MAX_BODY",
        flag: None,
        default: "64 MiB",
        help: "Largest request taken, decompressed.",
    },
    Setting {
        name: "max_in_flight",
        env: "SPANGLASS_MAX_IN_FLIGHT",
        flag: None,
        default: "128 MiB",
        help: "Requests under way at once, all together; beyond it exporters are asked to come back later.",
    },
    Setting {
        name: "color",
        env: "SPANGLASS_COLOR",
        flag: Some("--color"),
        default: "auto",
        help: "auto, always or never; auto follows the terminal and NO_COLOR.",
    },
    Setting {
        name: "ascii",
        env: "SPANGLASS_ASCII",
        flag: Some("--ascii"),
        default: "auto",
        help: "Letters instead of signs and lines: auto, true or false; auto follows the locale.",
    },
    Setting {
        name: "theme",
        env: "SPANGLASS_THEME",
        flag: None,
        default: "auto",
        help: "auto, dark, light, high-contrast, high-contrast-light, or NAME for themes/NAME.toml beside the config file; auto asks the terminal for its background.",
    },
    Setting {
        name: "notify",
        env: "SPANGLASS_NOTIFY",
        flag: None,
        default: "",
        help: "How the interface tells of a new alarm besides showing it: bell, osc9, osc777, with commas between.",
    },
    Setting {
        name: "notify_command",
        env: "SPANGLASS_NOTIFY_COMMAND",
        flag: None,
        default: "",
        help: "Program and arguments to run on a new alarm, without a shell; SPANGLASS_RUN, SPANGLASS_AGENT, SPANGLASS_KIND and SPANGLASS_MESSAGE tell of it.",
    },
    Setting {
        name: "state",
        env: "SPANGLASS_STATE",
        flag: None,
        default: "",
        help: "Folder of logs and of dismissed findings; by default spanglass in the XDG state folder.",
    },
];

/// The setting called `name`.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}
