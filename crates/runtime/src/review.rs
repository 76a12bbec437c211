//! Reviews after the fact: who may do what is looked at again and again, and each change in production once. A person looks, and says so in
//! the records; what nobody looked at in time is overdue.

use std::collections::BTreeSet;
use std::time::Duration;

use clearway_plan::AccessReview;
use jiff::Timestamp;
use serde_json::json;

use crate::answer::{Answer, Table};
use crate::approval::{known, person};
use crate::call::Call;
use crate::digest::Digest;
use crate::ledger::{Entry, Log, Reviewed, Seen};
use crate::platform::Platform;
use crate::preflight::{Expectations, Live};
use crate::trouble::Trouble;

/// What a person says of what was looked at.
#[derive(Debug, Clone)]
pub struct Reviewing {
    /// Who says so: by name or by login, or by login alone where a platform says who it is.
    pub person: String,
    /// The platform that says who it is.
    pub platform: Option<Platform>,
    /// What came of it.
    pub note: Option<String>,
}

/// Records that a person has looked at who may do what: at these grants, each in a line.
///
/// # Errors
///
/// The plan asks nobody, the person is none of those who may, or the ledger cannot be reached.
pub fn record_access(
    call: &Call<'_>,
    grants: &BTreeSet<String>,
    said: &Reviewing,
) -> Result<Answer, Trouble> {
    let rule = access_rule(call)?;
    let answer = record(call, &rule.by, Seen::Access { grants: grants.clone() }, said)?;
    Ok(Answer { title: format!("{} looked at who may do what", answer.title), ..answer })
}

/// Records that a person has held the review of a change in production, which a document tells of.
///
/// # Errors
///
/// The plan asks nobody, the person is none of those who may, no record is of such a run, or the ledger cannot be reached.
pub fn record_change(
    call: &Call<'_>,
    run: &str,
    document: Digest,
    said: &Reviewing,
) -> Result<Answer, Trouble> {
    let ours = call.plan.plan.retrospective.as_ref();
    let by = ours.and_then(|ours| ours.reviews.as_ref()?.by.clone()).ok_or_else(|| {
        Trouble::new("the plan asks nobody to say that a review was held")
            .help("name who does: `reviewed-by = …` in the retrospective")
    })?;
    if !call.ledger.log()?.acts().any(|act| act.record.run == run) {
        return Err(Trouble::new(format!("no record is of the run `{}`", run.escape_debug()))
            .help("`clearway report review` names the runs that are to be reviewed"));
    }
    let answer = record(call, &by, Seen::Change { run: run.to_owned(), document }, said)?;
    Ok(Answer { title: format!("{} has reviewed the change of run {run}", answer.title), ..answer })
}

/// Writes the record, and says who the person is.
fn record(call: &Call<'_>, by: &str, seen: Seen, said: &Reviewing) -> Result<Answer, Trouble> {
    // On a platform somebody may be called as another person is in the spec.
    let person = match said.platform {
        Some(platform) => person(&call.plan.plan, platform, &said.person),
        None => known(&call.plan.plan, &said.person),
    };
    if !members(call, by).contains(&person) {
        let who: Vec<String> = members(call, by).into_iter().collect();
        return Err(Trouble::new(format!("{person} is not of `{by}`, who look at this"))
            .help(format!("`{by}` has {}", who.join(", "))));
    }
    let reviewed = Reviewed { seen, person: person.clone(), note: said.note.clone() };
    let (digest, ()) =
        call.ledger.append(&call.stamp(), |_| Ok((Some(Entry::Reviewed(reviewed.clone())), ())))?;
    let answer = Answer::holds(person);
    Ok(match digest {
        Some(digest) => answer.output("review", digest.as_str()),
        None => answer,
    })
}

/// Looks whether the platform asks those whom the plan names, and whether somebody looked at who may do what in time.
///
/// # Errors
///
/// The plan asks for no such review, or the ledger cannot be reached.
pub fn verify_access(
    call: &Call<'_>,
    grants: &BTreeSet<String>,
    expected: &Expectations,
    live: &Live,
) -> Result<Answer, Trouble> {
    let rule = access_rule(call)?;
    let log = call.ledger.log()?;
    let differing = expected.differing(live);
    let last = last_access(call, &log, rule);
    let until = last.as_ref().and_then(|last| last.at.checked_add(Duration::from_secs(rule.every)).ok());
    let is_due = until.is_none_or(|until| until < call.now);
    let mut notes = Vec::new();
    let told = match (&last, until) {
        (Some(last), Some(until)) => {
            let changed = |mark: &str, one: &BTreeSet<String>, other: &BTreeSet<String>| {
                one.difference(other).map(|grant| format!("{mark} since then: {grant}")).collect::<Vec<_>>()
            };
            notes.extend(changed("new", grants, last.grants));
            notes.extend(changed("gone", last.grants, grants));
            let word = if is_due { "it was to be looked at again" } else { "it is looked at again" };
            format!("{} looked at it at {}, and {word} by {until}", last.person, last.at)
        }
        _ => "nobody has looked at it yet".to_owned(),
    };
    if is_due {
        notes.insert(0, format!("one of `{}` looks, and says so: `clearway record review access`", rule.by));
    }
    if !differing.is_empty() {
        notes.insert(0, "the platform lets others do what they may not: apply the settings that were built with the pipelines".to_owned());
    }
    let holds = !is_due && differing.is_empty();
    let title = match (is_due, differing.is_empty()) {
        (false, true) => format!("who may do what is as the plan says: {told}"),
        (true, true) => format!("the review of who may do what is overdue: {told}"),
        (_, false) => {
            format!("{} settings of the platform are not as the plan says: {told}", differing.len())
        }
    };
    let details = json!({
        "holds": holds,
        "by": rule.by,
        "last": last.as_ref().map(|last| json!({"person": last.person, "at": last.at, "record": last.digest})),
        "until": until,
        "grants": grants,
        "settings": {"looked-at": expected.expectations.len(), "wrong": differing.len()},
        "now": call.now,
    });
    let table = Table { heads: vec!["setting", "wanted", "found", "why"], rows: differing };
    Ok(Answer { holds, title, table, notes, outputs: Vec::new(), details })
}

/// Who looked last, and at what.
struct Looked<'l> {
    person: &'l str,
    at: Timestamp,
    digest: &'l Digest,
    grants: &'l BTreeSet<String>,
}

/// The last look of somebody who may look; who is of the group no longer has no word in what it is now.
fn last_access<'l>(call: &Call<'_>, log: &'l Log, rule: &AccessReview) -> Option<Looked<'l>> {
    let members = members(call, &rule.by);
    log.records().iter().rev().find_map(|logged| match &logged.record.entry {
        Entry::Reviewed(Reviewed { seen: Seen::Access { grants }, person, .. })
            if members.contains(person) =>
        {
            Some(Looked { person, at: logged.record.at, digest: &logged.digest, grants })
        }
        _ => None,
    })
}

fn access_rule<'c>(call: &'c Call<'_>) -> Result<&'c AccessReview, Trouble> {
    let ours = call.plan.plan.retrospective.as_ref();
    ours.and_then(|ours| ours.access_review.as_ref()).ok_or_else(|| {
        Trouble::new("the plan asks nobody to look at who may do what")
            .help("write `access-review by … every 90 d` in the retrospective")
    })
}

fn members(call: &Call<'_>, group: &str) -> BTreeSet<String> {
    let group = call.plan.plan.groups.get(group);
    group.into_iter().flat_map(|group| group.members.iter().cloned()).collect()
}
