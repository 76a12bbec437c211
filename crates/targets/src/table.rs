//! The table of guarantees: what every target keeps in the same way is said here once, and each says the rest.

use clearway_plan::{Guarantee, Plan, Recurring};

use crate::recurring::words;
use crate::settings::{Ledger, SCATTERED, Settings};
use crate::{Keeping, Kept};

/// What a table rests on.
pub(crate) struct Table {
    /// Somebody is asked.
    asks: bool,
    /// A role is taken.
    takes: bool,
    /// Records hold together: by what is assumed, where it is not the ledger itself.
    records: Option<String>,
    /// Records are signed, and only signed ones are believed.
    signed: bool,
    /// What is done again and again by the clock.
    recurring: String,
}

impl Table {
    /// Of a plan. Records hold together in a ledger that all jobs see, or on a disk that their machines share: those are named, where there
    /// are some.
    pub(crate) fn of(plan: &Plan, settings: &Settings, sharing: Option<&str>) -> Self {
        let is_absolute = matches!(&settings.ledger, Ledger::Folder(path) if path.starts_with('/') || path.starts_with("file:///"));
        let assumed = sharing.filter(|_| is_absolute);
        let assumed = assumed.map(|whose| format!(", on the disk that all {whose} are taken to share"));
        let asks = plan.releases.iter().any(|release| {
            release.rollback.is_some()
                || release.stages.iter().any(|stage| stage.approval.is_some() || stage.emergency.is_some())
        });
        Self {
            asks,
            takes: plan.environments.values().any(|place| place.credentials.is_some()),
            records: assumed.or_else(|| settings.ledger.is_shared().then(String::new)),
            signed: !plan.signed_by.is_empty(),
            recurring: told(plan),
        }
    }

    /// What is kept by the records, where those hold together.
    pub(crate) fn by_ledger(&self, guarantee: Guarantee, how: &str) -> Keeping {
        match &self.records {
            Some(assumed) => Keeping::new(guarantee, Kept::Checked, format!("{how}{assumed}")),
            None => Keeping::new(guarantee, Kept::NotAtAll, SCATTERED),
        }
    }

    /// Every guarantee: what a target says of it, or what holds for all.
    pub(crate) fn rows(&self, own: impl Fn(Guarantee) -> Option<Keeping>) -> Vec<Keeping> {
        let row = |guarantee| match guarantee {
            Guarantee::Approvals if !self.asks => Keeping::new(guarantee, Kept::Native, "nobody is asked"),
            Guarantee::Credentials if !self.takes => {
                Keeping::new(guarantee, Kept::Native, "no credentials are used")
            }
            _ => own(guarantee).unwrap_or_else(|| self.common(guarantee)),
        };
        Guarantee::ALL.into_iter().map(row).collect()
    }

    fn common(&self, guarantee: Guarantee) -> Keeping {
        match guarantee {
            Guarantee::Windows => Keeping::new(
                guarantee,
                Kept::Checked,
                "the deploying job itself asks `clearway window check` before it begins",
            ),
            Guarantee::Records if self.signed => self.by_ledger(
                guarantee,
                &format!("{}{}", "`clearway record` writes an intent before, and an outcome after; records are signed, and only those are believed that a key of the plan has signed", self.recurring),
            ),
            Guarantee::Records => self.by_ledger(
                guarantee,
                &format!("{}{}", "`clearway record` writes an intent before, and an outcome after; records are not signed at all, so whoever may write to the store could forge one: name keys, `ledger = { signed-by = \"…\" }`", self.recurring),
            ),
            Guarantee::Basis => self.by_ledger(
                guarantee,
                "`clearway basis` plans against what is deployed before the run, and `clearway record begin` looks again before each move, which no second try gets past",
            ),
            _ => Keeping::new(guarantee, Kept::NotAtAll, "nothing keeps it here"),
        }
    }
}

/// What is done again and again by the clock, as it is told with the records.
fn told(plan: &Plan) -> String {
    let all: Vec<&str> = Recurring::of(plan).map(words).collect();
    match all.as_slice() {
        [] => String::new(),
        all => format!("; the clock begins each {}", all.join(", each ")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clearway_plan::{Guarantee, Plan};

    use super::Table;
    use crate::Kept;
    use crate::settings::{Binary, Ledger, Settings};

    #[test]
    fn a_folder_holds_records_together_on_a_disk_that_machines_share_alone() {
        let plan: Plan = serde_json::from_value(serde_json::json!({
            "clearway": 1, "project": "shop", "environments": {}, "artifacts": {}, "gates": {}, "approvals": {},
            "groups": {}, "people": {}, "releases": []
        }))
        .unwrap();
        let kept = |ledger: &str, sharing: Option<&str>| {
            let settings = Settings {
                target: BTreeMap::new(),
                binary: Binary::Path("clearway".to_owned()),
                ledger: Ledger::Folder(ledger.to_owned()),
                pins: BTreeMap::new(),
            };
            let rows = Table::of(&plan, &settings, sharing).rows(|_| None);
            rows.into_iter().find(|row| row.guarantee == Guarantee::Records).unwrap().kept
        };
        assert_eq!(kept("/srv/ledger", Some("machines")), Kept::Checked);
        assert_eq!(kept("file:///srv/ledger", Some("machines")), Kept::Checked);
        assert_eq!(kept("/srv/ledger", None), Kept::NotAtAll);
        assert_eq!(kept("ledger", Some("machines")), Kept::NotAtAll, "it would be in each checkout");
    }
}
