//! The language server.
//!
//! A feature is a file: a function over a database, a file of it and an offset, that gives plain structs. Only `server` knows
//! the protocol. What a word means is asked of the model, which writes it down while it lowers; what is wrong is asked of the
//! rules. The server reads no file itself: it asks its [`Host`].

mod actions;
mod completion;
mod describe;
mod format;
mod graph;
mod hints;
mod host;
mod hover;
mod links;
mod location;
mod navigation;
mod order;
mod pipeline;
mod reader;
mod rename;
mod server;
mod shape;
mod signature;
mod successors;
mod symbols;
#[cfg(test)]
mod tests;
mod tokens;

pub use host::{Host, ProjectFiles};
pub use reader::Reader;
pub use server::serve;
