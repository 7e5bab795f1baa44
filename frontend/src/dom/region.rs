//! Pieces that change: a region of the page that is drawn anew when something it reads changes.

use std::borrow::Cow;

use super::memo::Memo;
use watchkeeper_markup::component;

use super::children::{ChildrenFn, ViewFn};
use super::focus::Focus;
use super::node::{self, Node};
use super::{IntoPiece, Piece, follow};

/// A region that shows what `draw` yields, and draws it anew when something it reads changes. What was made by drawing is
/// cleaned up before.
pub(crate) fn dynamic<V: IntoPiece>(draw: impl Fn() -> V + 'static) -> Piece {
    region(Box::new(move || draw().into_piece()))
}

fn region(draw: Box<dyn Fn() -> Piece>) -> Piece {
    let content = node::fragment();
    let mut region = Region { start: None, end: node::text(""), text: Cow::Borrowed("") };
    content.append(&region.end);
    follow(Box::new(move || region.show(draw())));
    Piece::Node(content)
}

/// Elements stand between `start`, made once there are some, and `end`; text stands in `end` itself.
struct Region {
    start: Option<Node>,
    end: Node,
    text: Cow<'static, str>,
}

impl Region {
    fn show(&mut self, piece: Piece) {
        let (text, node) = match piece {
            Piece::Text(text) => (text, None),
            Piece::Node(node) => (Cow::Borrowed(""), Some(node)),
            Piece::Nothing => (Cow::Borrowed(""), None),
        };
        let focus = self.start.as_ref().and_then(|start| Focus::within(start, &self.end));
        if let Some(start) = &self.start {
            clear(start, &self.end);
        }
        if let Some(node) = node {
            if self.start.is_none() {
                let start = node::comment("");
                self.end.before(&start);
                self.start = Some(start);
            }
            self.end.before(&node);
        }
        if self.text != text {
            self.end.set_text(&text);
            self.text = text;
        }
        if let Some(focus) = focus {
            focus.give_back();
        }
    }
}

/// Removes what stands between two nodes.
fn clear(start: &Node, end: &Node) {
    while let Some(node) = start.next().filter(|node| node != end) {
        node.remove();
    }
}

/// Whether something holds.
pub(crate) struct When(Box<dyn Fn() -> bool + Send + Sync>);

impl<F: Fn() -> bool + Send + Sync + 'static> From<F> for When {
    fn from(holds: F) -> Self {
        Self(Box::new(holds))
    }
}

/// Its children while `when` holds, the fallback otherwise; neither is drawn anew while that stays as it is.
#[component]
pub(crate) fn Show(
    #[prop(into)] when: When,
    #[prop(optional, into)] fallback: ViewFn,
    children: ChildrenFn,
) -> impl IntoPiece {
    let holds = Memo::new(move |_| (when.0)());
    dynamic(move || if holds.get() { children() } else { fallback.run() })
}
