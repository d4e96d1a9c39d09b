//! SVG to PNG, with fonts that Debian has: `apt-get install fonts-dejavu-core fonts-nanum`.

#![expect(clippy::panic, reason = "a test that cannot go on says so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};

/// Sharp on screens of twice the density.
const SCALE: f32 = 2.0;

const FONTS: [&str; 5] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/nanum/NanumGothicCoding.ttf",
    "/usr/share/fonts/truetype/nanum/NanumGothicCodingBold.ttf",
];

/// The fonts, and no others: pictures must not depend on what else a machine has.
pub(crate) fn fonts() -> Arc<Database> {
    let mut fonts = Database::new();
    for file in FONTS {
        let font = fs::read(file)
            .unwrap_or_else(|why| panic!("{file}: {why}; apt-get install fonts-dejavu-core fonts-nanum"));
        fonts.load_font_data(font);
    }
    Arc::new(fonts)
}

/// Red, green, blue, opacity.
pub(crate) type Colour = [u8; 4];

/// Pixels, row by row.
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colours: Vec<Colour>,
}

/// The pixels of a picture.
pub(crate) fn pixels(svg: &str, fonts: &Arc<Database>, scale: f32) -> Pixels {
    let options = Options { fontdb: Arc::clone(fonts), ..Options::default() };
    let tree = Tree::from_str(svg, &options).unwrap();
    let size = tree.size().to_int_size().scale_by(scale).unwrap();
    let mut map = Pixmap::new(size.width(), size.height()).unwrap();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut map.as_mut());
    let (width, height) = (map.width(), map.height());
    let colours = map.take_demultiplied().as_chunks().0.to_vec();
    Pixels { width, height, colours }
}

/// At most 256 colours, so that a pixel is one byte: the most frequent as they are, the rarest shades as their neighbours.
pub(crate) struct Few {
    palette: Vec<Colour>,
    places: BTreeMap<Colour, u8>,
}

impl Few {
    pub(crate) fn of(colours: &[Colour]) -> Self {
        let mut counts = BTreeMap::new();
        for stretch in colours.chunk_by(|one, next| one == next) {
            *counts.entry(stretch[0]).or_insert(0) += stretch.len();
        }
        let mut palette: Vec<Colour> = counts.keys().copied().collect();
        palette.sort_by_key(|colour| std::cmp::Reverse(counts[colour]));
        palette.truncate(256);
        let nearest =
            |colour: &Colour| (0..=255).zip(&palette).min_by_key(|(_, other)| distance(*colour, **other));
        let places = counts.keys().filter_map(|colour| Some((*colour, nearest(colour)?.0))).collect();
        Self { palette, places }
    }

    pub(crate) fn indexed(&self, colours: &[Colour]) -> Vec<u8> {
        let mut out = Vec::with_capacity(colours.len());
        for stretch in colours.chunk_by(|one, next| one == next) {
            out.resize(out.len() + stretch.len(), self.places[&stretch[0]]);
        }
        out
    }

    /// Sets colours and the best compression for them.
    pub(crate) fn set<W: std::io::Write>(&self, encoder: &mut png::Encoder<'_, W>) {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(self.palette.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect::<Vec<_>>());
        encoder.set_trns(self.palette.iter().map(|colour| colour[3]).collect::<Vec<_>>());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
    }
}

fn distance(one: Colour, other: Colour) -> u32 {
    one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
}

/// Writes the picture, and in it the digest of its SVG.
pub(crate) fn write(path: &Path, svg: &str) {
    let pixels = pixels(svg, &fonts(), SCALE);
    let few = Few::of(&pixels.colours);
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), pixels.width, pixels.height);
    few.set(&mut encoder);
    let digest = blake3::hash(svg.as_bytes()).to_hex().to_string();
    encoder.add_text_chunk("svg".to_owned(), digest).unwrap();
    encoder.write_header().unwrap().write_image_data(&few.indexed(&pixels.colours)).unwrap();
}
