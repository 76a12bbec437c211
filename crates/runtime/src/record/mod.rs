//! Records of what pipelines do: an intent before, an outcome after, and what must hold between them.

mod begin;
mod close;
mod end;
mod permission;
mod position;
mod ramp;
mod undo;

use clearway_plan::PathKind;

use crate::ledger::{Intent, Subject};

pub use begin::begin;
pub(crate) use begin::still_open;
pub use close::{adopt, close};
pub use end::end;

/// What a record is about.
#[derive(Debug, Clone)]
pub struct About {
    /// The release.
    pub release: String,
    /// The way through it.
    pub path: PathKind,
    /// The step.
    pub step: String,
    /// The service, where the step acts on several one by one.
    pub service: Option<String>,
    /// What it is done with.
    pub subjects: Vec<Subject>,
    /// The commit of the run.
    pub commit: Option<String>,
    /// Who started the run.
    pub actor: Option<String>,
    /// The change request.
    pub change: Option<String>,
    /// Who asked for the change.
    pub requested_by: Option<String>,
    /// It may begin only if the run has neither tried it before nor gone back since: what people agreed to was for the first try.
    pub once: bool,
}

impl About {
    /// The intent of a step.
    pub(crate) fn intent(&self, does: clearway_plan::StepKind) -> Intent {
        Intent {
            release: self.release.clone(),
            path: self.path,
            step: self.step.clone(),
            does,
            subjects: self.subjects.clone(),
            commit: self.commit.clone(),
            actor: self.actor.clone(),
            change: self.change.clone(),
            requested_by: self.requested_by.clone(),
            moves: None,
        }
    }

    /// What ships of a service.
    pub(crate) fn subject(&self, service: &str) -> Option<&Subject> {
        self.subjects.iter().find(|subject| subject.service == service)
    }
}
