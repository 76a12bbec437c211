//! What runs leave is kept for as long as the spec says, where the product keeps it.

use std::collections::BTreeSet;

use clearway_tests::{emitted, specs};

use super::of;

/// For how long GitLab is asked to keep what jobs leave.
fn expire_in(retention: &str) -> BTreeSet<String> {
    let (_, files) = emitted("gitlab", &of("gitlab", &format!("{}{retention}", specs::SMALL))).unwrap();
    let lines = files.values().flat_map(|text| text.lines());
    lines.filter_map(|line| line.trim().strip_prefix("expire_in: ")).map(str::to_owned).collect()
}

#[test]
fn gitlab_keeps_evidence_and_artifacts_for_the_longer_of_their_times() {
    let only = |days: &str| BTreeSet::from([days.to_owned()]);
    assert_eq!(expire_in(""), only("1 year"));
    assert_eq!(expire_in("retention books { keep evidence for 10 years }\n"), only("3653 days"));
    let both = "retention books {\n  keep evidence for 30 d\n  keep artifacts for 90 d\n}\n";
    assert_eq!(expire_in(both), only("90 days"));
    // The records are in the ledger, which nothing removes anything from; so the archive of them alone is kept for as long.
    let archived = BTreeSet::from(["1 year", "3653 days"].map(str::to_owned));
    assert_eq!(expire_in("retention books { keep records for 10 years }\n"), archived);
}
