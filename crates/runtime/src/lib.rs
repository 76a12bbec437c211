//! The runtime: what emitted pipelines call, and the ledger that they write to.
//!
//! All that is known of a spec is its plan. Everything fails closed: what cannot be read, reached or understood is never taken for good,
//! and every answer says in words why it is what it is.

mod answer;
pub mod approval;
mod call;
pub mod checklist;
mod digest;
pub mod gate;
mod github;
mod gitlab;
mod http;
mod kubernetes;
pub mod lease;
pub mod ledger;
mod platform;
pub mod preflight;
pub mod record;
pub mod replay;
pub mod review;
mod risk;
mod store;
mod trouble;
mod vendor;
pub mod watch;
pub mod window;

pub use answer::{Answer, Table};
pub use call::{Call, PlanFile};
pub use digest::Digest;
pub use github::GitHub;
pub use gitlab::GitLab;
pub use http::{Http, NoCertificate, Unanswered};
pub use kubernetes::Kubernetes;
pub use platform::{Api, Platform};
pub use risk::Risk;
pub use trouble::Trouble;
