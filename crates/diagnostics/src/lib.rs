//! What Clearway says when something is wrong, as plain values.
//!
//! A [`Diagnostic`] names a [`Code`] of the one catalogue, says what is wrong in the user's words and points
//! at [`Place`]s in any number of files. Places are symbolic (a node of an item of a file), so that a
//! diagnostic computed once stays true while text moves above it; [`Report`] is the diagnostic with every place looked up
//! in the [`Sources`], and is what [`render`] prints.
//!
//! This crate knows neither the syntax nor what a release is.

pub mod catalogue;
mod diagnostic;
pub mod explain;
mod place;
pub mod render;
mod report;
pub mod suggest;

pub use catalogue::{Code, Severity};
pub use diagnostic::{Diagnostic, Edit, Fix, Label};
pub use place::{FileId, ItemId, NodeId, Place, Sources, Span};
pub use report::{Position, Report, ReportEdit, ReportFix, ReportLabel};
