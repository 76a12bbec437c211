//! What reports measure, by what they are about, whichever tool wrote them.

mod attestations;
mod coverage;
mod findings;
mod inventory;
mod load;
mod records;
mod status;
mod tests;

pub use attestations::{Attestations, Statement, Subject};
pub use coverage::{Branches, Coverage, Ratio, SourceLines};
pub use findings::{BySeverity, FindingKind, Findings};
pub use inventory::Inventory;
pub use load::{Latency, Load, Quantile};
pub use records::{Record, RecordCounts, Records};
pub use status::Status;
pub use tests::{Counts, Tests};

use crate::figure::{Figure, Filter};
use crate::refusal::{Note, Refusal};

/// What reports of one kind measure.
pub(crate) trait Family: Sized {
    /// The metrics that it answers, in the order in which they are shown.
    fn metrics(&self) -> Vec<&'static str>;

    /// The figure of a metric. `None` where the report says nothing of it.
    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure>;

    /// Which filters are worth showing beside the whole.
    fn filters(&self, metric: &str) -> Vec<Filter>;

    /// Joins the measures of another report of the same gate.
    fn join(&mut self, other: Self, notes: &mut Vec<Note>) -> Result<(), Refusal>;
}
