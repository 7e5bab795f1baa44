//! HTML as text, such that the parser makes of it what was written.

/// What stands where something is filled in. A template may stand everywhere, in tables and lists of options too.
pub(crate) const HOLE: &str = "<template h></template>";
/// Marks an element that is filled in.
pub(crate) const MARK: &str = " h";

const VOID: &[&str] = &["br", "col", "hr", "img", "input", "link", "meta", "wbr"];
/// Their text is not parsed, so that a hole would be shown as it is written.
const RAW: &[&str] = &["script", "style", "textarea", "title"];
/// The parser ends an open paragraph before these.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "dialog",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

pub(crate) fn is_void(tag: &str) -> bool {
    VOID.contains(&tag)
}

pub(crate) fn is_raw(tag: &str) -> bool {
    RAW.contains(&tag)
}

/// What is drawn in an `svg` only: elsewhere the parser takes it for unknown HTML.
const DRAWN: &[&str] = &["circle", "g", "line", "path", "polyline", "rect", "text"];

/// Whether the parser would put `tag` elsewhere than into `open`, the elements it stands in.
pub(crate) fn is_misplaced(tag: &str, open: &[String]) -> bool {
    let within = |name: &str| open.iter().any(|element| element == name);
    match tag {
        "a" | "button" | "form" => within(tag),
        tag if DRAWN.contains(&tag) => !within("svg"),
        _ => BLOCKS.contains(&tag) && within("p"),
    }
}

pub(crate) fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// ` name="value"`, without the quotes where the value needs none.
pub(crate) fn attribute(name: &str, value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '#');
    if value.is_empty() {
        format!(" {name}")
    } else if value.chars().all(plain) {
        format!(" {name}={value}")
    } else {
        format!(" {name}=\"{}\"", value.replace('&', "&amp;").replace('"', "&quot;"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_quoted_where_they_must_be() {
        assert_eq!(attribute("class", "row"), " class=row");
        assert_eq!(attribute("novalidate", ""), " novalidate");
        assert_eq!(attribute("title", "a \"b\" & c"), " title=\"a &quot;b&quot; &amp; c\"");
    }

    #[test]
    fn what_the_parser_would_move_is_known() {
        let open = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_misplaced("ul", &open(&["p"])));
        assert!(is_misplaced("a", &open(&["a", "span"])));
        assert!(!is_misplaced("span", &open(&["p"])));
        assert!(!is_misplaced("p", &open(&["div"])));
    }
}
