//! What was wrong inside a request that was taken all the same.

use std::fmt::Write;

/// Counts with the first reason of each sort; becomes the `partial_success` of the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remarks {
    /// Records left out.
    pub(super) rejected: u64,
    /// Why the first of them was left out.
    reason: Option<String>,
    /// Texts that were not UTF-8.
    pub(super) mended_texts: u64,
    /// Facts dropped from records that were kept.
    dropped_facts: u64,
    /// The first of them.
    fact: Option<String>,
}

impl Remarks {
    /// One record is left out.
    pub(super) fn reject(&mut self, reason: impl Into<String>) {
        self.rejected += 1;
        self.reason.get_or_insert_with(|| reason.into());
    }

    /// A record is kept without something that could not be read.
    pub(super) fn drop_fact(&mut self, fact: impl Into<String>) {
        self.dropped_facts += 1;
        self.fact.get_or_insert_with(|| fact.into());
    }

    /// Why the first rejected record was left out.
    pub(super) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// One line for the sender; `None` when all was well.
    pub(super) fn message(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.rejected > 0 {
            parts.push(counted(self.rejected, "record rejected", "records rejected", self.reason.as_deref()));
        }
        if self.mended_texts > 0 {
            let cause = Some("invalid UTF-8 replaced by U+FFFD");
            parts.push(counted(self.mended_texts, "text mended", "texts mended", cause));
        }
        if self.dropped_facts > 0 {
            parts.push(counted(self.dropped_facts, "value ignored", "values ignored", self.fact.as_deref()));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

fn counted(count: u64, one: &str, many: &str, reason: Option<&str>) -> String {
    let mut text = format!("{count} {}", if count == 1 { one } else { many });
    if let Some(reason) = reason {
        let first = if count == 1 { "" } else { "first: " };
        // writing to a String cannot fail
        let _ = write!(text, " ({first}{reason})");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Remarks;

    #[test]
    fn a_clean_request_has_no_message() {
        assert_eq!(Remarks::default().message(), None);
    }

    #[test]
    fn each_sort_is_counted_with_its_first_reason() {
        let mut remarks = Remarks::default();
        remarks.reject("trace id is all zero");
        remarks.reject("span id is empty");
        remarks.mended_texts = 1;
        remarks.drop_fact("parent span id of 3 bytes");
        let message = remarks.message().unwrap();
        assert_eq!(
            message,
            "2 records rejected (first: trace id is all zero); 1 text mended (invalid UTF-8 replaced by U+FFFD); \
             1 value ignored (parent span id of 3 bytes)"
        );
    }
}
