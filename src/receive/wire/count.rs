//! Counts messages in a body without decoding it.

use super::mend::{payload, varint};
use super::schema::{Schema, Shape};

/// Messages below a message with these bytes, down to `depth` levels; stops where the bytes are no message.
pub(super) fn messages(schema: &Schema, mut input: &[u8], depth: usize) -> usize {
    let mut count = 0;
    while !input.is_empty() && depth > 0 {
        let Ok(key) = varint(&mut input) else { return count };
        let Ok(inner) = payload(key & 7, &mut input) else { return count };
        let shape =
            u32::try_from(key >> 3).ok().filter(|_| key & 7 == 2).and_then(|field| schema.shape(field));
        if let Some(Shape::Message(schema) | Shape::Record(schema, _)) = shape {
            count += 1 + messages(schema, inner, depth - 1);
        }
    }
    count
}
