//! The way through a list that only leads onward: which cursors were passed, so that there is a way back.

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Trail(Vec<String>);

impl Trail {
    /// Notes where one stands and what comes next; the first page has no cursor.
    pub(crate) fn walk(&mut self, here: &str, next: Option<String>) {
        if here.is_empty() {
            self.0.clear();
        } else {
            match self.0.iter().position(|passed| passed == here) {
                Some(at) => self.0.truncate(at + 1),
                None => self.0 = vec![here.to_owned()],
            }
        }
        self.0.extend(next);
    }

    /// The page before this one; the first page when the way here is not known.
    pub(crate) fn before(&self, here: &str) -> String {
        let at = self.0.iter().position(|passed| passed == here).unwrap_or(0);
        at.checked_sub(1).and_then(|at| self.0.get(at)).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Trail;

    #[test]
    fn the_way_back_is_the_way_there() {
        let mut trail = Trail::default();
        for (here, next) in [("", Some("b")), ("b", Some("c")), ("c", None)] {
            trail.walk(here, next.map(str::to_owned));
        }
        assert_eq!((trail.before("c").as_str(), trail.before("b").as_str()), ("b", ""));
        trail.walk("b", Some("c2".to_owned()));
        assert_eq!(trail.before("c2"), "b");
    }

    #[test]
    fn from_a_deep_link_the_way_back_is_to_the_beginning() {
        let mut trail = Trail::default();
        trail.walk("m", Some("n".to_owned()));
        assert_eq!((trail.before("m").as_str(), trail.before("n").as_str()), ("", "m"));
    }
}
