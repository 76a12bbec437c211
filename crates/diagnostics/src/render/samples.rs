//! Reports for the tests of the formats. Their codes are in no catalogue, so that no page decides what is
//! expected.

use super::Texts;
use crate::{Position, Report, ReportEdit, ReportFix, ReportLabel, Severity};

/// A few files by path.
pub struct Files<'a>(pub &'a [(&'a str, &'a str)]);

impl Texts for Files<'_> {
    fn text(&self, path: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == path).map_or("", |(_, text)| text)
    }
}

const SHOP: &str = "\
service checkout {
  owner = payments
  requires ledger.api ^2.1 optinal
}
";

const LEDGER: &str = "\
service ledger {
  version = 1.4.2
  provides api 1.4.2
}
";

/// What the samples point into.
pub const TEXTS: Files<'static> = Files(&[("shop.cw", SHOP), ("our team/ledger.cw", LEDGER)]);

/// A label on the first `marked` in the text.
pub fn label((file, text): (&str, &str), marked: &str, message: &str) -> ReportLabel {
    let start = text.find(marked).unwrap();
    at((file, text), start..start + marked.len(), message)
}

/// A label on some bytes of the text.
pub fn at((file, text): (&str, &str), bytes: std::ops::Range<usize>, message: &str) -> ReportLabel {
    ReportLabel {
        file: file.to_owned(),
        start: Position::of(text, bytes.start as u32),
        end: Position::of(text, bytes.end as u32),
        message: message.to_owned(),
        primary: false,
    }
}

/// An error with these labels, the first of which is primary.
pub fn report(id: &str, name: &str, message: &str, labels: impl Into<Vec<ReportLabel>>) -> Report {
    let mut labels = labels.into();
    labels[0].primary = true;
    Report {
        code: id.to_owned(),
        name: name.to_owned(),
        severity: Severity::Error,
        message: message.to_owned(),
        help: None,
        url: format!("https://clearway.dev/codes/{id}"),
        labels,
        fixes: Vec::new(),
        due: false,
    }
}

/// One label, help, and a fix that says more than the help.
pub fn unknown_name() -> Report {
    let marked = label(TEXTS.0[0], "optinal", "");
    let edit = ReportEdit {
        file: marked.file.clone(),
        start: marked.start,
        end: marked.end,
        text: "optional".to_owned(),
    };
    let fix = ReportFix { title: "write `optional`".to_owned(), edits: vec![edit], is_proposal: false };
    let help = Some("did you mean `optional`?".to_owned());
    Report {
        help,
        fixes: vec![fix],
        ..report("CW9901", "unknown-name", "there is no label `optinal` of `requires`", [marked])
    }
}

/// Labels in two files, two lines of help, and a fix with an insertion.
pub fn conflict() -> Report {
    let [shop, ledger] = [TEXTS.0[0], TEXTS.0[1]];
    let labels = [
        label(shop, "^2.1", "2.1 or later, below 3"),
        label(shop, "checkout", "needed by this service"),
        label(ledger, "1.4.2", "the only version there is"),
    ];
    let end = labels[0].end;
    let edit =
        ReportEdit { file: "shop.cw".to_owned(), start: end, end, text: " when new-ledger".to_owned() };
    Report {
        help: Some("ship a version 2 of `ledger`\nor accept `^1.4`".to_owned()),
        fixes: vec![ReportFix {
            title: "require it only with a flag".to_owned(),
            edits: vec![edit],
            is_proposal: false,
        }],
        ..report("CW9902", "version-conflict", "no version of `ledger` satisfies `checkout`", labels)
    }
}
