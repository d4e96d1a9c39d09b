//! The pictures in `screenshots/`: the real binary in a real terminal, on a committed fixture.
//!
//! `UPDATE=1 cargo test --features pictures --test screenshots` makes them anew; otherwise the test fails where one is
//! stale. Only making PNGs needs the feature, and the fonts that it names.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

#[path = "../common/otlp.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod otlp;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod program;
#[cfg(feature = "pictures")]
mod raster;
#[cfg(feature = "pictures")]
mod recording;
#[path = "../common/scenes.rs"]
#[allow(dead_code, reason = "the gallery needs the words, the pictures the rest")]
mod scenes;
mod screen;
mod stage;
mod strokes;
mod svg;
#[path = "../common/terminal.rs"]
#[allow(dead_code, reason = "every test binary uses a part of it")]
mod terminal;

use std::fs;
use std::path::PathBuf;

use program::World;
use scenes::{Scene, folder};
use screen::Palette;
use terminal::Terminal;

const HOW: &str = "UPDATE=1 cargo test --features pictures --test screenshots";

fn updates() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// `ONLY=diff` plays the scenes of these names alone.
fn only() -> String {
    std::env::var("ONLY").unwrap_or_default()
}

fn svg_of(terminal: &Terminal, scene: &Scene) -> String {
    let palette = Palette::of(scene.light);
    let rows = screen::rows(terminal.screen(), palette);
    stage::moved_back(&svg::picture(&rows, scene.size.0, palette, &title(scene)))
}

/// What stands on the window: the command, unless the scene has a better word for it.
fn title(scene: &Scene) -> String {
    let command = || [&["spanglass".to_owned()], scene.command.as_slice()].concat().join(" ");
    scene.window.clone().unwrap_or_else(command)
}

fn file(scene: &Scene, ending: &str) -> PathBuf {
    folder().join(format!("{}.{ending}", scene.file))
}

/// What the picture must be, and the text of its screen.
fn made(world: &World, scene: &Scene, committed: &str) -> (String, String) {
    let receives = scene.command.first().is_none_or(|word| word.starts_with('-'));
    let _alone = receives.then(stage::receiver_alone);
    let mut terminal = stage::played(world, scene);
    stage::settle(&mut terminal, |terminal| !updates() && svg_of(terminal, scene) == committed);
    (svg_of(&terminal, scene), terminal.text())
}

#[test]
fn the_pictures_are_those_of_the_program() {
    let day = stage::today();
    let world = stage::world();
    let mut stale = Vec::new();
    for scene in scenes::all().into_iter().filter(|scene| scene.file.contains(&only())) {
        let committed = fs::read_to_string(file(&scene, "svg")).unwrap_or_default();
        let (fresh, text) = made(&world, &scene, &committed);
        if updates() {
            fs::write(file(&scene, "svg"), &fresh).unwrap();
            #[cfg(feature = "pictures")]
            raster::write(&file(&scene, "png"), &fresh);
        } else if fresh != committed {
            stale.push(format!("{}.svg shows now\n{text}", scene.file));
        }
    }
    if stage::today() == day {
        assert!(stale.is_empty(), "pictures are stale: {HOW}\n{}", stale.join("\n"));
    }
}

#[test]
#[cfg(feature = "pictures")]
fn the_demo_is_recorded() {
    let recording = scenes::recording();
    if updates() && recording.scene.file.contains(&only()) {
        recording::make(&recording);
    }
}

/// A PNG tells the digest of the SVG that it was made from.
#[test]
fn every_png_is_of_its_svg() {
    for scene in scenes::all().into_iter().filter(|_| !updates()) {
        let (svg, png) = (fs::read(file(&scene, "svg")).unwrap(), fs::read(file(&scene, "png")).unwrap());
        let digest = blake3::hash(&svg).to_hex();
        let tells = png.windows(64).any(|bytes| bytes == digest.as_bytes());
        assert!(tells, "{}.png is stale: {HOW}", scene.file);
    }
}

#[test]
fn nothing_lies_there_that_no_scene_makes() {
    let scenes = scenes::all();
    let known = |name: &str| {
        let of_scene = name.strip_suffix(".svg").or_else(|| name.strip_suffix(".png"));
        of_scene.is_none_or(|stem| {
            stem == scenes::recording().scene.file || scenes.iter().any(|scene| scene.file == stem)
        })
    };
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known(&name), "screenshots/{name}: no scene makes it");
    }
}
