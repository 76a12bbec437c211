//! What an artifact is made of: bills of materials.

use super::Family;
use crate::figure::{Figure, Filter};
use crate::refusal::{Note, Refusal};

/// The components of a bill of materials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inventory {
    /// How many components there are, those within others included, what the bill is about left out.
    pub components: u64,
    /// How many of them have no version.
    pub unversioned: u64,
    /// How many of them name no licence.
    pub unlicensed: u64,
    /// How many entries say what depends on what.
    pub dependencies: u64,
}

impl Family for Inventory {
    fn metrics(&self) -> Vec<&'static str> {
        vec!["components.count", "components.unversioned", "components.unlicensed", "components.dependencies"]
    }

    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        let count = match metric {
            _ if *filter != Filter::ALL => return None,
            "components.count" => self.components,
            "components.unversioned" => self.unversioned,
            "components.unlicensed" => self.unlicensed,
            "components.dependencies" => self.dependencies,
            _ => return None,
        };
        Some(Figure::count(count, self.components))
    }

    fn filters(&self, _: &str) -> Vec<Filter> {
        Vec::new()
    }

    fn join(&mut self, other: Self, _: &mut Vec<Note>) -> Result<(), Refusal> {
        self.components += other.components;
        self.unversioned += other.unversioned;
        self.unlicensed += other.unlicensed;
        self.dependencies += other.dependencies;
        Ok(())
    }
}
