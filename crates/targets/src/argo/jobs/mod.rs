//! The jobs of a workflow, one kind a file.

mod approval;
mod back;
mod build;
mod deploy;
mod gate;
mod preflight;
mod ramp;
mod stage;

pub(super) use approval::{asks, required, verify};
pub(super) use back::back;
pub(super) use build::{build, import, provision, scan, sign, signer, test, without_version};
pub(super) use deploy::deploy;
pub(super) use gate::{checklist, gate};
pub(super) use preflight::{EXPECTATIONS, PLANNED, preflight};
pub(super) use ramp::ramp;
pub(super) use stage::{accept, failed, made, outcome, smoke, validate, wave};
