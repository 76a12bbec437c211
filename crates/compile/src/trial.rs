//! The tests of a project: what each expects, tried on the project at its time, with its versions, upon its states.

use std::collections::BTreeMap;

use clearway_diagnostics::{Code, Diagnostic, Place, Severity};
use clearway_model::views::{self, At, Expectation, Test};
use clearway_model::{Change, Db, Item, Moment, Value, ValueKind, Workspace, items, lower};
use clearway_plan::Plan;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A test that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What did not come of it; it passes where there is nothing.
    pub failures: Vec<Failure>,
}

/// Something that did not come as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was expected; nothing where something came that was not.
    pub expected: Option<String>,
    /// Where it was expected.
    pub place: Place,
    /// What came instead, each with its place.
    pub found: Vec<(String, Option<Place>)>,
}

/// Tries every test of a project, in the order of its files. The project is as it was when all of them are done.
pub fn trials(workspace: &mut Workspace) -> Vec<Trial> {
    let db: &Workspace = workspace;
    let sources = db.project().sources(db).iter();
    let declared = sources.flat_map(|file| items(db, *file)).copied();
    let tests: Vec<Item> = declared.filter(|item| item.kind(db) == "test").collect();
    let given = (db.project().deployed(db).clone(), db.project().ship(db).clone());
    let now = db.project().now(db);
    let trials = tests.into_iter().map(|test| trial(workspace, test, &given, now)).collect();
    workspace.apply(changes(&given, now));
    trials
}

type Given = (BTreeMap<String, String>, BTreeMap<String, String>);

fn changes((deployed, ship): &Given, now: Option<Timestamp>) -> Vec<Change> {
    let given = Change::Given(deployed.clone(), ship.clone());
    std::iter::once(given).chain(now.map(Change::Now)).collect()
}

fn trial(workspace: &mut Workspace, item: Item, given: &Given, now: Option<Timestamp>) -> Trial {
    let lowered = lower(workspace, item);
    let (name, place) = (lowered.name.to_string(), lowered.place);
    let test: Test = views::of(lowered);
    let (mut deployed, mut ship) = given.clone();
    for state in &test.deployed {
        if let (Some(environment), Some(from)) = (&state.environment, &state.from) {
            let path = views::state_path(&from.value).unwrap_or_default();
            deployed.insert(environment.value.name.to_string(), path);
        }
    }
    for shipped in &test.ship {
        if let (Some(service), Some(version)) = (&shipped.service, &shipped.version) {
            ship.insert(service.value.name.to_string(), version.value.to_string());
        }
    }
    let at = test.at.as_ref().and_then(|at| moment(at.time.as_ref()?, test.timezone.as_ref()));
    workspace.apply(changes(&(deployed, ship), at.or(now)));
    let compiled = crate::plan(workspace);
    let tried = Tried { at, found: compiled.diagnostics, plan: compiled.plan };
    Trial { name, place, failures: tried.failures(&test, place) }
}

/// A moment, in its own offset, the zone of the test, or UTC.
fn moment(at: &At<Moment>, zone: Option<&At<smol_str::SmolStr>>) -> Option<Timestamp> {
    if let Some(offset) = at.value.offset {
        return jiff::tz::Offset::from_seconds(offset).ok()?.to_timestamp(at.value.local).ok();
    }
    let zone = match zone {
        Some(zone) => TimeZone::get(&zone.value).ok()?,
        None => TimeZone::UTC,
    };
    zone.to_ambiguous_timestamp(at.value.local).compatible().ok()
}

/// What came of a project as a test would have it.
struct Tried {
    at: Option<Timestamp>,
    found: Vec<Diagnostic>,
    plan: Option<Plan>,
}

impl Tried {
    fn failures(&self, test: &Test, place: Place) -> Vec<Failure> {
        let mut failures: Vec<Failure> =
            test.expect.iter().filter_map(|expectation| self.failure(expectation)).collect();
        let expected = |found: &&Diagnostic| {
            test.expect
                .iter()
                .any(|expectation| diagnostic(expectation).is_some_and(|wanted| wanted.is(found)))
        };
        // An error that nobody expects would hide behind one that somebody does.
        let surprises = self.found.iter().filter(|found| found.is_error() && !expected(found));
        let surprises: Vec<_> = surprises.map(told).collect();
        if !surprises.is_empty() && failures.is_empty() {
            failures.push(Failure { expected: None, place, found: surprises });
        }
        failures
    }

    /// What is missing for an expectation to be met.
    fn failure(&self, expectation: &Expectation) -> Option<Failure> {
        let outcome = expectation.outcome.as_ref()?;
        let value = expectation.value.as_ref();
        let place = value.map_or(outcome.place, |value| value.place);
        let fails = |expected: String, found| Some(Failure { expected: Some(expected), place, found });
        if let Some(wanted) = diagnostic(expectation) {
            if self.found.iter().any(|found| wanted.is(found)) {
                return None;
            }
            return fails(wanted.to_string(), self.all_told());
        }
        match (outcome.value.as_str(), value.map(|value| &value.value)) {
            ("clean", _) if self.found.iter().all(|found| found.severity > Severity::Warning) => None,
            ("clean", _) => fails("neither an error nor a warning".to_owned(), self.all_told()),
            ("order", Some(services)) => {
                let wanted: Vec<String> = services.items().iter().map(ToString::to_string).collect();
                let found = self.misplaced(&wanted, expectation)?;
                fails(format!("the order {}", wanted.join(", ")), found)
            }
            (word @ ("open" | "closed"), Some(environment)) => {
                let found = self.wrongly(word == "open", &environment.to_string())?;
                fails(format!("`{environment}` is {word}"), found)
            }
            _ => None,
        }
    }

    fn all_told(&self) -> Vec<(String, Option<Place>)> {
        let found: Vec<_> =
            self.found.iter().filter(|found| found.severity <= Severity::Warning).map(told).collect();
        if found.is_empty() { vec![("neither an error nor a warning".to_owned(), None)] } else { found }
    }

    /// Where services do not move in an order; `None` where they do.
    fn misplaced(
        &self,
        wanted: &[String],
        expectation: &Expectation,
    ) -> Option<Vec<(String, Option<Place>)>> {
        let Some(plan) = &self.plan else { return Some(self.all_told()) };
        let only = expectation.environment.as_ref().map(|environment| environment.value.name.as_str());
        let mut looked = 0;
        let mut found = Vec::new();
        for release in &plan.releases {
            for stage in
                release.stages.iter().filter(|stage| only.is_none_or(|only| stage.environment == only))
            {
                let waves = |service: &String| {
                    let moves = |wave: &clearway_plan::Wave| {
                        wave.moves.iter().any(|step| step.service == *service && step.moves())
                    };
                    let first = stage.waves.iter().position(moves)?;
                    Some((first, stage.waves.iter().rposition(moves)?))
                };
                let Some(places) = wanted.iter().map(waves).collect::<Option<Vec<_>>>() else { continue };
                looked += 1;
                if places.windows(2).any(|pair| pair[0].1 >= pair[1].0) {
                    let order: Vec<String> = wanted
                        .iter()
                        .zip(&places)
                        .map(|(service, (first, _))| format!("`{service}` in wave {}", first + 1))
                        .collect();
                    let environment = &stage.environment;
                    found.push((
                        format!("in `{environment}` of `{}`: {}", release.name, order.join(", ")),
                        None,
                    ));
                }
            }
        }
        if looked == 0 {
            let place = only.map_or_else(String::new, |environment| format!(" in `{environment}`"));
            found.push((format!("no release moves all of them{place}"), None));
        }
        (!found.is_empty()).then_some(found)
    }

    /// The stages in which an environment is not as expected; `None` where it is in all of them.
    fn wrongly(&self, wants_open: bool, environment: &str) -> Option<Vec<(String, Option<Place>)>> {
        let (Some(plan), Some(at)) = (&self.plan, self.at) else { return Some(self.all_told()) };
        let stages = plan.releases.iter().filter_map(|release| release.stage(environment));
        let decisions: Vec<_> =
            stages.filter_map(|stage| clearway_plan::may_start(plan, stage, at)).collect();
        if decisions.is_empty() {
            return Some(vec![(format!("no release goes to `{environment}`"), None)]);
        }
        let wrong = decisions.iter().filter(|decision| decision.is_open() != wants_open);
        let wrong: Vec<_> = wrong.map(|decision| (decision.to_string(), None)).collect();
        (!wrong.is_empty()).then_some(wrong)
    }
}

/// An error or a warning that is expected.
struct Wanted<'e> {
    severity: Severity,
    code: Code,
    about: Option<&'e str>,
}

fn diagnostic(expectation: &Expectation) -> Option<Wanted<'_>> {
    let severity = match expectation.outcome.as_ref()?.value.as_str() {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        _ => return None,
    };
    let Value { kind: ValueKind::Name(code), .. } = &expectation.value.as_ref()?.value else { return None };
    let about = expectation.about.as_ref().map(|about| &*about.value);
    Some(Wanted { severity, code: Code::find(code)?, about })
}

impl Wanted<'_> {
    fn is(&self, found: &Diagnostic) -> bool {
        let labels = found.related.iter().chain([&found.primary]).map(|label| &label.message);
        let mut texts = labels.chain(&found.help).chain([&found.message]);
        found.code == self.code
            && found.severity == self.severity
            && self.about.is_none_or(|about| texts.any(|text| text.contains(about)))
    }
}

impl std::fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.severity.word(), self.code.id(), self.code.name())?;
        self.about.map_or(Ok(()), |about| write!(f, " about {about:?}"))
    }
}

fn told(found: &Diagnostic) -> (String, Option<Place>) {
    let text = format!("{} {}: {}", found.severity.word(), found.code.id(), found.message);
    (text, Some(found.primary.place))
}
