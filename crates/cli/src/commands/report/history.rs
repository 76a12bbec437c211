//! The reports in words, and those that look back: what the ledger, the plan and a table of incidents say together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_evidence::{Limits, Mapping, Meaning, Record, Severity, Topic};
use clearway_history::prose::Kind;
use clearway_history::{
    Attribution, Change, Documents, Due, Finding, Incident, Missing, Period, Progress, attribute, audit,
    changes, delivery, lessons, objectives, postmortems, reviews, timeline,
};
use clearway_plan::{Retrospective, Reviews};
use clearway_runtime::gate;
use clearway_runtime::ledger::{Entry, Log, Seen, Trust};
use clearway_runtime::{Digest, PlanFile, Trouble};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::Verdict;
use crate::args::{HistoryArgs, MEANINGS};
use crate::commands::gate::Folder;
use crate::error::Failure;
use crate::{files, runtime};

/// What is known, and of it what is asked about.
struct Known<'a> {
    args: &'a HistoryArgs,
    log: Log,
    plan: Option<PlanFile>,
    production: BTreeSet<String>,
    all: Vec<Change>,
    incidents: Vec<Incident>,
    period: Period,
}

/// The data of a report. An audit with findings fails.
pub(super) fn data(kind: Kind, args: &HistoryArgs) -> Result<(Value, Verdict), Failure> {
    let known = || Known::of(kind, args);
    let data = match kind {
        Kind::Board | Kind::Readiness | Kind::ReleaseNotes | Kind::RollbackPlan | Kind::Runbook => {
            super::ahead::data(args)?
        }
        Kind::Change => json!({"changes": known()?.asked()?}),
        Kind::Audit => return known()?.audit(),
        Kind::Delivery => {
            let known = known()?;
            return Ok(known.delivery(&known.links()));
        }
        Kind::Postmortem => {
            let known = known()?;
            return known.postmortem(&known.links());
        }
        Kind::Review => {
            let known = known()?;
            return known.review(&known.links());
        }
        Kind::Lessons => {
            let known = known()?;
            json!({"lessons": lessons(&known.in_period(), &known.links(), known.often())})
        }
    };
    Ok((data, Verdict::Holds))
}

impl<'a> Known<'a> {
    fn of(kind: Kind, args: &'a HistoryArgs) -> Result<Self, Failure> {
        let log = runtime::ledger(args.records.ledger.as_deref(), args.records.trust.as_deref())?.log()?;
        let plan = match args.records.plan.exists() {
            true => Some(PlanFile::read(files::read(&args.records.plan)?.as_bytes())?),
            false => None,
        };
        let production = plan.as_ref().map(|plan| {
            let environments = plan.plan.environments.iter();
            environments.filter(|(_, one)| one.is_production()).map(|(name, _)| name.clone()).collect()
        });
        let all = changes(&log);
        let now = runtime::clock(args.now);
        let first = all.first().map_or(now, |change| change.began);
        let period =
            Period { from: args.records.since.unwrap_or(first), until: args.records.until.unwrap_or(now) };
        if period.until < period.from {
            return Err(Trouble::new(format!("{} is before {}", period.until, period.from))
                .help("give `--since` and `--until`, the earlier one first")
                .into());
        }
        // What was changed, and by whose leave, is told by the records alone.
        let incidents = match kind {
            Kind::Change | Kind::Audit => Vec::new(),
            _ => incidents(args, plan.as_ref().and_then(|file| file.plan.retrospective.as_ref()))?,
        };
        let production = production.ok_or_else(|| {
            Trouble::new(format!(
                "which environments are production is not known: there is no `{}`",
                args.records.plan
            ))
            .help("give `--plan`: the plan.json that `clearway build` has written")
        })?;
        Ok(Self { args, log, plan, production, all, incidents, period })
    }

    fn retrospective(&self) -> Option<&Retrospective> {
        self.plan.as_ref().and_then(|file| file.plan.retrospective.as_ref())
    }

    /// How often something must go wrong to be a lesson: as it is asked for, else as the project says.
    fn often(&self) -> usize {
        let said = self.retrospective().map_or(2, |ours| ours.lesson_after as usize);
        self.args.often.unwrap_or(said)
    }

    fn links(&self) -> Vec<Attribution<'_>> {
        const USUAL: i64 = 72 * 60 * 60;
        let said =
            self.retrospective().map_or(USUAL, |ours| i64::try_from(ours.follow_within).unwrap_or(USUAL));
        let asked = self.args.within.map(|hours| i64::from(hours) * 60 * 60);
        let within = SignedDuration::from_secs(asked.unwrap_or(said));
        attribute(&self.incidents, &self.all, &self.production, within)
    }

    /// The changes that began in the period, of the run and the request that are asked for.
    fn in_period(&self) -> Vec<Change> {
        let asked = |wanted: &Option<String>, has: Option<&String>| {
            wanted.as_ref().is_none_or(|wanted| has == Some(wanted))
        };
        let chosen = self.all.iter().filter(|change| {
            self.period.contains(change.began)
                && asked(&self.args.release, Some(&change.release))
                && asked(&self.args.run, Some(&change.run))
                && asked(&self.args.change, change.request.as_ref())
        });
        chosen.cloned().collect()
    }

    /// The same; to ask for one that is not there is a mistake.
    fn asked(&self) -> Result<Vec<Change>, Failure> {
        let found = self.in_period();
        if found.is_empty() && (self.args.run.is_some() || self.args.change.is_some()) {
            let known: BTreeSet<&str> = self.all.iter().map(|change| change.run.as_str()).collect();
            let known: Vec<&str> = known.into_iter().take(20).collect();
            return Err(Trouble::new("no record is of that run or change")
                .help(format!("the runs are: {}", known.join(", ")))
                .into());
        }
        Ok(found)
    }

    fn audit(&self) -> Result<(Value, Verdict), Failure> {
        let plan = self.plan.as_ref().map(|file| (&file.plan, file.digest.as_str()));
        let chosen: Vec<Change> = self
            .asked()?
            .into_iter()
            .filter(|change| change.deployed_in(&self.production).next().is_some())
            .collect();
        let mut findings = audit(&chosen, &self.production, plan);
        let keys = self.retrospective().and_then(|ours| ours.audit.as_ref()?.keys.as_deref());
        findings.extend(self.unsigned(keys)?);
        let rows: Vec<Value> = chosen.iter().map(|change| self.row(change)).collect();
        let verdict = if findings.is_empty() { Verdict::Holds } else { Verdict::Fails };
        let last = self.log.last().map(|last| last.digest.as_str());
        let data = json!({
            "period": self.period,
            "production": self.production,
            "ledger": {"records": self.log.records().len(), "last": last, "keys": keys},
            "changes": rows,
            "findings": findings,
        });
        Ok((data, verdict))
    }

    /// The first record that none of the project's keys has signed, where it has any.
    fn unsigned(&self, keys: Option<&str>) -> Result<Option<Finding>, Failure> {
        let Some(keys) = keys else { return Ok(None) };
        let broken =
            runtime::ledger(self.args.records.ledger.as_deref(), Some(Utf8Path::new(keys)))?.check()?.err();
        Ok(broken.map(|broken| {
            let number = broken.record.trim_end_matches(".json").parse::<u64>().ok();
            let record = self.log.records().iter().find(|one| Some(one.record.sequence) == number);
            Finding {
                run: record.map_or_else(|| broken.record.clone(), |one| one.record.run.clone()),
                missing: Missing::Signature,
                why: format!("record `{}`: {}", broken.record, broken.why),
            }
        }))
    }

    /// A change on one line.
    fn row(&self, change: &Change) -> Value {
        let given = change.approvals.iter().filter(|consent| consent.result == "given");
        let approvers: BTreeSet<&String> = given.flat_map(|consent| &consent.people).collect();
        let passed = change.gates.iter().filter(|gate| gate.result == "pass");
        let passed: BTreeSet<&String> = passed.map(|gate| &gate.gate).collect();
        let moved: Vec<String> = change
            .deployed_in(&self.production)
            .map(|one| {
                format!("{} {} in {}", one.service, one.to.as_deref().unwrap_or("away"), one.environment)
            })
            .collect();
        json!({
            "began": change.began,
            "run": change.run,
            "request": change.request,
            "requested-by": change.requested_by,
            "approvers": approvers,
            "passed": passed,
            "moved": moved,
        })
    }

    fn delivery(&self, links: &[Attribution<'_>]) -> (Value, Verdict) {
        let times = commit_times(&self.all);
        let measured = delivery(&self.all, &self.production, links, &times, self.period);
        let requires = self.retrospective().map(|ours| ours.requires.as_slice()).unwrap_or_default();
        let objectives = objectives(requires, &measured);
        let holds = objectives.iter().all(|objective| objective.result == gate::Verdict::Pass);
        let data = json!({
            "period": self.period,
            "production": self.production,
            "measured": measured,
            "objectives": objectives,
            "attributions": links,
        });
        (data, if holds { Verdict::Holds } else { Verdict::Fails })
    }

    /// The draft of one postmortem; without an incident, which ones are due.
    fn postmortem(&self, links: &[Attribution<'_>]) -> Result<(Value, Verdict), Failure> {
        let Some(wanted) = self.args.incident.as_deref() else {
            let rule = self.retrospective().and_then(|ours| ours.postmortems.as_ref()).ok_or_else(|| {
                Trouble::new("a postmortem is of an incident, and nothing says of which ones it is due")
                    .help("give `--incident ID`, or write `postmortem-from` in a `retrospective`")
            })?;
            let due = postmortems(rule, &self.incidents, &exists, self.period.until);
            return Ok((json!({"incident": null, "due": due}), overdue(&due)));
        };
        let incident = self.incidents.iter().find(|incident| incident.id == wanted).ok_or_else(|| {
            let known: Vec<&str> = self.incidents.iter().map(|one| one.id.as_str()).take(20).collect();
            Trouble::new(format!("there is no incident `{wanted}`"))
                .help(format!("the incidents are: {}", known.join(", ")))
        })?;
        let link = links.iter().find(|link| link.incident.id == incident.id);
        let change = link.and_then(|link| self.all.iter().find(|change| change.run == link.run));
        let from = change.map_or(incident.opened, |change| change.began.min(incident.opened));
        let until = incident.resolved.unwrap_or(self.period.until);
        let lasted = incident.resolved.map(|end| end.duration_since(incident.opened).as_secs());
        let data = json!({
            "incident": incident,
            "attribution": link,
            "lasted": lasted,
            "events": timeline(Some(incident), &self.all, from, until),
        });
        Ok((data, Verdict::Holds))
    }

    fn review(&self, links: &[Attribution<'_>]) -> Result<(Value, Verdict), Failure> {
        let chosen = self.asked()?;
        let rule = self.retrospective().and_then(|ours| ours.reviews.as_ref());
        let unbelieved = match rule.and_then(|rule| rule.by.as_ref()) {
            Some(_) => self.unbelieved()?,
            None => None,
        };
        let held = |run: &str, file: &str| match &unbelieved {
            None => self.held(rule, run, file),
            Some(_) => None,
        };
        let due = rule.map(|rule| {
            reviews(
                rule,
                &chosen,
                &self.production,
                &Documents { exists: &exists, held: &held },
                self.period.until,
            )
        });
        let due = due.unwrap_or_default();
        let reached = chosen.iter().filter(|change| change.deployed_in(&self.production).next().is_some());
        let reviews: Vec<Value> = reached.map(|change| self.reviewed(change, links)).collect();
        Ok((json!({"changes": reviews, "due": due, "unbelieved": unbelieved}), overdue(&due)))
    }

    /// Why nobody's word counts, where the plan names keys and a record is signed by none of them: it might be anybody's.
    fn unbelieved(&self) -> Result<Option<String>, Failure> {
        let keys = self.plan.as_ref().map(|file| file.plan.signed_by.as_slice()).unwrap_or_default();
        if keys.is_empty() {
            return Ok(None);
        }
        let ledger = runtime::ledger(self.args.records.ledger.as_deref(), None)?;
        let broken = ledger.trusting(Some(Trust::of(keys)?)).check()?.err();
        Ok(broken.map(|broken| format!("record {}: {}", broken.record, broken.why)))
    }

    /// Who has said last that the review of a run was held, of this very file, and may say so.
    fn held(&self, rule: Option<&Reviews>, run: &str, file: &str) -> Option<String> {
        let plan = self.plan.as_ref()?;
        let members = &plan.plan.groups.get(rule?.by.as_ref()?)?.members;
        let document = Digest::of(files::read(Utf8Path::new(file)).ok()?.as_bytes());
        let is_of_it = |seen: &Seen| matches!(seen, Seen::Change { run: of, document: one } if of == run && *one == document);
        self.log.records().iter().rev().find_map(|logged| match &logged.record.entry {
            Entry::Reviewed(one) if is_of_it(&one.seen) && members.contains(&one.person) => {
                Some(one.person.clone())
            }
            _ => None,
        })
    }

    fn reviewed(&self, change: &Change, links: &[Attribution<'_>]) -> Value {
        let deployed: Vec<_> = change.deployed_in(&self.production).collect();
        let named = |one: &&&clearway_history::Deployment| format!("{} in {}", one.service, one.environment);
        let wrong = deployed.iter().filter(|one| one.progress != Progress::Succeeded);
        let wrong: Vec<String> = wrong.map(|one| named(&one)).collect();
        let undone: Vec<String> =
            deployed.iter().filter(|one| one.undone.is_some()).map(|one| named(&one)).collect();
        let of_it = links.iter().filter(|link| link.run == change.run);
        let incidents: Vec<String> =
            of_it.map(|link| format!("{} ({})", link.incident.id, link.incident.title)).collect();
        let began = deployed.iter().map(|one| one.began).min();
        let ended = deployed.iter().filter_map(|one| one.ended).max();
        let took = began.zip(ended).map_or(0, |(began, ended)| ended.duration_since(began).as_secs());
        json!({
            "run": change.run,
            "release": change.release,
            "request": change.request,
            "went-well": wrong.is_empty() && undone.is_empty() && incidents.is_empty() && change.open.is_empty(),
            "wrong": wrong,
            "undone": undone,
            "incidents": incidents,
            "took": took,
            "open": change.open,
        })
    }
}

/// Whether a document is there.
fn exists(file: &str) -> bool {
    Utf8Path::new(file).exists()
}

fn overdue(due: &[Due]) -> Verdict {
    if due.iter().any(|one| one.overdue) { Verdict::Fails } else { Verdict::Holds }
}

/// Incidents, from the table that is asked for, or else from the project's own.
fn incidents(args: &HistoryArgs, ours: Option<&Retrospective>) -> Result<Vec<Incident>, Failure> {
    let mut found = Vec::new();
    let mut timeless = None;
    let each = |record: &Record| match record.opened.and_then(clearway_evidence::Moment::earliest) {
        // One without a beginning cannot be joined with anything.
        None => timeless = Some(record.id.clone()),
        Some(opened) => found.push(Incident {
            id: record.id.clone(),
            title: record.title.clone(),
            service: record.service.clone().filter(|service| !service.is_empty()),
            severity: record.severity.map(|severity| severity.to_string()),
            rank: record.severity.and_then(|severity| Severity::ALL.iter().position(|one| *one == severity)),
            opened,
            resolved: record.closed.and_then(clearway_evidence::Moment::latest),
        }),
    };
    match (&args.incidents, ours.and_then(|ours| ours.incidents.as_ref())) {
        (Some(path), _) => from_file(path, &args.column, each)?,
        (None, Some(table)) => gate::rows(table, &Folder(Utf8PathBuf::from(".")), each)?,
        (None, None) => {}
    }
    match timeless {
        Some(id) => Err(Trouble::new(format!("incident `{id}` does not say when it began"))
            .help("give its column: `--column opened=NAME`, or `opened = \"NAME\"` in the table")
            .into()),
        None => Ok(found),
    }
}

fn from_file(
    path: &Utf8Path,
    columns: &[(Meaning, String)],
    each: impl FnMut(&Record),
) -> Result<(), Failure> {
    let mut mapped: BTreeMap<Meaning, String> =
        MEANINGS.iter().map(|meaning| (*meaning, meaning.name().to_owned())).collect();
    mapped.extend(columns.iter().cloned());
    let file = File::open(path).map_err(|cause| Failure::Unreadable { path: path.to_owned(), cause })?;
    let mapping = Mapping::new(Topic::Incidents, mapped);
    clearway_evidence::read_table(&mapping, file, &Limits::default(), each).map_err(|refusal| {
        Trouble::new(format!("`{path}` is no table of incidents: {}", refusal.message))
            .help("`--column MEANING=NAME` says which column means what")
    })?;
    Ok(())
}

/// When the commits were made, as far as the repository at hand knows them.
fn commit_times(changes: &[Change]) -> BTreeMap<String, Timestamp> {
    let commits: BTreeSet<&String> = changes.iter().filter_map(|change| change.commit.as_ref()).collect();
    let time = |commit: &str| {
        let is_commit = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let shown = is_commit.then(|| {
            Command::new("git").args(["show", "--no-patch", "--format=%cI", commit, "--"]).output().ok()
        });
        let shown = shown.flatten().filter(|output| output.status.success())?;
        String::from_utf8(shown.stdout).ok()?.trim().parse().ok()
    };
    commits.into_iter().filter_map(|commit| Some((commit.clone(), time(commit)?))).collect()
}
