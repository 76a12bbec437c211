//! One line per report, for editors and `grep`: `path:line:column: error[CW0000] name: message`.

use std::io::{self, Write};

use super::{locus, printable};
use crate::Report;

/// Writes every report on a line of its own.
pub fn write(out: &mut dyn Write, reports: &[Report]) -> io::Result<()> {
    for report in reports {
        let Report { code, name, severity, message, .. } = report;
        let line = format!("{}: {}[{code}] {name}: {message}", locus(report.primary()), severity.word());
        writeln!(out, "{}", printable::line(&line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::{Report, render::samples};

    #[test]
    fn every_report_is_one_line() {
        let two_lines = Report { message: "one\ntwo".to_owned(), ..samples::unknown_name() };
        let mut out = Vec::new();
        write(&mut out, &[samples::unknown_name(), samples::conflict(), two_lines]).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @"
        shop.cw:3:28: error[CW9901] unknown-name: there is no label `optinal` of `requires`
        shop.cw:3:23: error[CW9902] version-conflict: no version of `ledger` satisfies `checkout`
        shop.cw:3:28: error[CW9901] unknown-name: one two
        ");
    }
}
