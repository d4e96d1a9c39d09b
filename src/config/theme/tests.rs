//! Themes: what is built in holds what it promises, what people write is read or refused with a reason.

use super::*;

fn own(files: &[(&str, &str)]) -> Themes {
    let file = |(name, text): &(&str, &str)| ThemeFile {
        name: (*name).to_owned(),
        path: PathBuf::from(format!("themes/{name}.toml")),
        text: (*text).to_owned(),
    };
    Themes::new(files.iter().map(file).collect())
}

#[test]
fn every_built_in_theme_names_every_role() {
    for (name, text) in BUILT_IN {
        let named = read::draft(Path::new(name), text).unwrap().roles();
        let missing: Vec<_> = ROLES.iter().filter(|(role, _)| !named.contains(role)).collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
    }
}

/// WCAG 2.2 asks 4.5 of text and 7 of text with enhanced contrast. Rules and guides carry no words.
#[test]
fn every_colour_can_be_read_on_its_background() {
    for (name, text, guides) in
        [(DARK, 4.5, 1.6), (LIGHT, 4.5, 1.6), ("high-contrast", 7.0, 3.0), ("high-contrast-light", 7.0, 3.0)]
    {
        let theme = Themes::default().theme(name).unwrap();
        let paper = theme.background;
        for (role, called) in ROLES {
            let paint = theme.paint(role);
            let least = if role == Role::Faint { guides } else { text };
            let behind = paint.background.unwrap_or(paper);
            let plain =
                theme.paint(Role::Text).color.unwrap_or(if paint::is_light(paper) { 0 } else { 0xff_ff_ff });
            let ratio = contrast(paint.color.unwrap_or(plain), behind);
            assert!(ratio >= least, "{name} {called}: {ratio:.2} of {least}");
        }
    }
}

/// The row of the cursor is the one people read: its words must stay legible too, rules and guides aside.
#[test]
fn every_colour_can_be_read_on_the_row_of_the_cursor_and_where_runs_differ() {
    for (name, least) in [(DARK, 4.5), (LIGHT, 4.5), ("high-contrast", 7.0), ("high-contrast-light", 7.0)] {
        let theme = Themes::default().theme(name).unwrap();
        for behind in [Role::CursorRow, Role::CursorRowAway, Role::BehindA, Role::BehindB] {
            let paper = theme.paint(behind);
            for (role, called) in ROLES
                .iter()
                .filter(|(role, _)| *role as usize <= Role::OnlyB as usize && *role != Role::Faint)
            {
                let Some(color) = paper.color.or(theme.paint(*role).color) else { continue };
                let ratio = contrast(color, paper.background.unwrap());
                assert!(ratio >= least, "{name} {called} on {behind:?}: {ratio:.2} of {least}");
            }
        }
    }
}

#[test]
fn a_file_changes_what_it_names_and_inherits_the_rest() {
    let themes = own(&[
        (
            "mine",
            "inherits = 'light'\n[roles]\naccent = '#123456'\nerror = { modifiers = [], sixteen = 'default' }",
        ),
        ("grand", "inherits = 'mine'\n[roles.accent]\nbackground = '#000001'"),
        ("dark", "inherits = 'dark'\n[roles]\ntext = '#eeeeee'"),
    ]);
    let (mine, light) = (themes.theme("mine").unwrap(), themes.theme("light").unwrap());
    assert_eq!((mine.name.as_str(), mine.background), ("mine", light.background));
    assert_eq!(
        mine.paint(Role::Accent),
        &Paint { color: Some(0x12_34_56), ..light.paint(Role::Accent).clone() }
    );
    assert_eq!(mine.paint(Role::Error).color, light.paint(Role::Error).color);
    assert_eq!((mine.paint(Role::Error).sixteen, mine.paint(Role::Error).modifiers.len()), (None, 0));
    let grand = themes.theme("grand").unwrap().paint(Role::Accent).clone();
    assert_eq!((grand.color, grand.background), (Some(0x12_34_56), Some(1)));
    assert_eq!(
        themes.theme("dark").unwrap().paint(Role::Text).color,
        Some(0xee_ee_ee),
        "the user's own of that name"
    );
    assert_eq!(themes.names(), ["dark", "light", "high-contrast", "high-contrast-light", "grand", "mine"]);
}

#[test]
fn a_file_that_inherits_nothing_stands_on_what_fits_its_background() {
    let themes = own(&[("pale", "background = '#fdf6e3'"), ("plain", "")]);
    let built_in = Themes::default();
    for (name, parent) in [("pale", LIGHT), ("plain", DARK)] {
        let (theme, parent) = (themes.theme(name).unwrap(), built_in.theme(parent).unwrap());
        assert_eq!(theme.paint(Role::Error), parent.paint(Role::Error), "{name}");
    }
}

#[test]
fn a_mistake_is_one_line_that_says_where_and_what_to_write() {
    for (text, said) in [
        (
            "[roles]\n\neror = '#ff0000'",
            "themes/x.toml:3: there is no role \"eror\": did you mean \"error\"? Known are text, dim,",
        ),
        (
            "[roles]\nerror = 'red'",
            "themes/x.toml:2: error cannot be \"red\": write a colour such as \"#7dcfe8\", or a table",
        ),
        (
            "[roles]\nerror = { color = '#ff00' }",
            "themes/x.toml:2: error.color cannot be \"#ff00\": write a colour",
        ),
        (
            "[roles]\nerror = { sixteen = 'brightred' }",
            "themes/x.toml:2: there is no colour of the sixteen \"brightred\": did you mean \"bright-red\"? Known are black,",
        ),
        (
            "[roles]\nerror = { modifiers = ['bald'] }",
            "themes/x.toml:2: there is no modifier \"bald\": did you mean \"bold\"? Known are bold, dim",
        ),
        (
            "[roles]\nerror = { modifiers = 'bold' }",
            "themes/x.toml:2: error.modifiers cannot be \"bold\": write a list",
        ),
        (
            "[roles]\nerror = { colour = '#ff0000' }",
            "themes/x.toml:2: there is no part of a look \"colour\": did you mean \"color\"?",
        ),
        ("role = 1", "themes/x.toml:1: there is no key of a theme \"role\": did you mean \"roles\"?"),
        ("background = 'default'", "themes/x.toml:1: background cannot be \"default\": write a colour"),
        (
            "\ninherits = 'drak'",
            "themes/x.toml:2: there is no theme \"drak\": did you mean \"dark\"? Known are auto, dark, light",
        ),
        ("inherits = 'y'", "themes/y.toml:1: these themes inherit each other: x → y → x"),
        ("[roles\n", "themes/x.toml:1: not readable as TOML:"),
    ] {
        let message = own(&[("x", text), ("y", "inherits = 'x'")]).theme("x").unwrap_err().to_string();
        assert!(message.starts_with(said) && !message.contains('\n'), "{message}");
    }
}

#[test]
fn a_wish_for_what_there_is_not_tells_where_it_was_made() {
    let wish = |name: &str| ThemeWish { name: Some(name.to_owned()), origin: Origin::Env("SPANGLASS_THEME") };
    let message = own(&[]).wished(&wish("solarized")).unwrap_err().to_string();
    assert!(
        message.starts_with("SPANGLASS_THEME: there is no theme \"solarized\"; known are auto, dark"),
        "{message}"
    );
    assert_eq!(own(&[]).wished(&wish("light")).unwrap().unwrap().name, "light");
    let auto = ThemeWish { name: None, origin: Origin::Default };
    assert_eq!(own(&[]).wished(&auto).unwrap(), None);
}

#[test]
fn only_toml_files_are_themes() {
    assert_eq!(name_of(Path::new("/x/themes/nord.toml")), Some("nord"));
    for path in ["/x/themes/nord.toml~", "/x/themes/README.md", "/x/themes/.toml"] {
        assert_eq!(name_of(Path::new(path)), None, "{path}");
    }
}
