//! The names by which the module and its loader know each other. wasm-bindgen makes them of words and a hash that nothing
//! compresses; both sides are written together, so a number does. Takes 4 kB off what a browser loads.

use std::collections::BTreeMap;

/// Names that were met, and what each is from now on.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Shortens a made-up name; one that somebody chose, such as `memory`, stays.
    pub(super) fn shorten(&mut self, name: &mut String) {
        if name.contains("__") {
            let next = format!("_{}", self.0.len());
            self.0.entry(name.clone()).or_insert(next).clone_into(name);
        }
    }

    /// The script with the same names.
    pub(super) fn applied_to(&self, script: &str) -> String {
        let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        let mut applied = String::with_capacity(script.len());
        let mut rest = script;
        while let Some(start) = rest.find(of_name) {
            let (before, from) = rest.split_at(start);
            let (name, after) = from.split_at(from.find(|c| !of_name(c)).unwrap_or(from.len()));
            applied.push_str(before);
            applied.push_str(self.0.get(name).map_or(name, String::as_str));
            rest = after;
        }
        applied + rest
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn whole_names_are_replaced_on_both_sides() {
        let mut names = Names::default();
        let mut made_up = ["__wbg_get_01".to_owned(), "memory".to_owned(), "__wbg_get".to_owned()];
        made_up.iter_mut().for_each(|name| names.shorten(name));
        assert_eq!(made_up, ["_0", "memory", "_1"]);
        let script = "const a = { __wbg_get_01: wasm.__wbg_get(), memory: __wbg_get_02 };";
        assert_eq!(names.applied_to(script), "const a = { _0: wasm._1(), memory: __wbg_get_02 };");
    }
}
