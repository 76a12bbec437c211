//! Checklists: is everything done that must be before a stage, and who says so?

use std::collections::BTreeMap;
use std::time::Duration;

use clearway_plan::{Checklist, ChecklistItem, Decider, PathKind, StepKind, Within};
use clearway_schedule::{Calendar, Zone};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answer::{Answer, Table};
use crate::approval::known;
use crate::call::Call;
use crate::ledger::{Attested, Ending, Entry, Log, Outcome, Subject};
use crate::record::About;
use crate::trouble::Trouble;

/// Which checklist is looked at, and for what.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The release.
    pub release: String,
    /// The way through it.
    pub path: PathKind,
    /// The environment before which it stands.
    pub environment: String,
    /// The checklist.
    pub checklist: String,
    /// What ships.
    pub subjects: Vec<Subject>,
    /// The commit.
    pub commit: String,
    /// Who started the run.
    pub actor: Option<String>,
}

/// What a person says of an item.
#[derive(Debug, Clone)]
pub struct Attesting {
    /// The release.
    pub release: String,
    /// The checklist.
    pub checklist: String,
    /// The item: its id, or its text.
    pub item: String,
    /// Who says so, by name or by login.
    pub person: String,
    /// The commit that was looked at.
    pub commit: Option<String>,
    /// What was seen.
    pub note: Option<String>,
}

/// Looks at a checklist of a run: its intent, the decision, its outcome.
///
/// # Errors
///
/// The plan has no such checklist there, or the ledger cannot be reached.
pub fn verify(call: &Call<'_>, asked: &Asked) -> Result<Answer, Trouble> {
    let release = call.plan.release(&asked.release)?;
    let path = call.plan.path(release, asked.path)?;
    let does =
        StepKind::Checklist { environment: asked.environment.clone(), checklist: asked.checklist.clone() };
    let step = path.steps.iter().find(|step| step.does == does);
    let step = step.ok_or_else(|| {
        let what = format!(
            "no checklist `{}` stands before `{}` on the {} path",
            asked.checklist, asked.environment, asked.path
        );
        Trouble::new(what).help("the pipeline and the plan do not agree: build again")
    })?;
    of_plan(call, &asked.checklist)?;
    let about = About {
        release: asked.release.clone(),
        path: asked.path,
        step: step.id.clone(),
        service: None,
        subjects: asked.subjects.clone(),
        commit: Some(asked.commit.clone()),
        actor: asked.actor.clone(),
        change: release.change.clone(),
        requested_by: release.requested_by.clone(),
        once: false,
    };
    let intent = Entry::Intent(Box::new(about.intent(does)));
    let (intent, log) = call.ledger.append(&call.stamp(), |log| Ok((Some(intent.clone()), log.clone())))?;
    let answer = decide(call, asked, &log)?;
    if let Some(intent) = intent {
        let result = if answer.holds { Ending::Success } else { Ending::Failure };
        let outcome = Entry::Outcome(Outcome { intent, result, decision: Some(answer.details.clone()) });
        call.ledger.append(&call.stamp(), |_| Ok((Some(outcome.clone()), ())))?;
    }
    Ok(answer)
}

/// Says how far a checklist is, and records nothing.
///
/// # Errors
///
/// The plan has no such checklist, or the ledger cannot be reached.
pub fn status(call: &Call<'_>, asked: &Asked) -> Result<Answer, Trouble> {
    call.plan.stage(call.plan.release(&asked.release)?, &asked.environment)?;
    decide(call, asked, &call.ledger.log()?)
}

/// Decides a checklist upon records.
pub(crate) fn decide(call: &Call<'_>, asked: &Asked, log: &Log) -> Result<Answer, Trouble> {
    Ok(Looking { call, asked, log }.decide(of_plan(call, &asked.checklist)?))
}

/// Records that a person attests an item.
///
/// # Errors
///
/// The plan has no such item, the person is none of those who may, or the ledger cannot be reached.
pub fn attest(call: &Call<'_>, said: &Attesting) -> Result<Answer, Trouble> {
    call.plan.release(&said.release)?;
    let checklist = of_plan(call, &said.checklist)?;
    let item = checklist.items.iter().find(|item| item.id == said.item || item.text == said.item);
    let item = item.ok_or_else(|| {
        let there: Vec<&str> = checklist.items.iter().map(|item| item.id.as_str()).collect();
        let what = format!("the checklist `{}` has no item `{}`", said.checklist, said.item.escape_debug());
        Trouble::new(what).help(format!("there is `{}`", there.join("`, `")))
    })?;
    let Decider::People { group, within } = &item.by else {
        let what = if matches!(item.by, Decider::Gate(_)) { "gate" } else { "policy" };
        return Err(Trouble::new(format!("a {what} decides {:?}: nobody attests it", item.text)));
    };
    let person = known(&call.plan.plan, &said.person);
    let members = call.plan.plan.groups.get(group).map(|group| &group.members);
    if !members.is_some_and(|members| members.contains(&person)) {
        let who = members.map(|members| members.iter().map(String::as_str).collect::<Vec<_>>().join(", "));
        return Err(Trouble::new(format!("{person} is not of `{group}`, who attest {:?}", item.text))
            .help(format!("`{group}` has {}", who.unwrap_or_default())));
    }
    if within.is_none() && said.commit.is_none() {
        let what = format!("an attestation of {:?} holds for one commit, and none is named", item.text);
        return Err(Trouble::new(what).help("give `--commit` with the one that is released"));
    }
    let attested = Attested {
        release: said.release.clone(),
        checklist: said.checklist.clone(),
        item: item.id.clone(),
        text: item.text.clone(),
        person: person.clone(),
        commit: said.commit.clone(),
        note: said.note.clone(),
    };
    let (digest, ()) =
        call.ledger.append(&call.stamp(), |_| Ok((Some(Entry::Attested(attested.clone())), ())))?;
    let answer = Answer::holds(format!("{person} attests {:?} of `{}`", item.text, said.checklist));
    Ok(match digest {
        Some(digest) => answer.output("attestation", digest.as_str()),
        None => answer,
    })
}

fn of_plan<'c>(call: &'c Call<'_>, name: &str) -> Result<&'c Checklist, Trouble> {
    let all = &call.plan.plan.checklists;
    all.get(name).ok_or_else(|| {
        let there: Vec<&str> = all.keys().map(String::as_str).collect();
        let trouble = Trouble::new(format!("the plan has no checklist `{}`", name.escape_debug()));
        if there.is_empty() { trouble } else { trouble.help(format!("there is `{}`", there.join("`, `"))) }
    })
}

/// A checklist that is being looked at.
struct Looking<'l> {
    call: &'l Call<'l>,
    asked: &'l Asked,
    log: &'l Log,
}

/// What became of an item.
struct Found {
    /// By what or whom.
    by: String,
    /// What it rests on; why it is not done.
    done: Result<String, String>,
    /// What the record says of it.
    details: Value,
}

impl Looking<'_> {
    fn decide(&self, checklist: &Checklist) -> Answer {
        let found: Vec<(&ChecklistItem, Found)> =
            checklist.items.iter().map(|item| (item, self.item(item))).collect();
        let missing = found.iter().filter(|(_, found)| found.done.is_err()).count();
        let holds = missing == 0 && !found.is_empty();
        let (name, environment) = (&self.asked.checklist, &self.asked.environment);
        let title = if holds {
            format!("checklist `{name}` before `{environment}` is complete")
        } else {
            format!(
                "checklist `{name}` before `{environment}` is not complete: {missing} of {} are missing",
                found.len()
            )
        };
        let items: Vec<&Value> = found.iter().map(|(_, found)| &found.details).collect();
        let details = json!({
            "checklist": name,
            "environment": environment,
            "result": if holds { "complete" } else { "not-complete" },
            "commit": self.asked.commit,
            "subjects": self.asked.subjects,
            "now": self.call.now,
            "items": items,
        });
        let row = |(item, found): &(&ChecklistItem, Found)| {
            let (mark, why) = match &found.done {
                Ok(rests_on) => ("done", rests_on),
                Err(why) => ("missing", why),
            };
            vec![item.text.clone(), found.by.clone(), mark.to_owned(), why.clone()]
        };
        let rows = found.iter().map(row).collect();
        let answer = if holds { Answer::holds(title) } else { Answer::stops(title, Vec::new()) };
        Answer { table: Table { heads: vec!["item", "by", "state", "because"], rows }, details, ..answer }
    }

    fn item(&self, item: &ChecklistItem) -> Found {
        let (by, done, proof) = match &item.by {
            Decider::Gate(gate) => (format!("gate {gate}"), self.gate(gate), Value::Null),
            Decider::Policy { policy, open } => (format!("policy {policy}"), self.policy(open), Value::Null),
            Decider::People { group, within } => {
                let (done, proof) = self.people(item, group, within.as_ref());
                (group.clone(), done, proof)
            }
        };
        let because = match &done {
            Ok(text) | Err(text) => text,
        };
        let details = json!({"item": item.id, "by": by, "done": done.is_ok(), "because": because, "attestation": proof});
        Found { by, done, details }
    }

    /// Whether a gate has passed in this run, for what ships.
    fn gate(&self, gate: &str) -> Result<String, String> {
        let decided = self.log.acts().rev().find(|act| {
            act.record.run == self.call.run
                && act.intent.release == self.asked.release
                && act.intent.path == self.asked.path
                && matches!(&act.intent.does, StepKind::Gate { gate: of, .. } if of == gate)
        });
        let Some(act) = decided else { return Err("it has not been decided in this run".to_owned()) };
        if !act.succeeded() {
            return Err("it has not passed".to_owned());
        }
        if act.intent.subjects != self.asked.subjects {
            return Err("it was decided for something else than what ships".to_owned());
        }
        Ok(format!("it passed at {}", act.record.at))
    }

    /// Whether each control was met when the plan was made, or is waived now.
    fn policy(&self, open: &BTreeMap<String, Option<Timestamp>>) -> Result<String, String> {
        let ended = |until: &Option<Timestamp>| until.is_none_or(|until| until <= self.call.now);
        let lacking: Vec<String> = open
            .iter()
            .filter(|(_, until)| ended(until))
            .map(|(control, until)| match until {
                Some(until) => format!("{control}, waived until {until}"),
                None => control.clone(),
            })
            .collect();
        let waived: Vec<&str> = open.keys().map(String::as_str).collect();
        match (lacking.as_slice(), waived.as_slice()) {
            ([], []) => Ok("each of its controls is met".to_owned()),
            ([], waived) => Ok(format!("each of its controls is met, or waived: {}", waived.join(", "))),
            (lacking, _) => Err(format!("not met: {}", lacking.join("; "))),
        }
    }

    /// Whether one of a group attests an item, and lately enough.
    fn people(
        &self,
        item: &ChecklistItem,
        group: &str,
        within: Option<&Within>,
    ) -> (Result<String, String>, Value) {
        let call = format!("clearway record attest {} --checklist {}", item.id, self.asked.checklist);
        let said = self.log.records().iter().rev().filter_map(|logged| match &logged.record.entry {
            Entry::Attested(attested) => Some((logged, attested)),
            _ => None,
        });
        let of_it = |attested: &Attested| {
            attested.release == self.asked.release
                && attested.checklist == self.asked.checklist
                && attested.item == item.id
        };
        let mut last = None;
        for (logged, attested) in said.filter(|(_, attested)| of_it(attested)) {
            match self.lack(attested, logged.record.at, item, group, within) {
                None => {
                    let told = format!("{} attested it at {}", attested.person, logged.record.at);
                    return (Ok(told), json!(logged.digest));
                }
                Some(lack) => drop(last.get_or_insert(lack)),
            }
        }
        let why = last.unwrap_or_else(|| "nobody has attested it".to_owned());
        (Err(format!("{why}: `{call}`")), Value::Null)
    }

    /// Why an attestation does not count.
    fn lack(
        &self,
        attested: &Attested,
        at: Timestamp,
        item: &ChecklistItem,
        group: &str,
        within: Option<&Within>,
    ) -> Option<String> {
        let person = &attested.person;
        let members = self.call.plan.plan.groups.get(group).map(|group| &group.members);
        if !members.is_some_and(|members| members.contains(person)) {
            return Some(format!("{person}, who attested it, is not of `{group}`"));
        }
        if attested.text != item.text {
            return Some(format!("{person} attested another text at {at}: {:?}", attested.text));
        }
        match within {
            None if !attested.commit.as_deref().is_some_and(|commit| is_same(commit, &self.asked.commit)) => {
                Some(format!("{person} attested it for another commit at {at}"))
            }
            Some(within) if self.ends(at, within).is_none_or(|end| end < self.call.now) => {
                Some(format!("what {person} attested at {at} is too old"))
            }
            _ => None,
        }
    }

    fn ends(&self, at: Timestamp, within: &Within) -> Option<Timestamp> {
        match within {
            Within::Seconds(seconds) => at.checked_add(Duration::from_secs(*seconds)).ok(),
            Within::Period(period) => {
                let environment = self.call.plan.plan.environments.get(&self.asked.environment);
                let zone = environment.map_or_else(Zone::utc, |environment| environment.opening.zone_at(at));
                period.after(at, &zone, &Calendar::default())
            }
        }
    }
}

/// Whether two names are of one commit; one of them may be cut short.
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    one.len().min(other.len()) >= 7 && (one.starts_with(&other) || other.starts_with(&one))
}
