//! Content encodings, undone under a limit that counts inflated bytes while it reads: a bomb stops at the limit.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::admit::Reservation;
use super::refused::{Kind, Refused};

/// What is inflated between two looks at the limits.
const STEP: usize = 64 << 10;
/// Nobody stacks more for good reason.
const MAX_STACKED: usize = 4;
/// Log of the largest zstd window: 8 MiB, what RFC 8878 asks decoders to support.
const ZSTD_WINDOW: u32 = 23;

/// One way of compressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Zstd,
}

/// The encodings we undo, as `accept-encoding` headers list them.
pub(super) const ACCEPTED: &str = "gzip, zstd, deflate, identity";

/// The codings of a `content-encoding` or `grpc-encoding` header in the order they were applied.
pub(super) fn parse(header: &str) -> Result<Vec<Coding>, Refused> {
    let mut codings = Vec::new();
    for name in header.split(',').map(str::trim) {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => codings.push(Coding::Gzip),
            "deflate" => codings.push(Coding::Deflate),
            "zstd" => codings.push(Coding::Zstd),
            "identity" | "" => {}
            _ => return Err(unsupported(&format!("encoding {name:?} is not supported"))),
        }
    }
    if codings.len() > MAX_STACKED {
        return Err(unsupported(&format!("more than {MAX_STACKED} encodings over each other")));
    }
    Ok(codings)
}

fn unsupported(what: &str) -> Refused {
    Refused::new(Kind::Encoding, format!("{what}: use one of {ACCEPTED}"))
}

/// Undoes `codings`, last applied first; no stage may exceed `max`. `reservation` ends holding the result's size.
pub(super) fn inflate(
    codings: &[Coding],
    body: Bytes,
    max: usize,
    reservation: &mut Reservation,
) -> Result<Bytes, Refused> {
    codings.iter().rev().try_fold(body, |body, &coding| {
        let inflated = undo(coding, &body, max, reservation)?;
        reservation.shrink(body.len());
        Ok(inflated.into())
    })
}

fn undo(coding: Coding, body: &[u8], max: usize, reservation: &mut Reservation) -> Result<Vec<u8>, Refused> {
    let mut pump = |source: &mut dyn Read| pump(source, max, reservation);
    let result = match coding {
        Coding::Gzip => pump(&mut MultiGzDecoder::new(body)),
        Coding::Zstd => zstd(body).map_err(Stop::Corrupt).and_then(|mut source| pump(&mut source)),
        // the name means zlib's format, but some send the bare stream
        Coding::Deflate => match pump(&mut ZlibDecoder::new(body)) {
            Err(Stop::Corrupt(_)) => pump(&mut DeflateDecoder::new(body)),
            other => other,
        },
    };
    result.map_err(|stop| match stop {
        Stop::Refused(refused) => refused,
        Stop::Corrupt(error) => Refused::malformed(format!("the body is not valid {coding:?} data: {error}")),
    })
}

fn zstd(body: &[u8]) -> io::Result<impl Read> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
    decoder.window_log_max(ZSTD_WINDOW)?;
    Ok(decoder)
}

/// Why inflating ended early.
enum Stop {
    Refused(Refused),
    Corrupt(io::Error),
}

fn pump(source: &mut dyn Read, max: usize, reservation: &mut Reservation) -> Result<Vec<u8>, Stop> {
    let mut out = Vec::new();
    let result = fill(source, max, &mut out, reservation);
    if result.is_err() {
        reservation.shrink(out.len());
    }
    result.map(|()| out)
}

/// Reads step by step; on return `reservation` has grown by exactly the length of `out`.
fn fill(
    source: &mut dyn Read,
    max: usize,
    out: &mut Vec<u8>,
    reservation: &mut Reservation,
) -> Result<(), Stop> {
    loop {
        reservation.grow(STEP).map_err(Stop::Refused)?;
        let before = out.len();
        let read = source.take(STEP as u64).read_to_end(out);
        let got = out.len() - before;
        reservation.shrink(STEP - got);
        read.map_err(Stop::Corrupt)?;
        if out.len() > max {
            return Err(Stop::Refused(Refused::too_large(max)));
        }
        if got == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;
    use crate::receive::admit::Budget;

    const TEXT: &[u8] = b"the same words, the same words, the same words";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn raw_deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn undone(header: &str, body: Vec<u8>) -> Result<Bytes, Refused> {
        inflate(&parse(header)?, body.into(), 1 << 20, &mut Budget::new(4 << 20).open())
    }

    #[test]
    fn every_encoding_reads_back() {
        let cases: [(&str, Vec<u8>); 8] = [
            ("identity", TEXT.to_vec()),
            ("", TEXT.to_vec()),
            ("GZip", gzip(TEXT)),
            ("deflate", zlib(TEXT)),
            ("deflate", raw_deflate(TEXT)),
            ("zstd", zstd::encode_all(TEXT, 3).unwrap()),
            ("gzip, identity", gzip(TEXT)),
            ("deflate, gzip", gzip(&zlib(TEXT))),
        ];
        for (header, body) in cases {
            assert_eq!(undone(header, body).unwrap(), TEXT, "{header}");
        }
    }

    #[test]
    fn what_stays_reserved_is_the_size_of_the_result() {
        let compressed = gzip(&zlib(TEXT));
        let budget = Budget::new(1 << 20);
        let mut reservation = budget.open();
        reservation.grow(compressed.len()).unwrap();
        inflate(&parse("deflate, gzip").unwrap(), compressed.into(), 1 << 20, &mut reservation).unwrap();
        let free = (1 << 20) - TEXT.len();
        assert!(budget.open().grow(free + 1).is_err());
        assert!(budget.open().grow(free).is_ok());
    }

    #[test]
    fn unknown_encodings_and_towers_are_refused_with_what_is_supported() {
        for header in ["br", "gzip, snappy", "gzip,gzip,gzip,gzip,gzip"] {
            let refused = undone(header, vec![]).unwrap_err();
            assert_eq!(refused.kind, Kind::Encoding, "{header}");
            assert!(refused.message.contains("gzip, zstd, deflate"), "{refused}");
        }
    }

    #[test]
    fn garbage_and_cut_streams_are_malformed() {
        let cut = gzip(TEXT)[..20].to_vec();
        for (header, body) in
            [("gzip", b"no".to_vec()), ("gzip", cut), ("zstd", b"no".to_vec()), ("deflate", vec![0xff; 9])]
        {
            assert_eq!(undone(header, body).unwrap_err().kind, Kind::Malformed, "{header}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit_and_gives_its_budget_back() {
        let zeros = vec![0; 32 << 20];
        let bombs = [
            ("gzip", gzip(&zeros)),
            ("deflate", zlib(&zeros)),
            ("zstd", zstd::encode_all(&*zeros, 3).unwrap()),
        ];
        for (header, bomb) in bombs {
            let budget = Budget::new(2 << 20);
            let mut reservation = budget.open();
            let refused =
                inflate(&parse(header).unwrap(), bomb.into(), 1 << 20, &mut reservation).unwrap_err();
            assert_eq!(refused.kind, Kind::TooLarge, "{header}");
            reservation.grow(2 << 20).expect("all is free again");
        }
    }
}
