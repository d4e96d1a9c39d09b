//! Defaults, file, environment and flags, one over the other.

use super::*;

fn layers(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let mut layers = Layers::default();
    layers.add_file(Path::new("config.toml"), file)?;
    layers.add_env(|name| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()));
    layers.add_flags(flags.iter().map(|&(n, v)| (n, v.to_owned())));
    layers.settings(Path::new("/data/spanglass.db"), Path::new("/themes"))
}

#[test]
fn defaults_alone_are_good() {
    let settings = layers("", &[], &[]).unwrap();
    assert_eq!(settings.db, Path::new("/data/spanglass.db"));
    assert_eq!(settings.grpc.to_string(), "127.0.0.1:4317 and [::1]:4317");
    assert_eq!((settings.max_body, settings.max_in_flight), (64 << 20, 128 << 20));
    assert_eq!((settings.color, settings.ascii, settings.theme.name), (ColorMode::Auto, None, None));
}

#[test]
fn the_topmost_layer_wins() {
    let file = "db = 'file.db'\ncolor = 'never'\nascii = true\ntheme = 'light'";
    let env = [("SPANGLASS_DB", "env.db"), ("SPANGLASS_COLOR", "always"), ("SPANGLASS_THEME", "")];
    let settings = layers(file, &env, &[("db", "flag.db")]).unwrap();
    assert_eq!(settings.db, Path::new("flag.db"));
    assert_eq!(
        (settings.color, settings.ascii, settings.theme.name.as_deref()),
        (ColorMode::Always, Some(true), Some("light"))
    );
}

#[test]
fn a_mistake_is_one_line_that_says_where_and_what_to_do() {
    for (file, env, flag, said) in [
        ("\ncolour = 'never'", "", "", "config.toml:2: there is no setting \"colour\"; known are db, grpc"),
        ("color = 'red'", "", "", "config.toml:1: color cannot be \"red\": write auto, always or never"),
        ("a = 1\n\n b = = 2", "", "", "config.toml:3: not readable as TOML:"),
        ("\n\ngrpc = ['a']", "", "", "config.toml:3: grpc cannot be \"a list or table\": write one value"),
        ("", "x", "", "SPANGLASS_GRPC: grpc cannot be \"x\": write an address with its port"),
        ("", "", "y", "--grpc: grpc cannot be \"y\": write an address with its port"),
        ("max_body = 0", "", "", "config.toml:1: max_body cannot be \"0\": write a size above 0"),
    ] {
        let flags = if flag.is_empty() { vec![] } else { vec![("grpc", flag)] };
        let message = layers(file, &[("SPANGLASS_GRPC", env)], &flags).unwrap_err().to_string();
        assert!(message.starts_with(said) && !message.contains('\n'), "{message}");
    }
}
