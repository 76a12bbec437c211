//! `gate run`: is there proof that what a stage asks for holds?

mod change;
mod figures;
mod judge;
mod junit;
mod live;
mod prometheus;
mod quarantine;
mod recorded;
mod reports;
mod tables;
mod triage;
mod waiver;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use clearway_plan::{DEFAULT_OVER, Evidence, Gate, MetricUse, PathKind, Requirement, StepKind};
use clearway_schedule::Zone;
use serde_json::{Value, json};

use crate::answer::{Answer, Table};
use crate::call::Call;
use crate::http::Http;
use crate::ledger::{Ending, Entry, Log, Outcome, Subject};
use crate::record::About;
use crate::risk::Risk;
use crate::trouble::Trouble;
use crate::vendor::Pages;

use figures::Figures;
use quarantine::Quarantines;
use reports::{Collected, Wanted};
use triage::Triaged;

pub(crate) use live::{Live, Said};
pub(crate) use reports::CLOCKS_DIFFER;

pub use judge::{Judgement, Measure, Measured, Verdict, judge, wanted};
pub use junit::junit;
pub use prometheus::Prometheus;
pub(crate) use recorded::Recorded;
pub use reports::Files;
pub use tables::{mapping, rows};

/// The reader of the evidence that is asked for and not read.
const PROMETHEUS: &str = "prometheus";

/// Which gate is decided, and for what.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The release.
    pub release: String,
    /// The way through it.
    pub path: PathKind,
    /// The environment before which it stands.
    pub environment: String,
    /// The gate.
    pub gate: String,
    /// What ships.
    pub subjects: Vec<Subject>,
    /// The commit.
    pub commit: String,
    /// Who started the run.
    pub actor: Option<String>,
    /// The change request, where the release does not name it.
    pub change: Option<String>,
}

/// Decides a gate: its intent, the decision, its outcome.
///
/// # Errors
///
/// The plan has no such gate there, or the ledger cannot be reached.
pub fn run(call: &Call<'_>, asked: &Asked, files: &dyn Files, http: &Http) -> Result<Answer, Trouble> {
    let release = call.plan.release(&asked.release)?;
    let path = call.plan.path(release, asked.path)?;
    let does = StepKind::Gate { environment: asked.environment.clone(), gate: asked.gate.clone() };
    let step = path.steps.iter().find(|step| step.does == does);
    let Some(step) = step else {
        return Err(Trouble::new(format!(
            "no gate `{}` stands before `{}` on the {} path",
            asked.gate, asked.environment, asked.path
        ))
        .help("the pipeline and the plan do not agree: build again"));
    };
    let about = About {
        release: asked.release.clone(),
        path: asked.path,
        step: step.id.clone(),
        service: None,
        subjects: asked.subjects.clone(),
        commit: Some(asked.commit.clone()),
        actor: asked.actor.clone(),
        change: release.change.clone().or_else(|| asked.change.clone()),
        requested_by: release.requested_by.clone(),
        once: false,
    };
    let intent = Entry::Intent(Box::new(about.intent(does)));
    // It is decided upon the records before its intent, so that it can be decided upon the same again.
    let (intent, log) = call.ledger.append(&call.stamp(), |log| Ok((Some(intent.clone()), log.clone())))?;
    let answer = decide(call, asked, &log, files, http, None)?;
    if let Some(intent) = intent {
        let result = if answer.holds { Ending::Success } else { Ending::Failure };
        let outcome = Entry::Outcome(Outcome { intent, result, decision: Some(answer.details.clone()) });
        call.ledger.append(&call.stamp(), |_| Ok((Some(outcome.clone()), ())))?;
    }
    Ok(answer)
}

/// Decides a gate upon records; where it was decided before, by what a running system said then.
pub(crate) fn decide(
    call: &Call<'_>,
    asked: &Asked,
    log: &Log,
    files: &dyn Files,
    http: &Http,
    recorded: Option<&Recorded>,
) -> Result<Answer, Trouble> {
    let release = call.plan.release(&asked.release)?;
    let gate = call.plan.plan.gates.get(&asked.gate);
    let gate = gate.ok_or_else(|| Trouble::new(format!("the plan has no gate `{}`", asked.gate)))?;
    let in_scope = |service: &&str| gate.scope.is_empty() || gate.scope.iter().any(|of| of == service);
    let deciding = Deciding {
        call,
        asked,
        gate,
        services: release.ships.iter().map(|shipped| shipped.service.as_str()).filter(in_scope).collect(),
        change: release.change.clone().or_else(|| asked.change.clone()),
        risk: Risk::of(&call.plan.plan, release, release.stage(&asked.environment), log, call.run),
        http,
        said: RefCell::new(Vec::new()),
        recorded: recorded.map(|recorded| recorded.live.as_slice()),
        pages: Pages::new(http, recorded.map(|recorded| &recorded.pages)),
    };
    Ok(deciding.decide(files))
}

/// A gate that is being decided.
struct Deciding<'d> {
    call: &'d Call<'d>,
    asked: &'d Asked,
    gate: &'d Gate,
    services: BTreeSet<&'d str>,
    /// The change request.
    change: Option<String>,
    risk: Risk,
    http: &'d Http,
    /// What running systems said.
    said: RefCell<Vec<Said>>,
    /// What they said when it was decided first.
    recorded: Option<&'d [Said]>,
    /// The status pages that are asked.
    pages: Pages<'d>,
}

/// A row of the answer.
struct Row {
    text: String,
    wanted: String,
    judgement: Judgement,
}

impl Deciding<'_> {
    fn decide(&self, files: &dyn Files) -> Answer {
        let now = self.call.now;
        let (servers, reports): (Vec<&Evidence>, Vec<&Evidence>) =
            self.gate.evidence.iter().partition(|evidence| evidence.reader == PROMETHEUS);
        let quarantines = Quarantines::of(self.gate, now);
        let wanted = Wanted {
            commit: &self.asked.commit,
            subjects: &self.asked.subjects,
            max_age: self.gate.max_age.map(Duration::from_secs),
            now,
            quarantines: &quarantines,
            change: self.change.as_deref(),
            pages: &self.pages,
        };
        let mut collected =
            if reports.is_empty() { Collected::default() } else { reports::collect(&reports, files, wanted) };
        let baseline: Vec<&Evidence> = self.gate.baseline.iter().collect();
        let before = (!baseline.is_empty()).then(|| reports::collect(&baseline, files, wanted.of_baseline()));
        collected.faults.extend(
            before.iter().flat_map(|before| &before.faults).map(|fault| format!("of the baseline: {fault}")),
        );
        if self.gate.requires.is_empty() && self.gate.triage.is_none() {
            collected.faults.push("the gate requires nothing, so nothing shows that it holds".to_owned());
        }
        if self.services.is_empty() && !self.gate.scope.is_empty() {
            let scope = self.gate.scope.join("`, `");
            collected
                .faults
                .push(format!("nothing that ships is in the scope of the gate, which is `{scope}`"));
        }
        let figures = Figures {
            report: collected.report.as_ref(),
            baseline: before.as_ref().and_then(|before| before.report.as_ref()),
            change: &collected.change,
            now,
        };
        let addresses: Vec<&str> =
            servers.iter().flat_map(|evidence| &evidence.sources).map(String::as_str).collect();
        let mut decision = Decision::default();
        decision
            .rows
            .extend(self.gate.assumes.iter().map(|requirement| self.assumption(requirement, figures)));
        for requirement in &self.gate.requires {
            decision.rows.extend(self.required(requirement, figures, &addresses));
        }
        if let Some((wanted, judgement)) = quarantines.judged(figures.report) {
            decision.rows.push(Row { text: "tests in quarantine".to_owned(), wanted, judgement });
        }
        decision.notes = quarantines.notes(figures.report);
        decision.details.extend(quarantines.details(figures.report).map(|details| ("quarantines", details)));
        if let Some(rules) = &self.gate.triage {
            let triaged = Triaged::of(rules, figures.report, now, &self.zone());
            let (text, wanted) = (format!("triage {}", rules.name), "0 blockers".to_owned());
            decision.rows.push(Row { text, wanted, judgement: triaged.judged() });
            decision.notes.extend(triaged.notes());
            decision.details.push(("triage", triaged.details()));
        }
        self.answer(decision, &collected, before.as_ref())
    }

    /// The zone in which the people of the environment count their days.
    fn zone(&self) -> Zone {
        let environment = self.call.plan.plan.environments.get(&self.asked.environment);
        environment.map_or_else(Zone::utc, |environment| environment.opening.zone_at(self.call.now))
    }

    /// What must hold of the evidence for it to count: where it does not, nobody can tell what would have been measured.
    fn assumption(&self, requirement: &Requirement, figures: Figures<'_>) -> Row {
        let sources = Sources { figures, live: None, risk: &self.risk };
        let mut judgement = judge(&requirement.condition, &sources);
        if judgement.verdict == Verdict::Fail {
            judgement.verdict = Verdict::Inconclusive;
            judgement
                .why
                .push("what was measured under less than the load profile does not count".to_owned());
        }
        Row { text: requirement.text.clone(), wanted: wanted(&requirement.condition), judgement }
    }

    /// A requirement over reports is judged once; one that is measured live, for each service and each server.
    fn required(&self, requirement: &Requirement, figures: Figures<'_>, addresses: &[&str]) -> Vec<Row> {
        let condition = &requirement.condition;
        let row = |text: String, judgement: Judgement| Row { text, wanted: wanted(condition), judgement };
        let live = condition.metrics().iter().any(|metric| {
            metric.query.is_some()
                && !addresses.is_empty()
                && matches!(figures.measure(metric), Measured::Nothing { .. })
        });
        if !live {
            let sources = Sources { figures, live: None, risk: &self.risk };
            return vec![row(requirement.text.clone(), judge(condition, &sources))];
        }
        let each = addresses
            .iter()
            .flat_map(|address| self.services.iter().map(move |service| (*address, *service)));
        each.map(|(address, service)| {
            let prometheus = Prometheus {
                http: self.http,
                address,
                service,
                environment: &self.asked.environment,
                over: DEFAULT_OVER,
                since: 0,
                at: Some(self.call.now),
            };
            let live = Live { prometheus, said: &self.said, recorded: self.recorded };
            let sources = Sources { figures, live: Some(live), risk: &self.risk };
            row(format!("{} ({service})", requirement.text), judge(condition, &sources))
        })
        .collect()
    }

    fn answer(&self, decision: Decision, collected: &Collected, before: Option<&Collected>) -> Answer {
        let Decision { rows, notes, details: more } = decision;
        let worst = rows.iter().map(|row| row.judgement.verdict).max().unwrap_or(Verdict::Inconclusive);
        let verdict = if collected.faults.is_empty() { worst } else { worst.max(Verdict::Inconclusive) };
        let (gate, environment) = (&self.asked.gate, &self.asked.environment);
        let (waivers, over) = waiver::of_gate(&self.call.plan.plan, gate, environment, self.call.now);
        // A gate that passes needs no waiver, and one that does not is never said to pass.
        let waived = waivers.first().filter(|_| verdict != Verdict::Pass);
        let result = if waived.is_some() { "waived".to_owned() } else { verdict.to_string() };
        let title = match verdict {
            _ if waived.is_some() => {
                format!("gate `{gate}` before `{environment}` does not pass ({verdict}), and is waived")
            }
            Verdict::Pass => format!("gate `{gate}` before `{environment}` passes"),
            Verdict::Fail => format!("gate `{gate}` before `{environment}` fails"),
            Verdict::Inconclusive => format!(
                "gate `{gate}` before `{environment}` is inconclusive: there is no proof that it holds"
            ),
        };
        let requirements: Vec<_> = rows
            .iter()
            .map(|row| json!({"require": row.text, "measured": row.judgement.measured, "result": row.judgement.verdict, "why": row.judgement.why}))
            .collect();
        let mut details = json!({
            "gate": gate,
            "environment": environment,
            "result": result,
            "commit": self.asked.commit,
            "subjects": self.asked.subjects,
            "now": self.call.now,
            "evidence": collected.seen,
            "requirements": requirements,
            "faults": collected.faults,
        });
        let said = self.said.borrow();
        let live = (!said.is_empty()).then(|| ("live", json!(*said)));
        let pages = self.pages.seen();
        let pages = (!pages.is_empty()).then(|| ("pages", json!(pages)));
        let waiver = waived.map(|waiver| ("waiver", json!({"verdict": verdict, "waived-by": waiver})));
        let scope = (!self.gate.scope.is_empty()).then(|| ("scope", json!(self.services)));
        let more = more
            .into_iter()
            .chain(scope)
            .chain(before.map(|before| ("baseline", json!(before.seen))))
            .chain(waiver)
            .chain(live)
            .chain(pages);
        for (key, value) in more {
            details[key] = value;
        }
        let cells = |row: Row| {
            vec![
                row.text,
                row.judgement.measured.join(", "),
                row.wanted,
                row.judgement.verdict.to_string(),
                row.judgement.why.join("; "),
            ]
        };
        Answer {
            holds: verdict == Verdict::Pass || waived.is_some(),
            title,
            table: Table {
                heads: vec!["requirement", "measured", "wanted", "result", "why"],
                rows: rows.into_iter().map(cells).collect(),
            },
            notes: waived
                .map(|waiver| waiver::told(waiver))
                .into_iter()
                .chain(over.into_iter().filter(|_| verdict != Verdict::Pass).map(waiver::over))
                .chain(collected.faults.iter().cloned())
                .chain(notes)
                .collect(),
            outputs: vec![("result".to_owned(), result)],
            details,
        }
    }
}

/// What was found, row by row, and what is to be said of it.
#[derive(Default)]
struct Decision {
    rows: Vec<Row>,
    notes: Vec<String>,
    details: Vec<(&'static str, Value)>,
}

/// All that a gate can measure by: its reports, then the running system, then the plan itself.
struct Sources<'s> {
    figures: Figures<'s>,
    live: Option<Live<'s>>,
    risk: &'s Risk,
}

impl Measure for Sources<'_> {
    fn measure(&self, metric: &MetricUse) -> Measured {
        if metric.name == Risk::METRIC {
            return self.risk.measure(metric);
        }
        match (self.figures.measure(metric), &self.live) {
            (Measured::Nothing { .. }, Some(live)) if metric.query.is_some() => live.measure(metric),
            (measured, _) => measured,
        }
    }
}
