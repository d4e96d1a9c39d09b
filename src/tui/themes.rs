//! The themes that can be shown one after another, and which is.

use crate::config::theme;

use super::theme::{Background, Depth, Theme};

/// A theme by its name; why it cannot be shown, where its file is wrong.
pub type Choice = (String, Result<theme::Theme, String>);

/// All themes of this interface. Of [`Default`] there are none.
#[derive(Debug, Default)]
pub struct Themes {
    all: Vec<Choice>,
    at: usize,
    depth: Depth,
    /// Whether the terminal's background decides.
    follows: bool,
}

impl Themes {
    /// These themes, with the one called `chosen` shown; `None` where the terminal's background decides.
    pub fn new(all: Vec<Choice>, chosen: Option<&str>, depth: Depth) -> Self {
        let mut themes = Self { all, at: 0, depth, follows: chosen.is_none() };
        themes.go_to(chosen.unwrap_or(theme::DARK));
        themes
    }

    /// Whether it is of use to know the terminal's background.
    pub fn wants_background(&self) -> bool {
        self.follows && self.depth != Depth::None
    }

    /// The terminal has this background: the theme for it, unless people chose one.
    pub fn told(&mut self, background: Background) -> Option<Theme> {
        if !self.follows {
            return None;
        }
        self.go_to(match background {
            Background::Dark => theme::DARK,
            Background::Light => theme::LIGHT,
        });
        self.shown().ok().map(|(_, theme)| theme)
    }

    /// The next theme and its name.
    ///
    /// # Errors
    /// Its file is wrong: a line that says how. The call after this goes on to the one behind it.
    pub fn go_on(&mut self) -> Result<(&str, Theme), String> {
        self.follows = false;
        self.at = (self.at + 1) % self.all.len().max(1);
        self.shown()
    }

    /// The theme that is to be shown, and its name.
    ///
    /// # Errors
    /// As for [`Self::go_on`].
    pub fn shown(&self) -> Result<(&str, Theme), String> {
        let Some((name, theme)) = self.all.get(self.at) else {
            return Err("there is no theme".to_owned());
        };
        theme.as_ref().map(|theme| (name.as_str(), Theme::new(self.depth, theme))).map_err(Clone::clone)
    }

    fn go_to(&mut self, name: &str) {
        self.at = self.all.iter().position(|(known, _)| known == name).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn themes(chosen: Option<&str>) -> Themes {
        let built_in = crate::config::Themes::default();
        let choice = |name: &str| (name.to_owned(), built_in.theme(name).map_err(|error| error.to_string()));
        let mut all: Vec<_> = ["dark", "light", "high-contrast"].map(choice).into();
        all.push(("mine".to_owned(), Err("themes/mine.toml:3: wrong".to_owned())));
        Themes::new(all, chosen, Depth::True)
    }

    #[test]
    fn themes_follow_each_other_round_and_a_wrong_one_says_so() {
        let mut themes = themes(Some("light"));
        assert_eq!(themes.shown().unwrap().0, "light");
        assert_eq!(themes.go_on().unwrap().0, "high-contrast");
        assert_eq!(themes.go_on().unwrap_err(), "themes/mine.toml:3: wrong");
        assert_eq!(themes.go_on().unwrap().0, "dark");
    }

    #[test]
    fn the_background_decides_until_people_do() {
        let mut themes = themes(None);
        assert!(themes.wants_background() && themes.told(Background::Light).is_some());
        assert_eq!(themes.shown().unwrap().0, "light");
        themes.go_on().unwrap();
        assert!(!themes.wants_background() && themes.told(Background::Dark).is_none());
        assert!(self::themes(Some("dark")).told(Background::Light).is_none());
    }
}
