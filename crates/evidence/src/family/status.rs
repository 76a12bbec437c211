//! What a status page says.

use super::Family;
use crate::figure::{Figure, Filter};
use crate::refusal::{Note, Refusal};

/// What a status page says of a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// How bad it is as a whole: 0 none, 1 minor, 2 major, 3 critical. Maintenance is 1. Absent where the file does not say it.
    pub impact: Option<u64>,
    /// How many components the page has, groups left out. Absent where the file lists none.
    pub components: Option<u64>,
    /// How many of them are operational.
    pub operational: u64,
    /// How many incidents are open. Absent where the file lists none and has no place for them.
    pub incidents: Option<u64>,
}

impl Family for Status {
    fn metrics(&self) -> Vec<&'static str> {
        vec![
            "status.impact",
            "status.components",
            "status.operational",
            "status.degraded",
            "status.incidents",
        ]
    }

    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        let count = match metric {
            _ if *filter != Filter::ALL => return None,
            "status.impact" => self.impact?,
            "status.components" => self.components?,
            "status.operational" => self.components.map(|_| self.operational)?,
            "status.degraded" => self.components?.saturating_sub(self.operational),
            "status.incidents" => self.incidents?,
            _ => return None,
        };
        Some(Figure::count(count, 1))
    }

    fn filters(&self, _: &str) -> Vec<Filter> {
        Vec::new()
    }

    fn join(&mut self, other: Self, _: &mut Vec<Note>) -> Result<(), Refusal> {
        self.impact = self.impact.zip(other.impact).map(|(one, two)| one.max(two));
        self.components = self.components.zip(other.components).map(|(one, two)| one + two);
        self.operational += other.operational;
        self.incidents = self.incidents.zip(other.incidents).map(|(one, two)| one + two);
        Ok(())
    }
}
