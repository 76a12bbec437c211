//! How GitHub keeps each guarantee: one table, read by the build and by its readers.

use clearway_plan::{Guarantee, Plan};

use super::jobs::attests;
use crate::settings::Settings;
use crate::{Keeping, Kept};

/// Whether environments can be protected: the plans that can attest provenance are the same.
fn is_protectable(settings: &Settings) -> bool {
    attests(settings)
}

/// Why records do not hold together.
const SCATTERED: &str = "every job has a disk of its own, so a ledger in a folder is lost with it: write `[pipeline] ledger = \"s3://…\"`";

/// How each guarantee is kept.
pub(super) fn guarantees(plan: &Plan, settings: &Settings) -> Vec<Keeping> {
    let shared = settings.ledger.is_shared();
    let protectable = is_protectable(settings);
    let asks = plan.releases.iter().any(|release| {
        release.rollback.is_some()
            || release.stages.iter().any(|stage| stage.approval.is_some() || stage.emergency.is_some())
    });
    let takes = plan.environments.values().any(|place| place.credentials.is_some());
    let by_ledger = |guarantee, how: &str| {
        if shared {
            Keeping::new(guarantee, Kept::Checked, how)
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
