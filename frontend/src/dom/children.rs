//! What `view!` hands to components: properties by name, and children as closures.

use std::rc::Rc;

use super::{IntoPiece, Piece};

/// Children that are drawn once.
pub(crate) type Children = Box<dyn FnOnce() -> Piece>;
/// Children that are drawn as often as needed.
pub(crate) type ChildrenFn = Rc<dyn Fn() -> Piece>;

pub(crate) trait ToChildren<F> {
    fn to_children(children: F) -> Self;
}

impl<F: FnOnce() -> Piece + 'static> ToChildren<F> for Children {
    fn to_children(children: F) -> Self {
        Box::new(children)
    }
}

impl<F: Fn() -> Piece + 'static> ToChildren<F> for ChildrenFn {
    fn to_children(children: F) -> Self {
        Rc::new(children)
    }
}

/// A piece as a property; nothing unless it is given.
pub(crate) struct ViewFn(Box<dyn Fn() -> Piece>);

impl ViewFn {
    pub(crate) fn run(&self) -> Piece {
        (self.0)()
    }
}

impl Default for ViewFn {
    fn default() -> Self {
        Self(Box::new(|| Piece::Nothing))
    }
}

impl<F: Fn() -> V + 'static, V: IntoPiece> From<F> for ViewFn {
    fn from(draw: F) -> Self {
        Self(Box::new(move || draw().into_piece()))
    }
}

/// The properties of a component, which `#[component]` declares.
pub(crate) trait Props {
    type Builder;

    fn builder() -> Self::Builder;
}

/// A builder of the properties that `component` takes.
pub(crate) fn props_of<P: Props>(_component: fn(P) -> Piece) -> P::Builder {
    P::builder()
}
