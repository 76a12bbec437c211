//! Answers to requests: a feature's plain structs as the protocol's types.

pub(super) mod names;
pub(super) mod text;
pub(super) mod writing;
