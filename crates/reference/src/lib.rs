//! The reference: what `stdlib/` and the catalogue of diagnostics declare, as pages for readers and as a schema for programs.
//!
//! Nothing is said here that is not said there: a new field has its line in the reference by being declared.

mod pages;
mod schema;
mod words;

pub use pages::{Page, pages};
pub use schema::schema;
