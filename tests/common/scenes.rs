//! The list of pictures in `screenshots/`: what is shown, how one gets there, and what is written below.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Keys that are pressed, in a terminal's own bytes, then words that the screen must show before the next.
pub(crate) type Move = (String, Vec<String>);

/// One picture.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Scene {
    /// Name of the file, without its ending.
    pub(crate) file: String,
    /// Heading in the gallery.
    pub(crate) title: String,
    /// What to look at.
    pub(crate) caption: String,
    /// Columns and rows.
    pub(crate) size: (u16, u16),
    /// What stands on the window; the command where nothing is said.
    pub(crate) window: Option<String>,
    /// The words after `spanglass`.
    #[serde(default = "saved")]
    pub(crate) command: Vec<String>,
    /// Variables beside those of any terminal.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// Whether the terminal's own background is light.
    #[serde(default)]
    pub(crate) light: bool,
    /// What is pressed, and waited for.
    pub(crate) play: Vec<Move>,
}

/// The moving picture.
#[derive(Debug, Deserialize)]
pub(crate) struct Recording {
    #[serde(flatten)]
    pub(crate) scene: Scene,
    /// How long each move of the play is shown at least.
    pub(crate) seconds: Vec<f64>,
}

#[derive(Deserialize)]
struct List {
    recording: Recording,
    scene: Vec<Scene>,
}

fn saved() -> Vec<String> {
    ["open", "runs.db"].map(str::to_owned).to_vec()
}

/// Where pictures, fixture and list lie.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots")
}

fn list() -> List {
    toml::from_str(&fs::read_to_string(folder().join("scenes.toml")).unwrap()).unwrap()
}

/// Every picture, in the order of the gallery.
pub(crate) fn all() -> Vec<Scene> {
    list().scene
}

/// The moving picture.
pub(crate) fn recording() -> Recording {
    list().recording
}
