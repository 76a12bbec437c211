//! Printing: results on standard output, all else on standard error, colour where it is wanted.
#![allow(
    clippy::disallowed_methods,
    reason = "NO_COLOR and the terminal are looked at here, and nowhere else"
)]

use std::io::{self, IsTerminal, Write};

use clearway_diagnostics::render::termcolor::{Ansi, NoColor, WriteColor};
use clearway_diagnostics::render::{self, Format};
use clearway_diagnostics::{Diagnostic, Report, Severity};

use crate::args::Color;
use crate::error::Failure;
use crate::project::Opened;

/// Where a command prints to.
pub(crate) struct Output {
    color: bool,
    color_errors: bool,
}

impl Output {
    pub(crate) fn new(color: Color) -> Self {
        let wanted = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self { color: wanted(io::stdout().is_terminal()), color_errors: wanted(io::stderr().is_terminal()) }
    }

    /// Writes results.
    pub(crate) fn results(
        &self,
        write: impl FnOnce(&mut dyn WriteColor) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let stdout = io::BufWriter::new(io::stdout().lock());
        let result = if self.color {
            let mut out = Ansi::new(stdout);
            write(&mut out).and_then(|()| out.flush())
        } else {
            let mut out = NoColor::new(stdout);
            write(&mut out).and_then(|()| out.flush())
        };
        match result {
            // A reader that has seen enough (`| head`) is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    /// Writes a line for the person at the terminal.
    pub(crate) fn note(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// How far a long run is, on a terminal.
    pub(crate) fn progress(&self, steps: u64) -> indicatif::ProgressBar {
        if steps > 1 { indicatif::ProgressBar::new(steps) } else { indicatif::ProgressBar::hidden() }
    }

    /// Writes what was found beside results that are on standard output.
    pub(crate) fn diagnostics_aside(&self, opened: &Opened, found: &[Diagnostic]) -> Result<(), Failure> {
        let sources = opened.workspace.sources(&opened.manifest);
        let reports = Report::all(found, &sources);
        let mut text: Vec<u8> = Vec::new();
        if self.color_errors {
            Format::Human.write(&mut Ansi::new(&mut text), &reports, &sources, env!("CARGO_PKG_VERSION"))?;
        } else {
            Format::Human.write(
                &mut NoColor::new(&mut text),
                &reports,
                &sources,
                env!("CARGO_PKG_VERSION"),
            )?;
        }
        Ok(io::stderr().lock().write_all(&text)?)
    }

    /// Tells why a command could not be carried out.
    pub(crate) fn failure(&self, failure: Failure) {
        let theme = if self.color_errors {
            miette::GraphicalTheme::unicode()
        } else {
            miette::GraphicalTheme::unicode_nocolor()
        };
        let mut text = String::new();
        let handler = miette::GraphicalReportHandler::new_themed(theme).with_links(false);
        if handler.render_report(&mut text, &failure).is_err() {
            text = failure.to_string();
        }
        let _ = write!(io::stderr().lock(), "{text}");
    }

    /// Writes what was found, and how much of it on standard error.
    pub(crate) fn diagnostics(
        &self,
        opened: &Opened,
        found: &[Diagnostic],
        format: Format,
    ) -> Result<(), Failure> {
        let sources = opened.workspace.sources(&opened.manifest);
        let reports = Report::all(found, &sources);
        self.results(|out| format.write(out, &reports, &sources, env!("CARGO_PKG_VERSION")))?;
        if matches!(format, Format::Human | Format::Short)
            && let Some(summary) = render::summary(&reports)
        {
            self.note(&summary);
        }
        Ok(())
    }
}

/// Whether anything found is at least this serious.
pub(crate) fn any(found: &[Diagnostic], severity: Severity) -> bool {
    found.iter().any(|diagnostic| diagnostic.severity <= severity)
}
