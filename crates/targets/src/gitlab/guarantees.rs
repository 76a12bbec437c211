//! How GitLab keeps each guarantee, by its tier: one table, read by the build and by its readers.

use clearway_plan::{Guarantee, Plan};

use crate::settings::{Ledger, SCATTERED, Settings};
use crate::{Keeping, Kept};

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    Free,
    Premium,
    Ultimate,
}

impl Tier {
    /// Every tier.
    pub(crate) const ALL: [(&str, Self); 3] =
        [("free", Self::Free), ("premium", Self::Premium), ("ultimate", Self::Ultimate)];

    /// As the manifest says: the least, where it says nothing or what nobody knows.
    pub(crate) fn of(settings: &Settings) -> Self {
        let word = settings.get("tier", "free");
        Self::ALL.into_iter().find(|(name, _)| *name == word).map_or(Self::Free, |(_, tier)| tier)
    }

    /// Whether environments can be protected, and cancelling be forbidden.
    pub(crate) const fn is_paid(self) -> bool {
        matches!(self, Self::Premium | Self::Ultimate)
    }
}

/// Runners of one's own that share the folder of the ledger: those that are chosen by tags.
fn shared_disk(settings: &Settings) -> Option<&str> {
    let tags = settings.target.get("tags")?;
    let is_absolute = matches!(&settings.ledger, Ledger::Folder(path) if path.starts_with('/') || path.starts_with("file:///"));
    is_absolute.then_some(tags)
}

/// How each guarantee is kept.
pub(super) fn guarantees(plan: &Plan, settings: &Settings) -> Vec<Keeping> {
    let tier = Tier::of(settings);
    let disk = shared_disk(settings);
    let shared = settings.ledger.is_shared() || disk.is_some();
    let assumed = disk.map(|tags| format!(", on the disk that all runners of `{tags}` are taken to share"));
    let assumed = assumed.unwrap_or_default();
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
    let each = |guarantee| match guarantee {
        Guarantee::Order => Keeping::new(
            guarantee,
            Kept::Native,
            "every job needs what it stands on by name, in GitLab 18.2 or newer; nothing is optional, and nothing may fail",
        ),
        Guarantee::Gates => Keeping::new(
            guarantee,
            Kept::Native,
            "the job that triggers a stage needs the gates of it; a gate is decided by `clearway gate run` on the reports of the run",
        ),
        Guarantee::Approvals if !asks => Keeping::new(guarantee, Kept::Native, "nobody is asked"),
        Guarantee::Approvals if !tier.is_paid() => Keeping::new(
            guarantee,
            Kept::NotAtAll,
            "GitLab Free cannot protect environments, so nobody is asked and anybody could press the button: write `tier = \"premium\"` below `[targets.gitlab]`, where that is so",
        ),
        Guarantee::Approvals => Keeping::new(
            guarantee,
            Kept::Configured,
            "a protected environment with approval rules for each step; `clearway approval verify` counts distinct people, and `clearway preflight` compares the settings; administrators of the instance stay free of them",
        ),
        Guarantee::Windows => Keeping::new(
            guarantee,
            Kept::Checked,
            "the deploying job itself asks `clearway window check` before it begins",
        ),
        Guarantee::Locks => Keeping::new(
            guarantee,
            Kept::Native,
            "the job that triggers a stage's pipeline holds its resource group until the stage is accepted or back; others wait, in no promised order, within this project",
        ),
        Guarantee::Rollback if !tier.is_paid() => Keeping::new(
            guarantee,
            Kept::NotAtAll,
            "a cancelled pipeline of GitLab starts nothing any more, and GitLab Free cannot forbid to cancel one",
        ),
        Guarantee::Rollback => by_ledger(
            guarantee,
            "a job that starts on failure alone, under its own approval, and asks the ledger what had begun; nobody may cancel a pipeline, which `clearway preflight` looks at",
        ),
        Guarantee::Credentials if !takes => Keeping::new(guarantee, Kept::Native, "no credentials are used"),
        Guarantee::Credentials => Keeping::new(
            guarantee,
            Kept::Configured,
            "an identity token in the deploying job; the trust policy binds its environment and a protected branch",
        ),
        Guarantee::Records => {
            by_ledger(guarantee, "`clearway record` writes an intent before, and an outcome after")
        }
        Guarantee::Digest => Keeping::new(
            guarantee,
            Kept::Checked,
            "built once and deployed by digest, from the commit of the run; what another repository built is taken with its signature alone",
        ),
        Guarantee::Outcome => Keeping::new(
            guarantee,
            Kept::Native,
            "no job may fail or be left out, so the pipeline succeeds only where every job did, and the last one needs every stage",
        ),
        Guarantee::Basis => by_ledger(
            guarantee,
            "`clearway basis` plans against what is deployed before the run, and `clearway record begin` looks again before each move, which no second try gets past",
        ),
    };
    Guarantee::ALL.into_iter().map(each).collect()
}
