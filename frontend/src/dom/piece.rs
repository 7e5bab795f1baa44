//! The one type of what stands in a page, and what can become it.

use std::borrow::Cow;

use super::memo::Memo;
use leptos::reactive::signal::RwSignal;
use leptos::reactive::traits::Get;
use leptos::reactive::wrappers::read::Signal;

use super::node::{self, Node};
use super::region::dynamic;

/// A piece of the page that is not in it yet.
#[derive(Debug, Default)]
pub(crate) enum Piece {
    #[default]
    Nothing,
    /// Text for which no node was made yet: what changes often puts it into the one it has.
    Text(Cow<'static, str>),
    /// One node, or a fragment of some.
    Node(Node),
}

impl Piece {
    pub(super) fn into_node(self) -> Option<Node> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => Some(node::text(&text)),
            Self::Node(node) => Some(node),
        }
    }

    fn all(pieces: &mut dyn Iterator<Item = Self>) -> Self {
        let all = node::fragment();
        for node in pieces.filter_map(Self::into_node) {
            all.append(&node);
        }
        Self::Node(all)
    }
}

impl From<&'static str> for Piece {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// What can stand in a page.
pub(crate) trait IntoPiece {
    fn into_piece(self) -> Piece;
}

impl IntoPiece for Piece {
    fn into_piece(self) -> Piece {
        self
    }
}

impl IntoPiece for () {
    fn into_piece(self) -> Piece {
        Piece::Nothing
    }
}

impl IntoPiece for &'static str {
    fn into_piece(self) -> Piece {
        Piece::from(self)
    }
}

impl IntoPiece for String {
    fn into_piece(self) -> Piece {
        Piece::Text(Cow::Owned(self))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl IntoPiece for $number {
            fn into_piece(self) -> Piece {
                self.to_string().into_piece()
            }
        }
    )*};
}
numbers!(u32, usize);

impl<T: IntoPiece> IntoPiece for Option<T> {
    fn into_piece(self) -> Piece {
        self.map(T::into_piece).unwrap_or_default()
    }
}

impl<T: IntoPiece> IntoPiece for Vec<T> {
    fn into_piece(self) -> Piece {
        self.into_iter().collect_view()
    }
}

impl<F: Fn() -> T + 'static, T: IntoPiece + 'static> IntoPiece for F {
    fn into_piece(self) -> Piece {
        dynamic(self)
    }
}

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T: IntoPiece + Clone + Send + Sync + 'static> IntoPiece for $signal<T> {
            fn into_piece(self) -> Piece {
                dynamic(move || self.get())
            }
        }
    )*};
}
signals!(Signal, Memo, RwSignal);

/// Some pieces after one another as one.
pub(crate) trait CollectView: IntoIterator<Item: IntoPiece> + Sized {
    fn collect_view(self) -> Piece {
        Piece::all(&mut self.into_iter().map(IntoPiece::into_piece))
    }
}

impl<I: IntoIterator<Item: IntoPiece>> CollectView for I {}
