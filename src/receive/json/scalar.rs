//! Numbers, enums, bytes and ids in every way they are found written.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::receive::remarks::Remarks;

use super::tree::{Flaw, Json, short};

type Result<T> = std::result::Result<T, Flaw>;

/// A text.
pub(super) fn text(json: Json<'_>) -> Result<String> {
    match json {
        Json::Text(text) => Ok(text.into_owned()),
        other => Err(other.is_no("a text")),
    }
}

/// A boolean, also as text.
pub(super) fn boolean(json: &Json<'_>) -> Result<bool> {
    match json {
        Json::Bool(flag) => Ok(*flag),
        Json::Text(text) if text == "true" => Ok(true),
        Json::Text(text) if text == "false" => Ok(false),
        other => Err(other.is_no("a boolean")),
    }
}

/// An integer of any width, as number, text or old JavaScript's `{low, high}`.
pub(super) fn integer<T: TryFrom<i128>>(json: &Json<'_>) -> Result<T> {
    let number = match json {
        Json::Integer(number) => Some(i128::from(*number)),
        Json::Number(digits) => exact(digits),
        Json::Text(digits) => exact(digits.trim()),
        Json::Object(parts) => halves(parts),
        other => return Err(other.is_no("an integer")),
    };
    number.and_then(|n| T::try_from(n).ok()).ok_or_else(|| match json {
        Json::Integer(number) => Flaw(format!("{number} is no integer in range")),
        Json::Number(digits) => Flaw(format!("{} is no integer in range", short(digits))),
        Json::Text(digits) => Flaw(format!("{:?} is no integer in range", short(digits))),
        other => other.is_no("an integer in range"),
    })
}

/// Decimal notation with fraction and exponent, if it is integral: floats would lose nanoseconds.
fn exact(digits: &str) -> Option<i128> {
    if let Ok(number) = digits.parse() {
        return Some(number);
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let shift = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    match (number, power) {
        (0, _) => Some(0),
        (_, Some(power)) if shift >= 0 => number.checked_mul(power),
        (_, Some(power)) if number % power == 0 => Some(number / power),
        _ => None,
    }
}

/// `{"low": …, "high": …, "unsigned": …}` of the `long` library; halves may be signed.
fn halves(parts: &[(std::borrow::Cow<'_, str>, Json<'_>)]) -> Option<i128> {
    let part = |name: &str| match parts.iter().rev().find(|(key, _)| key == name) {
        Some((_, Json::Integer(number))) => Some(*number),
        _ => None,
    };
    let low = part("low")? & 0xffff_ffff;
    Some((i128::from(part("high")?) << 32) | i128::from(low))
}

/// A double, as number, numeric text, `NaN`, `Infinity` or `-Infinity`.
pub(super) fn double(json: &Json<'_>) -> Result<f64> {
    let digits = match json {
        // protobuf's own reader rounds integers too
        #[expect(clippy::cast_precision_loss, reason = "a double holds no more")]
        Json::Integer(number) => return Ok(*number as f64),
        Json::Number(digits) => digits.as_str(),
        Json::Text(digits) => digits.trim(),
        other => return Err(other.is_no("a number")),
    };
    digits.parse().map_err(|_| Flaw(format!("{:?} is no number", short(digits))))
}

/// An enum: its number, or its name with or without `prefix`.
pub(super) fn enumeration(json: &Json<'_>, prefix: &str, find: impl Fn(&str) -> Option<i32>) -> Result<i32> {
    match json {
        Json::Text(name) if !name.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            let upper = name.to_ascii_uppercase();
            find(&upper)
                .or_else(|| find(&format!("{prefix}{upper}")))
                .ok_or_else(|| Flaw(format!("unknown name {:?}", short(name))))
        }
        other => integer(other),
    }
}

/// Base64 of any alphabet and padding.
pub(super) fn bytes(json: &Json<'_>) -> Result<Vec<u8>> {
    let Json::Text(text) = json else { return Err(json.is_no("base64")) };
    base64(text).ok_or_else(|| Flaw(format!("{:?} is no base64", short(text))))
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const LIBERAL: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LIBERAL);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LIBERAL);
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// An id of `length` bytes: hex as OTLP has it, base64 as plain protobuf JSON has it, 64-bit trace ids padded with
/// zeros. Hex of another length is kept, for whoever checks ids to name it.
pub(super) fn id(json: &Json<'_>, length: usize) -> Result<Vec<u8>> {
    let Json::Text(text) = json else { return Err(json.is_no("an id")) };
    let read = match text.len() {
        0 => Some(Vec::new()),
        n if n == 2 * length => hex(text),
        16 => hex(text).map(|id| [&[0; 8], id.as_slice()].concat()),
        _ => base64(text).filter(|id| id.len() == length).or_else(|| hex(text)),
    };
    read.ok_or_else(|| Flaw(format!("{:?} is no id", short(text))))
}

/// An id that a record can do without.
pub(super) fn optional_id(json: &Json<'_>, length: usize, what: &str, remarks: &mut Remarks) -> Vec<u8> {
    id(json, length).unwrap_or_else(|flaw| {
        remarks.drop_fact(format!("{what}: {flaw}"));
        Vec::new()
    })
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receive::json::tree::parse;

    #[test]
    fn integers_are_exact_in_every_notation() {
        let cases: [(&str, Option<i64>); 14] = [
            ("5", Some(5)),
            ("\"5\"", Some(5)),
            ("\" -5 \"", Some(-5)),
            ("1.7e18", Some(1_700_000_000_000_000_000)),
            ("\"1700000000000000001.00\"", Some(1_700_000_000_000_000_001)),
            ("12345e-2", None),
            ("12300e-2", Some(123)),
            ("0e999999", Some(0)),
            ("1e999999", None),
            ("1.5", None),
            ("\"99999999999999999999999\"", None),
            (r#"{"low":-1,"high":0,"unsigned":true}"#, Some(0xffff_ffff)),
            (r#"{"low":1,"high":-1}"#, Some(-0xffff_ffff)),
            ("true", None),
        ];
        for (json, expected) in cases {
            assert_eq!(integer::<i64>(&parse(json).unwrap()).ok(), expected, "{json}");
        }
        assert_eq!(integer::<u64>(&parse("\"-5\"").unwrap()).unwrap_err().0, "\"-5\" is no integer in range");
    }

    #[test]
    fn doubles_may_be_words() {
        assert!(double(&parse("\"NaN\"").unwrap()).unwrap().is_nan());
        for (json, expected) in
            [("\"Infinity\"", f64::INFINITY), ("\"-Infinity\"", f64::NEG_INFINITY), ("\"2.5\"", 2.5)]
        {
            assert_eq!(double(&parse(json).unwrap()).unwrap().to_bits(), expected.to_bits());
        }
        assert!(double(&parse("\"much\"").unwrap()).is_err());
    }

    #[test]
    fn trace_ids_are_read_by_length() {
        let sixteen = (1..=16).collect::<Vec<u8>>();
        let padded = [[0; 8].as_slice(), &[1, 2, 3, 4, 5, 6, 7, 0xab]].concat();
        let cases: [(&str, Option<Vec<u8>>); 8] = [
            ("0102030405060708090a0b0c0d0e0f10", Some(sixteen.clone())),
            ("0102030405060708090A0B0C0D0E0F10", Some(sixteen.clone())),
            ("AQIDBAUGBwgJCgsMDQ4PEA==", Some(sixteen.clone())),
            ("AQIDBAUGBwgJCgsMDQ4PEA", Some(sixteen)),
            ("01020304050607AB", Some(padded)),
            ("", Some(vec![])),
            ("0102", Some(vec![1, 2])),
            ("zz", None),
        ];
        for (text, expected) in cases {
            assert_eq!(id(&Json::Text(text.into()), 16).ok(), expected, "{text}");
        }
    }

    #[test]
    fn span_ids_are_hex_or_base64() {
        let eight = (1..=8).collect::<Vec<u8>>();
        for text in ["0102030405060708", "AQIDBAUGBwg=", "AQIDBAUGBwg"] {
            assert_eq!(id(&Json::Text(text.into()), 8).unwrap(), eight, "{text}");
        }
    }

    #[test]
    fn base64_may_lack_padding_or_use_the_alphabet_of_urls() {
        for text in ["+/8=", "+/8", "-_8=", "-_8"] {
            assert_eq!(bytes(&Json::Text(text.into())).unwrap(), [0xfb, 0xff], "{text}");
        }
    }
}
