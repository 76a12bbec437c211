//! `gate run`: is there proof that what a stage asks for holds?

mod figures;
mod judge;
mod prometheus;
mod reports;

use std::collections::BTreeSet;
use std::time::Duration;

use clearway_plan::{Condition, Evidence, Gate, MetricUse, Operand, PathKind, StepKind};
use serde_json::json;

use crate::answer::{Answer, Table};
use crate::call::Call;
use crate::http::Http;
use crate::ledger::{Ending, Entry, Outcome, Subject};
use crate::record::About;
use crate::risk::Risk;
use crate::trouble::Trouble;

use figures::Figures;
use reports::{Collected, Wanted};

pub use judge::{Judgement, Measure, Measured, Verdict, judge, wanted};
pub use prometheus::Prometheus;
pub use reports::Files;

/// The reader of the evidence that is asked for and not read.
const PROMETHEUS: &str = "prometheus";

/// The time over which a gate's queries measure.
const OVER: u64 = 300;

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
    let gate = call.plan.plan.gates.get(&asked.gate);
    let step = path.steps.iter().find(|step| step.does == does);
    let (Some(step), Some(gate)) = (step, gate) else {
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
        change: release.change.clone(),
        requested_by: release.requested_by.clone(),
    };
    let intent = Entry::Intent(Box::new(about.intent(does)));
    let (intent, ()) = call.ledger.append(&call.stamp(), |_| Ok((Some(intent.clone()), ())))?;
    let log = call.ledger.log()?;
    let risk = Risk::of(&call.plan.plan, release, release.stage(&asked.environment), &log, call.run);
    let services: BTreeSet<&str> = release.ships.iter().map(|shipped| shipped.service.as_str()).collect();
    let answer = Deciding { call, asked, gate, services, risk, http }.decide(files);
    if let Some(intent) = intent {
        let result = if answer.holds { Ending::Success } else { Ending::Failure };
        let outcome = Entry::Outcome(Outcome { intent, result, decision: Some(answer.details.clone()) });
        call.ledger.append(&call.stamp(), |_| Ok((Some(outcome.clone()), ())))?;
    }
    Ok(answer)
}

/// A gate that is being decided.
struct Deciding<'d> {
    call: &'d Call<'d>,
    asked: &'d Asked,
    gate: &'d Gate,
    services: BTreeSet<&'d str>,
    risk: Risk,
    http: &'d Http,
}

/// A row of the answer.
struct Row {
    text: String,
    wanted: String,
    judgement: Judgement,
}

impl Deciding<'_> {
    fn decide(&self, files: &dyn Files) -> Answer {
        let (servers, reports): (Vec<&Evidence>, Vec<&Evidence>) =
            self.gate.evidence.iter().partition(|evidence| evidence.reader == PROMETHEUS);
        let wanted = Wanted {
            commit: &self.asked.commit,
            subjects: &self.asked.subjects,
            max_age: self.gate.max_age.map(Duration::from_secs),
            now: self.call.now,
        };
        let mut collected =
            if reports.is_empty() { Collected::default() } else { reports::collect(&reports, files, wanted) };
        if self.gate.requires.is_empty() {
            collected.faults.push("the gate requires nothing, so nothing shows that it holds".to_owned());
        }
        let addresses: Vec<&str> =
            servers.iter().flat_map(|evidence| &evidence.sources).map(String::as_str).collect();
        let rows: Vec<Row> = self
            .gate
            .requires
            .iter()
            .flat_map(|requirement| {
                self.judgements(&requirement.condition, &collected, &addresses).into_iter().map(
                    |(of, judgement)| Row {
                        text: of.map_or_else(
                            || requirement.text.clone(),
                            |of| format!("{} ({of})", requirement.text),
                        ),
                        wanted: judge::wanted(&requirement.condition),
                        judgement,
                    },
                )
            })
            .collect();
        self.answer(rows, collected)
    }

    /// A requirement over reports is judged once; one that is measured live, for each service and each server.
    fn judgements(
        &self,
        condition: &Condition,
        collected: &Collected,
        addresses: &[&str],
    ) -> Vec<(Option<String>, Judgement)> {
        let figures = Figures(collected.report.as_ref());
        let live = metrics(condition).iter().any(|metric| {
            metric.query.is_some()
                && !addresses.is_empty()
                && matches!(figures.measure(metric), Measured::Nothing { .. })
        });
        if !live {
            return vec![(None, judge(condition, &Sources { figures, prometheus: None, risk: &self.risk }))];
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
                over: OVER,
            };
            let sources = Sources { figures, prometheus: Some(prometheus), risk: &self.risk };
            (Some(service.to_owned()), judge(condition, &sources))
        })
        .collect()
    }

    fn answer(&self, rows: Vec<Row>, collected: Collected) -> Answer {
        let worst = rows.iter().map(|row| row.judgement.verdict).max().unwrap_or(Verdict::Inconclusive);
        let verdict = if collected.faults.is_empty() { worst } else { worst.max(Verdict::Inconclusive) };
        let (gate, environment) = (&self.asked.gate, &self.asked.environment);
        let title = match verdict {
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
        let details = json!({
            "gate": gate,
            "environment": environment,
            "result": verdict,
            "commit": self.asked.commit,
            "subjects": self.asked.subjects,
            "now": self.call.now,
            "evidence": collected.seen,
            "requirements": requirements,
            "faults": collected.faults,
        });
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
            holds: verdict == Verdict::Pass,
            title,
            table: Table {
                heads: vec!["requirement", "measured", "wanted", "result", "why"],
                rows: rows.into_iter().map(cells).collect(),
            },
            notes: collected.faults,
            outputs: vec![("result".to_owned(), verdict.to_string())],
            details,
        }
    }
}

/// The metrics of a condition.
fn metrics(condition: &Condition) -> Vec<&MetricUse> {
    match condition {
        Condition::Constant(_) => Vec::new(),
        Condition::Not(inner) => metrics(inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(metrics).collect(),
        Condition::Compare(compare) => {
            let sides = [&compare.left, &compare.right];
            sides
                .into_iter()
                .filter_map(|side| match side {
                    Operand::Metric(metric) => Some(metric),
                    Operand::Value(_) => None,
                })
                .collect()
        }
    }
}

/// All that a gate can measure by: its reports, then the running system, then the plan itself.
struct Sources<'s> {
    figures: Figures<'s>,
    prometheus: Option<Prometheus<'s>>,
    risk: &'s Risk,
}

impl Measure for Sources<'_> {
    fn measure(&self, metric: &MetricUse) -> Measured {
        if metric.name == Risk::METRIC {
            return self.risk.measure(metric);
        }
        match (self.figures.measure(metric), &self.prometheus) {
            (Measured::Nothing { .. }, Some(prometheus)) if metric.query.is_some() => {
                prometheus.measure(metric)
            }
            (measured, _) => measured,
        }
    }
}
