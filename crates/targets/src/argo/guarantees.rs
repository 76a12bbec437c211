//! How Argo keeps each guarantee: one table, read by the build and by its readers.

use clearway_plan::{Guarantee, Plan};

use crate::settings::Settings;
use crate::table::Table;
use crate::{Keeping, Kept};

/// How each guarantee is kept.
pub(super) fn guarantees(plan: &Plan, settings: &Settings) -> Vec<Keeping> {
    // Pods have no disk in common that anybody could tell of.
    let table = Table::of(plan, settings, None);
    let own = |guarantee| {
        let (kept, how) = match guarantee {
            Guarantee::Order => (
                Kept::Native,
                "every task depends on what it stands on by name, and on its success alone, in Argo Workflows 4",
            ),
            Guarantee::Gates => (
                Kept::Native,
                "the graph of a stage depends on the gates of it; a gate is decided by `clearway gate run` on the reports of the run",
            ),
            Guarantee::Approvals => (
                Kept::Configured,
                "people agree by objects that the API server, Kubernetes 1.30 or newer, admits in their own name alone; `clearway approval verify` counts distinct people after the wait, and `clearway preflight` compares the policies; administrators of the cluster stay free of them",
            ),
            Guarantee::Locks => (
                Kept::Native,
                "the graph of a stage holds a mutex of the namespace until the stage is accepted or back; others wait, by priority and age, within what one controller runs",
            ),
            Guarantee::Rollback => {
                return Some(table.by_ledger(
                    guarantee,
                    "a task that starts on failure alone, under its own approval, and asks the ledger what had begun; a policy of the API server, which `clearway preflight` looks at, lets nobody stop, terminate or delete a run that is under way",
                ));
            }
            Guarantee::Credentials => (
                Kept::Configured,
                "a token of the account of the environment, in the deploying pod; the trust policy binds that account, a policy lets runs be nothing but their templates, and whoever else may make pods in the namespace could take it",
            ),
            Guarantee::Digest => (
                Kept::Checked,
                "built once and deployed by digest, from a commit of the reviewed branch with the very plan of these templates; what jobs hand on is compared with a digest that the controller keeps; what another repository built is taken with its signature alone",
            ),
            Guarantee::Outcome => (
                Kept::Native,
                "the last task depends on every gate, approval and stage, and a stage that went back ends in a task that fails",
            ),
            Guarantee::Windows | Guarantee::Records | Guarantee::Basis => return None,
        };
        Some(Keeping::new(guarantee, kept, how))
    };
    table.rows(own)
}
