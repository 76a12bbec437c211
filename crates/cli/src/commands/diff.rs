//! `clearway diff`

use std::mem::ManuallyDrop;

use camino::Utf8Path;
use clearway_diagnostics::{Diagnostic, Position, Report, Severity, Sources};
use clearway_diff::{Acceptance, Asked, Change, Compared, Diff, Side, Spot, Told, Verdict as Verdicts};
use clearway_plan::{Plan, Spec};
use clearway_report::{Place, page};
use clearway_runtime::{PlanFile, Platform, Trouble};
use serde_json::{Value, json};

use crate::Verdict;
use crate::args::{AcceptanceArgs, DiffArgs, FailOn, GivenArgs, ReviewFormat};
use crate::error::Failure;
use crate::output::Output;
use crate::project::{Opened, give, open_path};
use crate::revision::{self, Found};
use crate::{files, runtime};

/// A side: its plan, and the spec that it comes from, where there is one.
pub(super) struct Read {
    pub plan: Option<Plan>,
    pub spec: Option<Opened>,
    /// What the spec says beside its plan.
    said: Option<Spec>,
    /// What is wrong with the spec.
    errors: Vec<Diagnostic>,
}

impl Read {
    /// What is compared; nothing of a spec that does not hold.
    pub fn compared(&self) -> Option<Compared<'_>> {
        Some(Compared { plan: self.plan.as_ref()?, spec: self.said.as_ref() })
    }

    /// What is wrong, with its places.
    fn reports(&self) -> Vec<Report> {
        let spec = self.spec.iter();
        spec.flat_map(|spec| Report::all(&self.errors, &spec.workspace.sources(&spec.manifest))).collect()
    }
}

pub(crate) fn run(args: &DiffArgs, output: &Output) -> Result<Verdict, Failure> {
    let (old, new) = rayon::join(|| read(&args.old, &args.given), || read(&args.new, &args.given));
    // The process ends with the command: taking two workspaces apart would only cost time.
    let sides = ManuallyDrop::new((old?, new?));
    let (old, new) = &*sides;
    for side in [old, new] {
        if let Some(spec) = side.spec.as_ref().filter(|_| !side.errors.is_empty()) {
            output.diagnostics_aside(spec, &side.errors)?;
        }
    }
    let asked = Asked { now: runtime::clock(args.given.now), agreed: args.agreed.iter().cloned().collect() };
    let sides = old.compared().zip(new.compared());
    let diff = sides.map(|(old, new)| clearway_diff::diff(old, new, &asked));
    let side = |side: Side| if side == Side::Old { old } else { new };
    let place = |at: Side, spot: &Spot| side(at).spec.as_ref().and_then(|spec| place(spec, spot));
    let errors: Vec<Value> = [("old", old), ("new", new)]
        .into_iter()
        .flat_map(|(name, side)| side.reports().into_iter().map(move |error| (name, error)))
        .map(|(name, error)| {
            let mut error = json!(error);
            error["side"] = json!(name);
            error
        })
        .collect();
    let wrong: Vec<&str> = [("old", old), ("new", new)]
        .into_iter()
        .filter(|(_, side)| side.plan.is_none())
        .map(|(name, _)| name)
        .collect();
    let acceptance = acceptance(&args.acceptance, old.plan.as_ref())?;
    let verdict = verdict(args.fail_on, diff.as_ref());
    let acceptance = acceptance.filter(|_| verdict == Verdict::Fails);
    let sentence = acceptance.as_ref().map(clearway_report::review::sentence);
    output.results(|out| match (args.format, &diff) {
        (ReviewFormat::Json, diff) => writeln!(out, "{:#}", as_json(diff.as_ref(), &errors, &side)),
        (ReviewFormat::Text, Some(diff)) => {
            let places = |at: Side, spot: &Spot| place(at, spot).map(|place| place.to_string());
            write!(out, "{}", Told { diff, places: &places })
        }
        (ReviewFormat::Markdown, Some(diff)) => {
            write!(out, "{}", clearway_report::review::markdown(diff, &place))
        }
        (ReviewFormat::Html, diff) => {
            let project = new.plan.as_ref().or(old.plan.as_ref()).map_or("", |plan| plan.project.as_str());
            let accepted = acceptance.as_ref().map(ToString::to_string);
            let change = match diff {
                Some(diff) => page::Compared::Diff(diff, &place),
                None => page::Compared::Not(uncompared(&wrong)),
            };
            let text = page::change(project, &change, accepted.as_deref()).map_err(std::io::Error::other)?;
            out.write_all(text.as_bytes())
        }
        (ReviewFormat::Text, None) => writeln!(out, "{}", uncompared(&wrong)),
        (ReviewFormat::Markdown, None) => writeln!(out, "## Release diff\n\n{}", uncompared(&wrong)),
    })?;
    let (Some(acceptance), Some(sentence)) = (acceptance, sentence) else { return Ok(verdict) };
    match args.format {
        ReviewFormat::Json => output.note(&acceptance.to_string()),
        ReviewFormat::Text | ReviewFormat::Markdown => {
            output.results(|out| writeln!(out, "\n{sentence}"))?;
        }
        // It stands on the page.
        ReviewFormat::Html => {}
    }
    // What was not compared, nobody can have accepted.
    let is_accepted = diff.is_some() && !acceptance.accepted.is_empty();
    Ok(if is_accepted { Verdict::Holds } else { Verdict::Fails })
}

/// Who may accept the change, and has, by what was before it.
fn acceptance(args: &AcceptanceArgs, before: Option<&Plan>) -> Result<Option<Acceptance>, Failure> {
    let (Some(group), Some(before)) = (&args.accept_by, before) else { return Ok(None) };
    let platform = args.named_on.map(Platform::from);
    let found = Acceptance::of(before, group, &args.accepted, args.author.as_deref(), |person| {
        platform.and_then(|platform| platform.login(person))
    });
    found.map(Some).ok_or_else(|| {
        let known: Vec<&str> = before.groups.keys().map(String::as_str).collect();
        let trouble = Trouble::new(format!("nobody is asked in OLD that is called `{group}`"));
        trouble.help(format!("the teams and roles that are asked there: {}", known.join(", "))).into()
    })
}

fn uncompared(wrong: &[&str]) -> String {
    format!("nothing was compared: the {} spec does not hold, and has no plan", wrong.join(" and the "))
}

/// What cannot be compared may be weaker.
fn verdict(fail_on: Option<FailOn>, diff: Option<&Diff>) -> Verdict {
    let Some(fail_on) = fail_on else { return Verdict::Holds };
    let fails = diff.is_none_or(|diff| match fail_on {
        FailOn::Weaker => diff.has(Verdicts::Weaker),
        FailOn::Incomparable => diff.has(Verdicts::Weaker) || diff.has(Verdicts::Incomparable),
    });
    if fails { Verdict::Fails } else { Verdict::Holds }
}

/// Reads a side: a plan that was built, or a spec, on the disk or in a revision.
pub(super) fn read(path: &Utf8Path, given: &GivenArgs) -> Result<Read, Failure> {
    let opened = match revision::parts(path) {
        Some((revision, path)) => match revision::read(revision, path)? {
            Found::File(bytes) => return plan(&bytes),
            Found::Project(opened) => *opened,
        },
        None if path.is_file() && path.extension() == Some("json") => {
            return plan(files::read(path)?.as_bytes());
        }
        None => open_path(Some(path))?,
    };
    spec(opened, given)
}

fn plan(bytes: &[u8]) -> Result<Read, Failure> {
    Ok(Read { plan: Some(PlanFile::read(bytes)?.plan), spec: None, said: None, errors: Vec::new() })
}

fn spec(mut opened: Opened, given: &GivenArgs) -> Result<Read, Failure> {
    give(&mut opened, given)?;
    let compiled = clearway_compile::plan(&opened.workspace);
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    let errors = compiled.diagnostics.iter().filter(is_error).cloned().collect();
    let fails = compiled.fails();
    let said = (!fails).then(|| clearway_plan::spec(&opened.workspace));
    Ok(Read { plan: compiled.plan.filter(|_| !fails), spec: Some(opened), said, errors })
}

/// The file and line of a spot.
pub(super) fn place(spec: &Opened, spot: &Spot) -> Option<Place> {
    let found = clearway_compile::located(&spec.workspace, &spot.origin, &spot.within)?;
    let sources = spec.workspace.sources(&spec.manifest);
    let file = found.file();
    let line = Position::of(Sources::text(&sources, file), sources.span(found).start).line;
    Some(Place { file: Sources::path(&sources, file).to_owned(), line })
}

/// The documented form.
fn as_json<'r>(diff: Option<&Diff>, errors: &[Value], side: &dyn Fn(Side) -> &'r Read) -> Value {
    let change = |change: &Change| {
        let mut told = json!(change);
        let spots = [(Side::Old, "old", &change.places.old), (Side::New, "new", &change.places.new)];
        let labels = spots
            .into_iter()
            .filter_map(|(at, name, spot)| label(side(at).spec.as_ref()?, name, spot.as_ref()?));
        told["labels"] = labels.collect();
        told
    };
    json!({
        "changes": diff.map(|diff| diff.changes.iter().map(change).collect::<Vec<_>>()).unwrap_or_default(),
        "verdicts": diff.map_or_else(|| json!([]), |diff| json!(diff.verdicts)),
        "effects": diff.map(|diff| json!(diff.effects)),
        "plans-alone": diff.map(|diff| json!(diff.plans_alone)),
        "errors": errors,
    })
}

/// A place as diagnostics have it, with its side.
fn label(spec: &Opened, side: &str, spot: &Spot) -> Option<Value> {
    let place = clearway_compile::located(&spec.workspace, &spot.origin, &spot.within)?;
    let sources = spec.workspace.sources(&spec.manifest);
    let (file, span) = (place.file(), sources.span(place));
    let text = Sources::text(&sources, file);
    Some(json!({
        "side": side,
        "file": Sources::path(&sources, file),
        "start": Position::of(text, span.start),
        "end": Position::of(text, span.end),
        "message": spot.origin.to_string(),
        "primary": side == "new",
    }))
}
