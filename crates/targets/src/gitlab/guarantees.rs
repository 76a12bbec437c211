//! How GitLab keeps each guarantee, by its tier: one table, read by the build and by its readers.

use clearway_plan::{Guarantee, Plan};

use crate::settings::Settings;
use crate::table::Table;
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

/// How each guarantee is kept.
pub(super) fn guarantees(plan: &Plan, settings: &Settings) -> Vec<Keeping> {
    let tier = Tier::of(settings);
    // Runners of one's own are chosen by tags.
    let runners = settings.target.get("tags").map(|tags| format!("runners of `{tags}`"));
    let table = Table::of(plan, settings, runners.as_deref());
    let own = |guarantee| {
        let (kept, how) = match guarantee {
            Guarantee::Order => (
                Kept::Native,
                "every job needs what it stands on by name, in GitLab 18.2 or newer; nothing is optional, and nothing may fail",
            ),
            Guarantee::Gates => (
                Kept::Native,
                "the job that triggers a stage needs the gates of it; a gate is decided by `clearway gate run` on the reports of the run",
            ),
            Guarantee::Approvals if !tier.is_paid() => (
                Kept::NotAtAll,
                "GitLab Free cannot protect environments, so nobody is asked and anybody could press the button: write `tier = \"premium\"` below `[targets.gitlab]`, where that is so",
            ),
            Guarantee::Approvals => (
                Kept::Configured,
                "a protected environment with approval rules for each step; `clearway approval verify` counts distinct people, and `clearway preflight` compares the settings; administrators of the instance stay free of them",
            ),
            Guarantee::Locks => (
                Kept::Native,
                "the job that triggers a stage's pipeline holds its resource group until the stage is accepted or back; others wait, in no promised order, within this project",
            ),
            Guarantee::Rollback if !tier.is_paid() => (
                Kept::NotAtAll,
                "a cancelled pipeline of GitLab starts nothing any more, and GitLab Free cannot forbid to cancel one: write `tier = \"premium\"` below `[targets.gitlab]`, where that is so",
            ),
            Guarantee::Rollback => {
                return Some(table.by_ledger(
                    guarantee,
                    "a job that starts on failure alone, under its own approval, and asks the ledger what had begun; nobody may cancel a pipeline, which `clearway preflight` looks at",
                ));
            }
            Guarantee::Credentials => (
                Kept::Configured,
                "an identity token in the deploying job; the trust policy binds its environment and a protected branch",
            ),
            Guarantee::Digest => (
                Kept::Checked,
                "built once and deployed by digest, from the commit of the run; what another repository built is taken with its signature alone",
            ),
            Guarantee::Outcome => (
                Kept::Native,
                "no job may fail or be left out, so the pipeline succeeds only where every job did, and the last one needs every stage",
            ),
            Guarantee::Windows | Guarantee::Records | Guarantee::Basis => return None,
        };
        Some(Keeping::new(guarantee, kept, how))
    };
    table.rows(own)
}
