//! The rules of Argo Workflows, as far as emitted workflows rest on them: what a file says, and what becomes of each task. Nothing here knows the
//! emitter. The rules are those of the controller's own sources: `evaluateDependsLogic` and `assessDAGPhase` in `workflow/controller/dag.go`.

mod depends;
mod manifest;
mod run;

pub use depends::Depends;
pub use manifest::{Manifest, Template, Workflow};
pub use run::{Fate, Phase, Run};
