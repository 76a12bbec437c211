//! Approvals as they lie in a cluster, and authors as the history of the repository tells them. Argo asks nobody: a person makes an object, which
//! the API server admits in that person's own name alone.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::Plan;
use serde::Deserialize;
use serde_json::Value;

use super::source::{Authors, Review};
use crate::kubernetes::Kubernetes;
use crate::platform::Platform;
use crate::trouble::Trouble;

/// The label by which an approval names its run, by the run's identifier.
const LABEL: &str = "clearway.dev/approval";

/// A list of objects: `GET /api/v1/namespaces/{namespace}/configmaps?labelSelector=…`.
#[derive(Deserialize)]
struct List {
    items: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    data: BTreeMap<String, String>,
}

/// Reads answers of people. A seat is a step of a run with the digest of what the run knows: who agreed to something else agreed to nothing here.
pub(super) fn reviews(value: &Value) -> Result<Vec<Review>, serde_json::Error> {
    let list: List = serde_json::from_value(value.clone())?;
    let review = |Object { data }: Object| {
        let said = |key: &str| data.get(key).cloned().unwrap_or_default();
        let login = said("person");
        Review {
            state: said("decision"),
            seats: vec![format!("{}@{}", said("step"), said("known"))],
            is_person: !login.is_empty() && !login.starts_with("system:"),
            login,
        }
    };
    Ok(list.items.into_iter().map(review).collect())
}

/// What people said of a run.
///
/// # Errors
///
/// The cluster does not say.
pub fn said(kubernetes: &Kubernetes, run: &str) -> Result<Value, Trouble> {
    if run.is_empty() || !run.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        let what = format!("`{}` is no identifier of a workflow", run.escape_debug());
        return Err(Trouble::new(what).help("`--run` is the uid of the workflow"));
    }
    let url = format!("/api/v1/namespaces/{{namespace}}/configmaps?labelSelector={LABEL}%3D{run}");
    kubernetes.get(&url).map_err(|error| {
        Trouble::new(format!("the cluster does not give the approvals: {}", error.why))
            .help("the account of the job must be allowed to list the ConfigMaps of the namespace")
    })
}

/// Who wrote what is in the history of a commit and not in that of another, by their e-mail addresses. A line of a history is a commit, its
/// parents and who wrote it, with tabs between: what `git log --format='%H%x09%P%x09%ae'` prints.
///
/// # Errors
///
/// The text is no such history, or lacks one of the commits.
pub(super) fn authors(
    plan: &Plan,
    history: &str,
    deployed: Option<&str>,
    commit: &str,
) -> Result<Authors, Trouble> {
    let mut commits: BTreeMap<&str, (Vec<&str>, &str)> = BTreeMap::new();
    for line in history.lines() {
        let parts: Vec<&str> = line.splitn(3, '\t').collect();
        let [id, parents, email] = parts.as_slice() else {
            return Err(Trouble::new("the history is not one of commits, their parents and who wrote them")
                .help("write it with `git log --format='%H%x09%P%x09%ae'`"));
        };
        commits.insert(id, (parents.split(' ').filter(|id| !id.is_empty()).collect(), email));
    }
    let reached = |from: &str| -> Result<BTreeSet<&str>, Trouble> {
        let lacking = || Trouble::new(format!("the history has no commit {from}"));
        let (first, _) = commits.get_key_value(from).ok_or_else(lacking)?;
        let (mut found, mut open) = (BTreeSet::new(), vec![*first]);
        while let Some(id) = open.pop() {
            if found.insert(id) {
                // A history that ends before its beginning would hide who wrote what is missing.
                let (parents, _) = commits.get(id).ok_or_else(|| {
                    Trouble::new(format!("the history is not whole: it has no commit {id}"))
                })?;
                open.extend(parents);
            }
        }
        Ok(found)
    };
    let live = deployed.map(reached).transpose()?.unwrap_or_default();
    let mut authors = Authors::default();
    for id in reached(commit)?.difference(&live) {
        let email = commits.get(id).map(|(_, email)| *email).filter(|email| !email.is_empty());
        authors.add(plan, Platform::Argo, None, email, Some(id));
    }
    Ok(authors)
}

#[cfg(test)]
mod tests {
    use clearway_plan::Plan;
    use serde_json::json;

    use super::{authors, reviews};

    fn plan() -> Plan {
        let people =
            json!({ "ana": { "email": "ana@acme.example" }, "ben": { "email": "ben@acme.example" } });
        serde_json::from_value(json!({
            "clearway": 1, "project": "shop", "environments": {}, "artifacts": {}, "gates": {}, "approvals": {},
            "groups": {}, "people": people, "releases": []
        }))
        .unwrap()
    }

    /// Two branches that were merged: `c` and `b` come from `a`, and `d` joins them.
    const HISTORY: &str = "d\tc b\tana@acme.example\nc\ta\tben@acme.example\nb\ta\tnobody@acme.example\na\t\tana@acme.example\n";

    #[test]
    fn authors_are_those_of_what_is_not_live_yet() {
        let all = authors(&plan(), HISTORY, None, "d").unwrap();
        assert_eq!(all.people.into_iter().collect::<Vec<_>>(), ["ana", "ben"]);
        assert_eq!(all.unknown, ["of no name by nobody@acme.example"]);
        let some = authors(&plan(), HISTORY, Some("b"), "c").unwrap();
        assert_eq!(some.people.into_iter().collect::<Vec<_>>(), ["ben"]);
        assert!(some.unknown.is_empty());
    }

    #[test]
    fn a_history_that_lacks_a_commit_hides_nobody() {
        assert!(authors(&plan(), HISTORY, Some("x"), "d").is_err());
        assert!(authors(&plan(), HISTORY, None, "x").is_err());
        assert!(authors(&plan(), "d\tc b\tana@acme.example\n", None, "d").is_err());
        assert!(authors(&plan(), "d c b ana", None, "d").is_err());
    }

    #[test]
    fn a_seat_is_a_step_and_what_was_agreed_to() {
        let object = |person: &str| json!({ "data": { "step": "approval-x", "known": "abc", "person": person, "decision": "approved" } });
        let accounts = ["ana@acme.example", "system:serviceaccount:releases:clearway"].map(object);
        let read = reviews(&json!({ "items": [accounts[0], accounts[1], {}] })).unwrap();
        assert_eq!(read[0].seats, ["approval-x@abc"]);
        assert_eq!(
            read.iter().map(|one| (one.state.as_str(), one.is_person)).collect::<Vec<_>>(),
            [("approved", true), ("approved", false), ("", false)]
        );
        assert!(reviews(&json!({ "message": "forbidden" })).is_err());
    }
}
