//! `clearway report control-matrix`

use clearway_analysis::{ControlState, Judged, Raised, Verdict as Stands, Weight};
use clearway_diagnostics::Diagnostic;
use clearway_model::Db;
use clearway_report::matrix::{Construct, Control, Matrix, Status, merged};

use super::spec::{Places, print};
use crate::Verdict;
use crate::args::SpecReportArgs;
use crate::error::Failure;
use crate::output::Output;
use crate::project::{Opened, open};

/// Prints the matrix whether or not the controls hold: what an auditor wants to see is where they do not.
pub(crate) fn run(args: &SpecReportArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open(&args.project)?;
    let found = clearway_compile::check(&opened.workspace).diagnostics;
    let (matrix, verdict) = gathered(&opened, &found);
    print(&matrix, args.format, output)?;
    Ok(verdict)
}

/// The controls of a project, of which these diagnostics were found, and whether those hold that must.
pub(super) fn gathered(opened: &Opened, found: &[Diagnostic]) -> (Matrix, Verdict) {
    let db = &opened.workspace;
    let places = Places::of(opened);
    let states = clearway_analysis::controls(db, db.project());
    let teller = Teller { db, places: &places, found };
    let controls: Vec<Control> = states.iter().map(|state| teller.control(state)).collect();
    let fails = |(control, state): (&Control, &ControlState)| {
        control.status >= Status::Unmet && state.weight > Weight::Advisory
    };
    let verdict = match controls.iter().zip(states).any(fails) {
        true => Verdict::Fails,
        false => Verdict::Holds,
    };
    (Matrix { project: db.manifest().name.clone(), controls }, verdict)
}

struct Teller<'o> {
    db: &'o clearway_model::Workspace,
    places: &'o Places<'o>,
    found: &'o [Diagnostic],
}

impl Teller<'_> {
    fn control(&self, state: &ControlState) -> Control {
        let judged = state.judged.iter().map(|judged| self.construct(judged));
        let raised = state.raises.iter().flat_map(|raised| self.raised(state, raised));
        let constructs = merged(judged.chain(raised));
        Control {
            policy: state.policy.name(self.db).to_string(),
            id: state.id.to_string(),
            text: state.text.clone(),
            severity: state.weight.word().to_owned(),
            status: Status::of(&constructs),
            place: self.places.at(state.place),
            constructs,
        }
    }

    fn construct(&self, judged: &Judged) -> Construct {
        let (status, waiver) = match judged.verdict {
            Stands::Holds => (Status::Met, None),
            Stands::Waived(waiver) => (Status::Waived, Some(waiver.name(self.db).to_string())),
            Stands::Fails | Stands::Expired(_) | Stands::Undecided => (Status::Unmet, None),
        };
        let subject = &judged.subject;
        Construct { what: subject.words.clone(), place: self.places.at(subject.place), status, waiver }
    }

    /// Where a diagnostic that the control raises is told; the control itself, where it is told nowhere.
    fn raised(&self, state: &ControlState, raised: &Raised) -> Vec<Construct> {
        let Some(code) = raised.code else { return Vec::new() };
        let of_code = self.found.iter().filter(|found| found.code == code);
        let told: Vec<Construct> = of_code
            .map(|found| Construct {
                what: format!("{} {}: {}", code.id(), code.name(), found.message),
                place: self.places.at(found.primary.place),
                status: Status::Unmet,
                waiver: None,
            })
            .collect();
        if !told.is_empty() {
            return told;
        }
        let what = format!("no {} ({})", code.name(), code.id());
        vec![Construct { what, place: self.places.at(state.place), status: Status::Met, waiver: None }]
    }
}
