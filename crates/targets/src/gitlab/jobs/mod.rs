//! The jobs of a pipeline, one kind a file.

mod approval;
mod back;
mod build;
mod deploy;
mod gate;
mod preflight;
mod ramp;
mod stage;

pub(super) use approval::asks;
pub(super) use back::{back, environment as way_back};
pub(super) use build::{VERSION, build, import, provision, scan, sign, test};
pub(super) use deploy::deploy;
pub(super) use gate::{checklist, gate};
pub(super) use preflight::{EXPECTATIONS, preflight, take_over};
pub(super) use ramp::ramp;
pub(super) use stage::{accept, call, group, outcome, smoke, validate, wave};
