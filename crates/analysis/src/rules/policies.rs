//! Policies: controls that do not hold, controls that nothing shows, and diagnostics that a control raises.

use std::collections::BTreeSet;

use clearway_diagnostics::{Code, Diagnostic, Edit, Label, Severity, catalogue, suggest};
use clearway_model::{Db, Project};
use rustc_hash::FxHashMap;

use crate::control::{About, ControlState, Judged, Verdict, Weight};
use crate::query;

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // Two policies may extend the same one: what breaks it is told once, by what weighs most.
    let mut told = BTreeSet::new();
    let mut controls: Vec<&ControlState> = query::controls(db, project).iter().collect();
    controls.sort_by_key(|control| std::cmp::Reverse(control.weight));
    for control in controls {
        for judged in &control.judged {
            let key = (control.id.clone(), judged.demanded, judged.subject.place);
            if judged.verdict != Verdict::Holds && told.insert(key) {
                diagnostics.push(finding(db, control, judged));
            }
        }
        // What a binding package demands is shown where the package is used.
        let shows = !project.manifest(db).binding;
        if shows
            && control.judged.is_empty()
            && control.raises.is_empty()
            && control.weight > Weight::Advisory
        {
            diagnostics.extend(uncovered(db, control));
        }
        diagnostics.extend(control.raises.iter().filter(|raised| raised.code.is_none()).map(|raised| {
            let message = format!("there is no diagnostic `{}`", raised.word);
            let diagnostic = Diagnostic::new(
                catalogue::UNKNOWN_CODE,
                message,
                raised.place,
                "neither a code nor its name",
            );
            unknown_code(diagnostic, &raised.word)
        }));
    }
    diagnostics
}

/// Says which code could have been meant.
pub(crate) fn unknown_code(diagnostic: Diagnostic, word: &str) -> Diagnostic {
    let place = diagnostic.primary.place;
    let known = catalogue::all().iter().flat_map(|code| [code.id(), code.name()]);
    match suggest::closest(word, known) {
        Some(closest) => diagnostic
            .help(format!("did you mean `{closest}`?"))
            .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned())),
        None => diagnostic.help("`clearway explain` lists all codes"),
    }
}

fn finding(db: &dyn Db, control: &ControlState, judged: &Judged) -> Diagnostic {
    let policy = control.policy.name(db);
    let words = &judged.subject.words;
    let message = match (judged.verdict, control.text.as_str()) {
        (Verdict::Undecided, _) => {
            format!("control `{}` of `{policy}` comes to nothing for {words}", control.id)
        }
        (_, "") => format!("{words} does not meet control `{}` of `{policy}`", control.id),
        (_, text) => format!("{words} does not meet control `{}` of `{policy}`: {text}", control.id),
    };
    let (code, what) = match (judged.verdict, judged.about) {
        (Verdict::Waived(_), _) => (catalogue::WAIVED_CONTROL, "let through for now"),
        (_, About::Spec) => (catalogue::UNMET_CONTROL, "does not meet it"),
        (_, About::ShortRetention) => (catalogue::SHORT_RETENTION, "not kept for long enough"),
        (_, About::LongRetention) => (catalogue::LONG_RETENTION, "kept for longer than it may be"),
    };
    let mut diagnostic = Diagnostic::new(code, message, judged.subject.place, what);
    match judged.demanded {
        Some(place) => diagnostic = diagnostic.related(place, "demanded here"),
        None => {
            let adopts = format!("`{policy}` puts the control in force");
            diagnostic = diagnostic.related(control.policy.name_place(db), adopts);
        }
    }
    match judged.verdict {
        Verdict::Waived(waiver) => {
            diagnostic.related(waiver.name_place(db), format!("waived by `{}`", waiver.name(db)))
        }
        // With another time it would hold: what is built does not depend on it.
        Verdict::Expired(waiver) => {
            let says = format!("`{}` waived it until it expired", waiver.name(db));
            let diagnostic = diagnostic.related(waiver.name_place(db), says);
            match db.project().now(db) {
                Some(now) => diagnostic.due(now),
                None => diagnostic,
            }
        }
        _ if control.weight == Weight::Advisory => {
            diagnostic.severity = Severity::Warning;
            diagnostic
        }
        _ if control.weight == Weight::UnlessWaived => diagnostic
            .help(format!("a waiver may let it through for a time: `controls = [\"{}\"]`", control.id)),
        _ => diagnostic,
    }
}

/// A control that speaks of nothing the project has. Where nothing can be said of it because its text is wrong, that was told.
fn uncovered(db: &dyn Db, control: &ControlState) -> Option<Diagnostic> {
    let sound = clearway_model::lower(db, control.policy).diagnostics.is_empty();
    sound.then(|| {
        let message = format!("nothing here shows control `{}` of `{}`", control.id, control.policy.name(db));
        let text =
            if control.text.is_empty() { "it speaks of nothing that is declared" } else { &control.text };
        Diagnostic::new(catalogue::UNCOVERED_CONTROL, message, control.place, text)
            .help("declare what it speaks of, or say in the control what shows it")
    })
}

/// The diagnostics of which controls in force make errors, each with the control.
#[derive(Default)]
pub(crate) struct Raised(FxHashMap<Code, Label>);

impl Raised {
    pub(crate) fn of(db: &dyn Db, project: Project) -> Self {
        let mut raised = Self::default();
        let controls = query::controls(db, project).iter();
        for control in controls.filter(|control| control.weight > Weight::Advisory) {
            for code in control.raises.iter().filter_map(|raised| raised.code) {
                let message = format!("control `{}` makes this an error", control.id);
                raised.0.entry(code).or_insert(Label { place: control.place, message });
            }
        }
        raised
    }

    /// Makes errors of them.
    pub(crate) fn raise(&self, diagnostics: &mut [Diagnostic]) {
        for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.severity > Severity::Error) {
            // What lets a control through is not itself stopped by one.
            if diagnostic.code == catalogue::WAIVED_CONTROL {
                continue;
            }
            if let Some(control) = self.0.get(&diagnostic.code) {
                diagnostic.severity = Severity::Error;
                diagnostic.related.push(control.clone());
            }
        }
    }
}
