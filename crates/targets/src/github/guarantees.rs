//! How GitHub keeps each guarantee: one table, read by the build and by its readers.

use clearway_plan::{Guarantee, Plan};

use super::jobs::attests;
use crate::settings::Settings;
use crate::table::Table;
use crate::{Keeping, Kept};

/// Whether environments can be protected: the plans that can attest provenance are the same.
fn is_protectable(settings: &Settings) -> bool {
    attests(settings)
}

/// The machines of one's own, which keep a disk. Those that GitHub lends are new for every job.
fn own_machines(settings: &Settings) -> Option<&str> {
    let runner = settings.target.get("runner")?;
    let is_lent = ["ubuntu-", "windows-", "macos-"].iter().any(|hosted| runner.starts_with(hosted));
    (!is_lent).then_some(runner)
}

/// How each guarantee is kept.
pub(super) fn guarantees(plan: &Plan, settings: &Settings) -> Vec<Keeping> {
    let machines = own_machines(settings).map(|runner| format!("machines of `{runner}`"));
    let table = Table::of(plan, settings, machines.as_deref());
    let protectable = is_protectable(settings);
    let unprotected = "environments of a private repository are protected in the plan `enterprise` alone: their reviewers and branches would be ignored";
    let own = |guarantee| {
        let (kept, how) = match guarantee {
            Guarantee::Order => (
                Kept::Native,
                "every job needs what it stands on, and starts only where each of that ended in success",
            ),
            Guarantee::Gates => (
                Kept::Native,
                "a deploying job needs the gates of its stage; a gate is decided by `clearway gate run` on the reports of the run",
            ),
            Guarantee::Approvals | Guarantee::Credentials if !protectable => (Kept::NotAtAll, unprotected),
            // The usual case is a private repository in a plan that protects nothing: whoever says nothing is told what is assumed.
            Guarantee::Approvals if !settings.target.contains_key("visibility") => (
                Kept::Configured,
                "an environment with reviewers for each seat, which needs a public repository: this one is taken for one, as `[targets.github]` says no `visibility`; `clearway approval verify` counts distinct people, and `clearway preflight` compares the settings",
            ),
            Guarantee::Approvals => (
                Kept::Configured,
                "an environment with reviewers for each seat; `clearway approval verify` counts distinct people, and `clearway preflight` compares the settings",
            ),
            Guarantee::Locks => (
                Kept::Native,
                "the job that calls a stage's workflow holds its lock until the stage is accepted or back; at most 100 runs wait, in no promised order, within this repository",
            ),
            Guarantee::Rollback => {
                return Some(table.by_ledger(
                    guarantee,
                    "a job that starts on failure and cancellation alone, under its own approval, and asks the ledger what had begun",
                ));
            }
            Guarantee::Credentials => (
                Kept::Configured,
                "an identity token in the deploying job; the trust policy binds its environment, workflow and branch",
            ),
            Guarantee::Digest => (
                Kept::Checked,
                "built once and deployed by digest, from the commit of the run; its provenance is verified where the repository can have one",
            ),
            Guarantee::Outcome => (Kept::Native, "the last job fails unless every job succeeded"),
            Guarantee::Windows | Guarantee::Records | Guarantee::Basis => return None,
        };
        Some(Keeping::new(guarantee, kept, how))
    };
    table.rows(own)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::own_machines;
    use crate::settings::{Binary, Ledger, Settings};

    #[test]
    fn machines_that_are_lent_keep_no_disk() {
        let own = |runner: &str| {
            let settings = Settings {
                target: BTreeMap::from([("runner".to_owned(), runner.to_owned())]),
                binary: Binary::Path("clearway".to_owned()),
                ledger: Ledger::None,
                pins: BTreeMap::new(),
            };
            own_machines(&settings).map(str::to_owned)
        };
        assert_eq!(own("release-machine").as_deref(), Some("release-machine"));
        assert_eq!(own("ubuntu-24.04"), None);
    }
}
