//! How GitHub keeps each guarantee: one table, read by the build and by its readers.

use clearway_plan::{Guarantee, Plan};

use super::jobs::attests;
use crate::settings::{Ledger, SCATTERED, Settings};
use crate::{Keeping, Kept};

/// Whether environments can be protected: the plans that can attest provenance are the same.
fn is_protectable(settings: &Settings) -> bool {
    attests(settings)
}

/// The machines of one's own that share the folder of the ledger. Those that GitHub lends are new for every job.
fn shared_disk(settings: &Settings) -> Option<&str> {
    let runner = settings.target.get("runner")?;
    let is_lent = ["ubuntu-", "windows-", "macos-"].iter().any(|hosted| runner.starts_with(hosted));
    let is_absolute = matches!(&settings.ledger, Ledger::Folder(path) if path.starts_with('/') || path.starts_with("file:///"));
    (!is_lent && is_absolute).then_some(runner)
}

/// How each guarantee is kept.
pub(super) fn guarantees(plan: &Plan, settings: &Settings) -> Vec<Keeping> {
    let disk = shared_disk(settings);
    let shared = settings.ledger.is_shared() || disk.is_some();
    let assumed =
        disk.map(|runner| format!(", on the disk that all machines of `{runner}` are taken to share"));
    let assumed = assumed.unwrap_or_default();
    let protectable = is_protectable(settings);
    let asks = plan.releases.iter().any(|release| {
        release.rollback.is_some()
            || release.stages.iter().any(|stage| stage.approval.is_some() || stage.emergency.is_some())
    });
    let takes = plan.environments.values().any(|place| place.credentials.is_some());
    let by_ledger = |guarantee, how: &str| {
        if shared {
            Keeping::new(guarantee, Kept::Checked, format!("{how}{assumed}"))
        } else {
            Keeping::new(guarantee, Kept::NotAtAll, SCATTERED)
        }
    };
    let unprotected = "environments of a private repository are protected in the plan `enterprise` alone: their reviewers and branches would be ignored";
    let each = |guarantee| match guarantee {
        Guarantee::Order => Keeping::new(
            guarantee,
            Kept::Native,
            "every job needs what it stands on, and starts only where each of that ended in success",
        ),
        Guarantee::Gates => Keeping::new(
            guarantee,
            Kept::Native,
            "a deploying job needs the gates of its stage; a gate is decided by `clearway gate run` on the reports of the run",
        ),
        Guarantee::Approvals if !asks => Keeping::new(guarantee, Kept::Native, "nobody is asked"),
        Guarantee::Approvals if !protectable => Keeping::new(guarantee, Kept::NotAtAll, unprotected),
        Guarantee::Approvals => Keeping::new(
            guarantee,
            Kept::Configured,
            "an environment with reviewers for each seat; `clearway approval verify` counts distinct people, and `clearway preflight` compares the settings",
        ),
        Guarantee::Windows => Keeping::new(
            guarantee,
            Kept::Checked,
            "the deploying job itself asks `clearway window check` before it begins",
        ),
        Guarantee::Locks => Keeping::new(
            guarantee,
            Kept::Native,
            "the job that calls a stage's workflow holds its lock until the stage is accepted or back; at most 100 runs wait, in no promised order, within this repository",
        ),
        Guarantee::Rollback => by_ledger(
            guarantee,
            "a job that starts on failure and cancellation alone, under its own approval, and asks the ledger what had begun",
        ),
        Guarantee::Credentials if !takes => Keeping::new(guarantee, Kept::Native, "no credentials are used"),
        Guarantee::Credentials if !protectable => Keeping::new(guarantee, Kept::NotAtAll, unprotected),
        Guarantee::Credentials => Keeping::new(
            guarantee,
            Kept::Configured,
            "an identity token in the deploying job; the trust policy binds its environment, workflow and branch",
        ),
        Guarantee::Records => {
            by_ledger(guarantee, "`clearway record` writes an intent before, and an outcome after")
        }
        Guarantee::Digest => Keeping::new(
            guarantee,
            Kept::Checked,
            "built once and deployed by digest, from the commit of the run; its provenance is verified where the repository can have one",
        ),
        Guarantee::Outcome => {
            Keeping::new(guarantee, Kept::Native, "the last job fails unless every job succeeded")
        }
        Guarantee::Basis => by_ledger(
            guarantee,
            "`clearway basis` plans against what is deployed before the run, and `clearway record begin` looks again before each move",
        ),
    };
    Guarantee::ALL.into_iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::shared_disk;
    use crate::settings::{Binary, Ledger, Settings};

    fn settings(runner: &str, ledger: &str) -> Settings {
        Settings {
            target: BTreeMap::from([("runner".to_owned(), runner.to_owned())]),
            binary: Binary::Path("clearway".to_owned()),
            ledger: Ledger::Folder(ledger.to_owned()),
            pins: BTreeMap::new(),
        }
    }

    #[test]
    fn a_folder_holds_records_together_on_machines_of_ones_own_alone() {
        assert_eq!(shared_disk(&settings("release-machine", "/srv/ledger")), Some("release-machine"));
        assert_eq!(shared_disk(&settings("release-machine", "file:///srv/ledger")), Some("release-machine"));
        assert_eq!(shared_disk(&settings("ubuntu-24.04", "/srv/ledger")), None);
        assert_eq!(shared_disk(&settings("release-machine", "ledger")), None, "it would be in each checkout");
    }
}
