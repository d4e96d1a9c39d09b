//! The demo as a moving picture: an animated PNG in which only what changed is drawn again.
//!
//! What arrives is live, so no two recordings are the same to the byte; none is compared.

use std::fs;
use std::io::BufWriter;
use std::time::{Duration, Instant};

use super::raster::{Colour, Few, Pixels, fonts, pixels};
use super::scenes::{Recording, folder};
use super::stage;
use super::terminal::Terminal;
use super::{program::World, svg_of};

/// Between two looks at the screen: more often than this the eye sees a flicker.
const TICK: Duration = Duration::from_millis(120);

/// One picture, and how long it stays.
struct Frame {
    svg: String,
    ticks: u16,
}

/// Records and writes it.
pub(crate) fn make(recording: &Recording) {
    let frames = filmed(recording);
    let fonts = fonts();
    let pictures: Vec<Pixels> = frames.iter().map(|frame| pixels(&frame.svg, &fonts, 1.0)).collect();
    let ticks: Vec<u16> = frames.iter().map(|frame| frame.ticks).collect();
    write(&folder().join(format!("{}.png", recording.scene.file)), &pictures, &ticks);
}

fn filmed(recording: &Recording) -> Vec<Frame> {
    let (_alone, world) = (stage::receiver_alone(), World::new());
    let mut terminal = stage::started(&world, &recording.scene);
    let mut frames = Vec::new();
    for ((keys, shown), seconds) in recording.scene.play.iter().zip(&recording.seconds) {
        terminal.press(keys);
        let mut left = Duration::from_secs_f64(*seconds);
        while !left.is_zero() || !shown.iter().all(|word| terminal.text().contains(word)) {
            take(&mut terminal, recording, &mut frames);
            left = left.saturating_sub(TICK);
        }
    }
    frames
}

/// Lets a tick pass; the screen at its end is a new frame where it has changed.
fn take(terminal: &mut Terminal, recording: &Recording, frames: &mut Vec<Frame>) {
    let end = Instant::now() + TICK;
    while Instant::now() < end {
        terminal.is_quiet_for(end.saturating_duration_since(Instant::now()));
    }
    if terminal.text().trim().is_empty() {
        // where moving pictures are not shown, the first frame stands alone
        return;
    }
    let svg = svg_of(terminal, &recording.scene);
    match frames.last_mut().filter(|last| last.svg == svg) {
        Some(last) => last.ticks += 1,
        None => frames.push(Frame { svg, ticks: 1 }),
    }
}

fn write(path: &std::path::Path, pictures: &[Pixels], ticks: &[u16]) {
    let (width, height) = (pictures[0].width, pictures[0].height);
    let all: Vec<Colour> = pictures.iter().flat_map(|picture| &picture.colours).copied().collect();
    let few = Few::of(&all);
    let file = BufWriter::new(fs::File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, width, height);
    few.set(&mut encoder);
    encoder.set_animated(u32::try_from(pictures.len()).unwrap(), 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    let mut before: Option<&Pixels> = None;
    for (picture, ticks) in pictures.iter().zip(ticks) {
        let [left, top, right, bottom] =
            before.map_or([0, 0, width, height], |before| changed(before, picture));
        let cut: Vec<Colour> =
            (top..bottom).flat_map(|y| row(picture, y)[left as usize..right as usize].to_vec()).collect();
        writer.set_frame_delay(ticks * 12, 100).unwrap();
        writer.set_frame_position(0, 0).unwrap();
        writer.set_frame_dimension(right - left, bottom - top).unwrap();
        writer.set_frame_position(left, top).unwrap();
        writer.write_image_data(&few.indexed(&cut)).unwrap();
        before = Some(picture);
    }
    writer.finish().unwrap();
}

fn row(picture: &Pixels, y: u32) -> &[Colour] {
    let width = picture.width as usize;
    &picture.colours[y as usize * width..][..width]
}

/// The smallest rectangle that holds every change: left, top, right, bottom.
fn changed(before: &Pixels, after: &Pixels) -> [u32; 4] {
    let mut edges = [after.width, after.height, 0, 0];
    for y in 0..after.height {
        let (old, new) = (row(before, y), row(after, y));
        let differs = |(old, new): (&Colour, &Colour)| old != new;
        let Some(first) = old.iter().zip(new).position(differs) else { continue };
        let last = old.iter().zip(new).rposition(differs).unwrap_or(first);
        edges[0] = edges[0].min(u32::try_from(first).unwrap());
        edges[1] = edges[1].min(y);
        edges[2] = edges[2].max(u32::try_from(last).unwrap() + 1);
        edges[3] = edges[3].max(y + 1);
    }
    edges
}
