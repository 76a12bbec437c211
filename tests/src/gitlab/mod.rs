//! GitLab's rules, as far as emitted pipelines rest on them: what a file says, which jobs are there, and what becomes of each. Nothing here
//! knows the emitter. The rules are those of GitLab's own sources: `Gitlab::Ci::Status::Composite`, `Ci::ProcessBuildService`,
//! `Ci::PipelineProcessing::AtomicProcessingService` and `Ci::Bridge`.

mod condition;
mod input;
mod pipeline;
mod run;
mod status;

pub use pipeline::{Job, Need, Pipeline, Project, Trigger};
pub use run::{Fate, Run};
pub use status::Status;
