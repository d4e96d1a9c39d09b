//! Values as plain JSON text, content in place, and hashes of such texts.

use super::json;
use crate::model::{Attributes, Value};

pub(super) fn plain(value: &Value) -> String {
    let mut out = String::new();
    json::write_value(&mut out, value);
    out
}

pub(super) fn plain_attributes(attributes: &Attributes) -> String {
    let mut out = String::new();
    json::write_plain_list(&mut out, '{', '}', &attributes.0, |out, (key, value)| {
        json::write_key(out, key);
        json::write_value(out, value);
    });
    out
}

pub(super) fn hash_of(texts: &[&str], number: u32) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    hasher.update(&number.to_le_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}
