//! The runtime: what emitted pipelines call, and the ledger that they write to.
//!
//! All that is known of a spec is its plan. Everything fails closed: what cannot be read, reached or understood is never taken for good,
//! and every answer says in words why it is what it is.

mod digest;
mod http;
pub mod ledger;
mod store;
mod trouble;

pub use digest::Digest;
pub use http::{Http, Unanswered};
pub use trouble::Trouble;
