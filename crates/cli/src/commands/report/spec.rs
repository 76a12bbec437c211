//! What the reports on a spec share: the project with its plan, where things are written, how a report is printed.

use std::cell::RefCell;
use std::collections::BTreeMap;

use clearway_diagnostics::render::Format as Diagnostics;
use clearway_diagnostics::{Position, Sources};
use clearway_model::WorkspaceSources;
use clearway_plan::{Origin, Plan};
use clearway_report::{Format, Place, Report};

use crate::args::{SpecReportArgs, TableFormat};
use crate::error::Failure;
use crate::output::Output;
use crate::project::{Opened, open};

/// The project with its plan. `None` where it does not hold; that was told.
pub(super) fn planned(args: &SpecReportArgs, output: &Output) -> Result<Option<(Opened, Plan)>, Failure> {
    let opened = open(&args.project)?;
    let compiled = clearway_compile::plan(&opened.workspace);
    if compiled.fails() {
        let json = args.format == TableFormat::Json;
        let format = if json { Diagnostics::Json } else { Diagnostics::Human };
        output.diagnostics(&opened, &compiled.diagnostics, format)?;
        return Ok(None);
    }
    Ok(compiled.plan.map(|plan| (opened, plan)))
}

/// Prints a report.
pub(super) fn print(report: &impl Report, format: TableFormat, output: &Output) -> Result<(), Failure> {
    let format = match format {
        TableFormat::Markdown => Format::Markdown,
        TableFormat::Json => Format::Json,
        TableFormat::Csv => Format::Csv,
    };
    let text = clearway_report::render(report, format).map_err(std::io::Error::from)?;
    output.results(|out| out.write_all(text.as_bytes()))
}

/// Looks up where things are written.
pub(crate) struct Places<'o> {
    opened: &'o Opened,
    sources: WorkspaceSources<'o>,
    declared: RefCell<BTreeMap<Origin, Option<Place>>>,
}

impl<'o> Places<'o> {
    pub(crate) fn of(opened: &'o Opened) -> Self {
        let sources = opened.workspace.sources(&opened.manifest);
        Self { opened, sources, declared: RefCell::default() }
    }

    /// The file and line of a place.
    pub(crate) fn at(&self, place: clearway_diagnostics::Place) -> Place {
        let file = place.file();
        let start = self.sources.span(place).start;
        let line = Position::of(Sources::text(&self.sources, file), start).line;
        Place { file: Sources::path(&self.sources, file).to_owned(), line }
    }

    /// Where a declaration is written, looked up once.
    pub(super) fn declared(&self, origin: &Origin) -> Option<Place> {
        if let Some(known) = self.declared.borrow().get(origin) {
            return known.clone();
        }
        let place = clearway_compile::declared_at(&self.opened.workspace, origin).map(|place| self.at(place));
        self.declared.borrow_mut().insert(origin.clone(), place.clone());
        place
    }
}
