//! Lists flattened into attributes: `prefix.<index>.<field>…` back into JSON.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::json_of;
use crate::model::Attributes;

/// Longer paths belong to no dialect; the bound keeps hostile keys from building deep trees.
const DEPTH: usize = 12;

/// One step of a path. Indexes sort by number (10 after 9) and before names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Index(u64),
    Name(&'a str),
}

enum Node<'a> {
    Leaf(Json),
    Branch(BTreeMap<Segment<'a>, Node<'a>>),
}

/// The list under `prefix` (which ends in a dot), in the order of its indexes; these may start at 1 and have gaps.
/// `None` where no attribute goes on with an index.
pub(super) fn list(attributes: &Attributes, prefix: &str) -> Option<Json> {
    let mut root = Node::Branch(BTreeMap::new());
    let mut found = false;
    for (key, value) in attributes.iter() {
        let Some(path) =
            key.strip_prefix(prefix).filter(|path| path.starts_with(|c: char| c.is_ascii_digit()))
        else {
            continue;
        };
        if path.split('.').count() <= DEPTH {
            root.insert(path.split('.'), json_of(value));
            found = true;
        }
    }
    found.then(|| root.into_json())
}

impl<'a> Node<'a> {
    fn insert(&mut self, mut path: std::str::Split<'a, char>, value: Json) {
        let Some(segment) = path.next() else {
            *self = Self::Leaf(value);
            return;
        };
        // a key that is both a leaf and a branch (`content` beside `content.0.text`): the branch says more
        if let Self::Leaf(_) = self {
            *self = Self::Branch(BTreeMap::new());
        }
        if let Self::Branch(children) = self {
            let segment = segment.parse().map_or(Segment::Name(segment), Segment::Index);
            children.entry(segment).or_insert_with(|| Node::Branch(BTreeMap::new())).insert(path, value);
        }
    }

    fn into_json(self) -> Json {
        match self {
            Self::Leaf(json) => json,
            Self::Branch(children) if children.keys().all(|key| matches!(key, Segment::Index(_))) => {
                children.into_values().map(Self::into_json).collect()
            }
            Self::Branch(children) => {
                let name = |segment: Segment<'_>| match segment {
                    Segment::Index(index) => index.to_string(),
                    Segment::Name(name) => name.to_owned(),
                };
                children.into_iter().map(|(key, node)| (name(key), node.into_json())).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_sort_by_number_and_may_have_gaps() {
        let attributes: Attributes = [
            ("p.10.text", "ten"),
            ("p.9.text", "nine"),
            ("p.1.calls.2.name", "c"),
            ("p.1.calls.1.name", "b"),
            ("p.name", "no list"),
            ("q.0.text", "other"),
        ]
        .into_iter()
        .collect();
        let want =
            serde_json::json!([{"calls": [{"name": "b"}, {"name": "c"}]}, {"text": "nine"}, {"text": "ten"}]);
        assert_eq!(list(&attributes, "p."), Some(want));
        assert_eq!(list(&attributes, "r."), None);
    }

    #[test]
    fn hostile_paths_are_left_out() {
        let key = format!("p.0{}", ".x".repeat(10_000));
        let attributes: Attributes = [(key, "deep")].into_iter().collect();
        assert_eq!(list(&attributes, "p."), None);
    }
}
