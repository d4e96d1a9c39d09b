//! Requests of which one at a time is under way.

/// Asks one at a time: while an answer is under way, any number of further wishes become one more request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pull {
    under_way: bool,
    again: bool,
}

impl Pull {
    /// Wishes for data; true if the request is to be sent now.
    pub fn wish(&mut self) -> bool {
        self.again = self.under_way;
        !std::mem::replace(&mut self.under_way, true)
    }

    /// An answer came; true if the next request is to be sent now.
    pub fn answered(&mut self) -> bool {
        self.under_way = std::mem::take(&mut self.again);
        self.under_way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_wishes_while_one_is_under_way_are_one_more_request() {
        let mut pull = Pull::default();
        assert!(pull.wish());
        assert!(!pull.wish());
        assert!(!pull.wish());
        assert!(pull.answered(), "the wishes meanwhile");
        assert!(!pull.answered(), "nothing left");
        assert!(pull.wish());
    }
}
