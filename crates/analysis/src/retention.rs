//! How long records are kept, and whether that is long enough.

use clearway_diagnostics::Place;
use clearway_model::views::{self, At, Keep, Quantity, Retention};
use clearway_model::{Db, Item, Project, items, lower};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;

/// How long the project keeps records of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The declaration.
    pub retention: Item,
    /// The kind of records.
    pub records: SmolStr,
    /// Where that is written.
    pub place: Place,
    /// At least so long.
    pub least: Quantity,
    /// No longer than this.
    pub most: Option<Quantity>,
}

/// The project's retentions, in the order of its files.
pub(crate) fn declared(db: &dyn Db, project: Project) -> impl Iterator<Item = Item> {
    let declared = project.sources(db).iter().flat_map(|file| items(db, *file)).copied();
    declared.filter(|item| item.kind(db) == "retention" && !views::is_template(db, *item))
}

/// Everything that the project says about it, in the order of its files.
pub fn kept(db: &dyn Db, project: Project) -> Vec<Kept> {
    let mut found = Vec::new();
    for retention in declared(db, project) {
        let view: Retention = views::of(lower(db, retention));
        found.extend(view.keeps.into_iter().filter_map(|keep| {
            let (records, least) = (keep.records?, keep.least?);
            Some(Kept {
                retention,
                records: records.value,
                place: least.place,
                least: least.value,
                most: keep.most.map(|most| most.value),
            })
        }));
    }
    found
}

/// How what is kept stands to what is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// As long as it must be, and no longer than it may be.
    Fits,
    /// Not surely as long as it must be.
    Short,
    /// Not surely gone when it must be.
    Long,
}

/// Compares what is kept with what is demanded.
pub(crate) fn fit(kept: &Kept, demanded: &Keep) -> Fit {
    let of = |quantity: &Option<At<Quantity>>| quantity.as_ref().and_then(|at| Length::of(&at.value));
    let Some(least) = Length::of(&kept.least) else { return Fit::Short };
    if of(&demanded.least).is_some_and(|demanded| !least.is_at_least(&demanded)) {
        return Fit::Short;
    }
    // What says no end is kept for ever.
    let most = kept.most.as_ref().and_then(Length::of);
    match of(&demanded.most) {
        Some(allowed) if most.is_none_or(|most| !allowed.is_at_least(&most)) => Fit::Long,
        _ => Fit::Fits,
    }
}

/// So many days that records kept for this long are still there, whenever that begins.
pub fn days(quantity: &Quantity) -> Option<u64> {
    Length::of(quantity)?.days.1.ceil().to_u64()
}

/// A length of time: in days, at least and at most, and in months where it is a whole number of them.
struct Length {
    days: (Decimal, Decimal),
    months: Option<Decimal>,
}

impl Length {
    fn of(quantity: &Quantity) -> Option<Self> {
        let amount = quantity.amount;
        let months = |months: Decimal| {
            let years = months.checked_div(Decimal::from(12))?.floor();
            let rest = months.checked_sub(years.checked_mul(Decimal::from(12))?)?;
            // Four years have a leap day, or none where a century begins; a month has 28 days to 31.
            let least =
                years.checked_mul(Decimal::from(365))?.checked_add(rest.checked_mul(Decimal::from(28))?)?;
            let most =
                years.checked_mul(Decimal::from(365))?.checked_add(rest.checked_mul(Decimal::from(31))?)?;
            let leap = years.checked_div(Decimal::from(4))?.ceil();
            Some(Self { days: (least, most.checked_add(leap)?), months: Some(months) })
        };
        match quantity.unit.as_str() {
            "months" => months(amount),
            "quarters" => months(amount.checked_mul(Decimal::from(3))?),
            "years" => months(amount.checked_mul(Decimal::from(12))?),
            // A week has five business days, and holidays make it longer: there is no most.
            "business-days" => None,
            _ => {
                let days = quantity.base()?.checked_div(Decimal::from(86_400))?;
                Some(Self { days: (days, days), months: None })
            }
        }
    }

    /// Whether it is surely no shorter than another.
    fn is_at_least(&self, other: &Self) -> bool {
        match (self.months, other.months) {
            (Some(own), Some(other)) => own >= other,
            _ => self.days.0 >= other.days.1,
        }
    }
}
