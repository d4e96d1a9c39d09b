//! Settings from where they are written, and the folders of the user.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use etcetera::BaseStrategy as _;

use super::args::{Common, Listen};
use crate::analyze::findings;
use crate::config::theme::{self, ThemeFile};
use crate::config::{Layers, Settings, Themes};
use crate::tui::keys::Keymap;

/// All settings, checked.
pub(super) fn settings(common: &Common, listen: &Listen) -> anyhow::Result<Settings> {
    let themes = config_path(common.config.as_deref())?.with_file_name("themes");
    let settings = layers(common, listen)?.settings(&data_folder()?.join("spanglass.db"), &themes)?;
    settings.findings.check(&findings::switches())?;
    Keymap::of(&settings.keys)?;
    Ok(settings)
}

/// All that is set, as written: file, then environment, then flags.
pub(super) fn layers(common: &Common, listen: &Listen) -> anyhow::Result<Layers> {
    let mut layers = Layers::default();
    if let Some((path, text)) = config_file(common.config.as_deref())? {
        layers.add_file(&path, &text)?;
    }
    layers.add_env(|name| std::env::var(name).ok());
    let flags =
        [("db", &common.db), ("color", &common.color), ("grpc", &listen.grpc), ("http", &listen.http)];
    let ascii = common.ascii.then(|| ("ascii", "true".to_owned()));
    layers.add_flags(flags.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).chain(ascii));
    Ok(layers)
}

/// The config file that was named, else the user's own if there is one.
fn config_file(named: Option<&Path>) -> anyhow::Result<Option<(PathBuf, String)>> {
    let path = config_path(named)?;
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read the config file {}", path.display())),
    }
}

fn config_path(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    match named {
        Some(path) => Ok(path.to_owned()),
        None => Ok(folders()?.config_dir().join("spanglass/config.toml")),
    }
}

/// All themes: the built-in ones and those in the user's folder.
pub(super) fn themes(settings: &Settings) -> anyhow::Result<Themes> {
    let folder = &settings.themes;
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Themes::default()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read the folder {}", folder.display()));
        }
    };
    let mut own = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read the folder {}", folder.display()))?.path();
        if let Some(name) = theme::name_of(&path).map(str::to_owned) {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read the theme {}", path.display()))?;
            own.push(ThemeFile { name, path, text });
        }
    }
    Ok(Themes::new(own))
}

/// Where the default database lies.
fn data_folder() -> anyhow::Result<PathBuf> {
    Ok(folders()?.data_dir().join("spanglass"))
}

/// Where logs and dismissed findings lie.
pub(super) fn state_folder(settings: &Settings) -> anyhow::Result<PathBuf> {
    if let Some(folder) = &settings.state {
        return Ok(folder.clone());
    }
    let folders = folders()?;
    Ok(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("spanglass"))
}

fn folders() -> anyhow::Result<impl etcetera::BaseStrategy> {
    etcetera::choose_base_strategy()
        .context("cannot tell the home folder: set HOME, or name files with --db and --config")
}
