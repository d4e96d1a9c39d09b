//! The latest pieces with their texts.

use hashlink::LruCache;

use super::pieces::Kind;

/// The latest pieces with their texts. A tool's result stands in its own span and again in the next prompt: comparing
/// bytes is ten times cheaper than hashing them.
pub(super) struct Recent(LruCache<Slot, (Box<str>, i64)>);

/// Length and ends of a text: they tell most texts apart.
type Slot = (Kind, usize, [u8; 16]);

impl Recent {
    /// With [`Self::LONGEST`], 8 MiB at most.
    const HELD: usize = 2048;
    /// Longer texts are hashed: BLAKE3 takes them several blocks at a time.
    const LONGEST: usize = 4096;

    pub(super) fn find(&mut self, kind: Kind, text: &str) -> Option<i64> {
        let (known, piece) = self.0.get(&Self::slot(kind, text))?;
        (**known == *text).then_some(*piece)
    }

    pub(super) fn add(&mut self, kind: Kind, text: &str, piece: i64) {
        if text.len() <= Self::LONGEST {
            self.0.insert(Self::slot(kind, text), (text.into(), piece));
        }
    }

    /// Of two texts that share a slot the later is remembered.
    fn slot(kind: Kind, text: &str) -> Slot {
        let bytes = text.as_bytes();
        let mut ends = [0; 16];
        for (end, byte) in ends[..8].iter_mut().zip(bytes) {
            *end = *byte;
        }
        for (end, byte) in ends[8..].iter_mut().zip(bytes.iter().rev()) {
            *end = *byte;
        }
        (kind, bytes.len(), ends)
    }
}

impl Default for Recent {
    fn default() -> Self {
        Self(LruCache::new(Self::HELD))
    }
}
