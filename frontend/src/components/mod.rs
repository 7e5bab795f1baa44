//! Building blocks that know nothing of targets or incidents.

pub(crate) mod action;
pub(crate) mod badge;
pub(crate) mod chart;
pub(crate) mod clock;
pub(crate) mod combo;
pub(crate) mod copy;
pub(crate) mod dialog;
pub(crate) mod field;
pub(crate) mod filters;
pub(crate) mod latest;
pub(crate) mod letter;
pub(crate) mod live;
pub(crate) mod remote;
pub(crate) mod theme;
pub(crate) mod title;
pub(crate) mod toast;
