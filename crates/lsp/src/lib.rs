//! The language server.
//!
//! A feature is a file: a function over a database, a file of it and an offset, that gives plain structs. Only [`server`] knows
//! the protocol. What a word means is asked of the model, which writes it down while it lowers; what is wrong is asked of the
//! rules. The server reads no file itself: it asks its [`Host`].

mod describe;
mod format;
mod host;
mod hover;
mod location;
mod navigation;
mod rename;
mod server;
mod symbols;
#[cfg(test)]
mod tests;

pub use host::{Host, ProjectFiles};
pub use server::serve;
