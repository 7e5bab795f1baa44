//! Lists that keep their rows: one that is there before and after a change is not touched, and so keeps the keyboard's place,
//! what was typed and what was unfolded.

use leptos::reactive::graph::untrack;
use leptos::reactive::owner::Owner;

use super::node::{self, Node};
use super::{IntoPiece, Piece, follow};

/// A row for each item; another value is another row.
pub(crate) fn each<T: Clone + PartialEq + 'static, V: IntoPiece>(
    items: impl Fn() -> Vec<T> + 'static,
    row: impl Fn(T) -> V + 'static,
) -> Piece {
    list(items, T::eq, row)
}

/// A row for each item, told apart by their keys: what is drawn of an item is of its first value.
pub(crate) fn keyed<T: Clone + 'static, K: PartialEq, V: IntoPiece>(
    items: impl Fn() -> Vec<T> + 'static,
    key: impl Fn(&T) -> K + 'static,
    row: impl Fn(T) -> V + 'static,
) -> Piece {
    list(items, move |one, other| key(one) == key(other), row)
}

fn list<T: Clone + 'static, V: IntoPiece>(
    items: impl Fn() -> Vec<T> + 'static,
    same: impl Fn(&T, &T) -> bool + 'static,
    row: impl Fn(T) -> V + 'static,
) -> Piece {
    let mut list = List { owner: Owner::current().unwrap_or_default(), rows: Vec::new(), end: node::comment("") };
    let content = node::fragment();
    content.append(&list.end);
    let mut known: Vec<T> = Vec::new();
    follow(Box::new(move || {
        let items = items();
        let same = |new: usize, old: usize| match (items.get(new), known.get(old)) {
            (Some(new), Some(old)) => same(new, old),
            _ => false,
        };
        list.turn(items.len(), &same, &|index| items.get(index).cloned().map(&row).into_piece());
        known = items;
    }));
    Piece::Node(content)
}

/// Rows in the page, before a node that stays.
struct List {
    owner: Owner,
    rows: Vec<Row>,
    end: Node,
}

impl List {
    /// Makes it a list of `count` rows; `same` tells whether a new row is one of the old ones.
    fn turn(&mut self, count: usize, same: &dyn Fn(usize, usize) -> bool, draw: &dyn Fn(usize) -> Piece) {
        let mut before: Vec<Option<Row>> = self.rows.drain(..).map(Some).collect();
        // Not under the effect that draws, which cleans up whenever it runs. An owner remembers all it ever had under it:
        // the list's has one for all rows of a turn.
        let mut turn = None;
        for new in 0..count {
            // Most often it stands where it stood.
            let first = new.min(before.len());
            let found = (first..before.len())
                .chain(0..first)
                .find(|old| before.get(*old).is_some_and(Option::is_some) && same(new, *old));
            let kept = found.and_then(|old| before.get_mut(old)).and_then(Option::take);
            self.rows.push(kept.unwrap_or_else(|| {
                let turn = turn.get_or_insert_with(|| self.owner.child());
                let owner = turn.child();
                let piece = untrack(|| owner.with(|| draw(new)));
                Row::of(turn.clone(), owner, piece)
            }));
        }
        before.iter().flatten().for_each(Row::leave);
        self.arrange();
    }

    /// From the last row to the first; one that stands where it belongs is not touched.
    fn arrange(&self) {
        let mut after = self.end.clone();
        for row in self.rows.iter().rev() {
            if row.last.next().as_ref() != Some(&after) {
                row.each_node(&|node| after.before(node));
            }
            after = row.first.clone();
        }
    }
}

/// What stands between a first and a last node, these included.
struct Row {
    /// Through which the row's own owner finds contexts.
    _turn: Owner,
    owner: Owner,
    first: Node,
    last: Node,
}

impl Row {
    fn of(turn: Owner, owner: Owner, piece: Piece) -> Self {
        let content = node::fragment();
        if let Some(node) = piece.into_node() {
            content.append(&node);
        }
        if let Some(only) = content.first().filter(|first| first.is_element() && first.next().is_none()) {
            return Self { _turn: turn, owner, first: only.clone(), last: only };
        }
        // Anything else may grow at either end.
        let (first, last) = (node::comment(""), node::comment(""));
        match content.first() {
            Some(node) => node.before(&first),
            None => content.append(&first),
        }
        content.append(&last);
        Self { _turn: turn, owner, first, last }
    }

    fn leave(&self) {
        self.owner.cleanup();
        self.each_node(&Node::remove);
    }

    fn each_node(&self, act: &dyn Fn(&Node)) {
        let mut node = Some(self.first.clone());
        while let Some(here) = node {
            node = here.next().filter(|_| here != self.last);
            act(&here);
        }
    }
}
