//! Tables that other systems export, as CSV or JSON, by a mapping that says which column means what.
//!
//! The first row of a CSV names the columns. In JSON the rows are a list of objects, which stands at the top or at a path of keys; a column
//! within an object is written with dots (`fields.status.name`), and lists in between are passed through.

mod csv;
mod json;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::family::{Record, Records};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::refusal::{Code, NoteCode, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Issues of a tracker.
    Issues,
    /// Change tickets.
    Changes,
    /// Incidents.
    Incidents,
    /// Support tickets.
    Tickets,
    /// What users say.
    Feedback,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Issues, Self::Changes, Self::Incidents, Self::Tickets, Self::Feedback];

    /// Its word, with which its metrics begin.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issues => "issues",
            Self::Changes => "changes",
            Self::Incidents => "incidents",
            Self::Tickets => "tickets",
            Self::Feedback => "feedback",
        }
    }

    /// Its metrics.
    pub(crate) const fn metrics(self) -> &'static [&'static str] {
        match self {
            Self::Issues => &["issues.total", "issues.open", "issues.closed", "issues.completion"],
            Self::Changes => &["changes.total", "changes.open", "changes.closed"],
            Self::Incidents => &["incidents.total", "incidents.open", "incidents.closed"],
            Self::Tickets => &["tickets.total", "tickets.open", "tickets.closed"],
            Self::Feedback => &["feedback.total", "feedback.score"],
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a column can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// The number or name of the row's subject.
    Id,
    /// What it is about.
    Title,
    /// Its state, from which it follows whether it is open.
    Status,
    /// How serious it is.
    Severity,
    /// Its labels: several in one value are parted by commas, semicolons or white space; the column may stand several times.
    Labels,
    /// The service it is about.
    Service,
    /// When it began.
    Opened,
    /// When it ended. Without a mapped status, what has ended is closed.
    Closed,
    /// When somebody with the right to do so agreed to it.
    Authorised,
    /// A number that says how content somebody is.
    Score,
}

impl Meaning {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Id,
        Self::Title,
        Self::Status,
        Self::Severity,
        Self::Labels,
        Self::Service,
        Self::Opened,
        Self::Closed,
        Self::Authorised,
        Self::Score,
    ];

    /// Its word, by which the language maps a column to it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Status => "status",
            Self::Severity => "severity",
            Self::Labels => "labels",
            Self::Service => "service",
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Authorised => "authorised",
            Self::Score => "score",
        }
    }
}

/// Which column of a table means what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// What the rows are.
    pub topic: Topic,
    /// The column of each meaning that is asked for. Every one of them must be in the table.
    pub columns: BTreeMap<Meaning, String>,
    /// The keys that lead to the rows of a JSON text, outermost first. None: the rows stand at the top.
    pub rows: Vec<String>,
    /// The states that are closed, compared without case. Every other one is open.
    pub closed: BTreeSet<String>,
    /// The severities of words that are not the language's own, compared without case.
    pub severities: BTreeMap<String, Severity>,
    /// A CSV whose last row does not end is whole, as spreadsheets write it. Otherwise it counts as cut off.
    pub open_end: bool,
}

impl Mapping {
    /// A mapping of columns, with the usual words for closed.
    pub fn new(topic: Topic, columns: impl IntoIterator<Item = (Meaning, String)>) -> Self {
        let closed = ["closed", "done", "resolved", "completed", "cancelled", "canceled", "implemented"];
        Self {
            topic,
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            closed: closed.into_iter().map(str::to_owned).collect(),
            severities: BTreeMap::new(),
            open_end: false,
        }
    }
}

/// The refusal of a table that nobody says how to read.
pub(crate) fn needs_mapping() -> Refusal {
    Refusal::new(
        Code::UnknownFormat,
        "a table says nothing by itself: the mapping of a gate says which column means what, or `--table` and `--column` here",
    )
}

/// Reads a table into a report, and hands each row to `each`.
pub(crate) fn read(
    source: Source<'_>,
    limits: &Limits,
    mapping: &Mapping,
    report: &mut Report,
    each: &mut dyn FnMut(&Record),
) -> Result<(), Refusal> {
    if !mapping.columns.contains_key(&Meaning::Id) {
        return Err(Refusal::new(
            Code::MissingColumn,
            "the mapping names no column for `id`: rows could not be told apart",
        ));
    }
    if mapping.topic != Topic::Feedback
        && !mapping.columns.contains_key(&Meaning::Status)
        && !mapping.columns.contains_key(&Meaning::Closed)
    {
        let message = format!(
            "the mapping of {} names a column for neither `status` nor `closed`: nobody can tell which are open",
            mapping.topic
        );
        return Err(Refusal::new(Code::MissingColumn, message));
    }
    let mut rows =
        Rows { mapping, limits, report, records: Records::default(), ids: BTreeSet::new(), unrated: 0, each };
    rows.records.all.entry(mapping.topic).or_default();
    match source.start().trim_ascii_start().first() {
        Some(b'{' | b'[') => json::read(source, &mut rows)?,
        _ if source.start().trim_ascii() == b"null" => {
            return Err(Refusal::new(Code::NullReport, "the file says `null`: the export wrote no table"));
        }
        Some(b'<') if crate::json::looks_like_html(source.start()) => {
            return Err(Refusal::new(
                Code::HtmlPage,
                "this is an HTML page, most often the error or login page of a server",
            ));
        }
        _ => csv::read(source, &mut rows)?,
    }
    let Rows { records, unrated, report, .. } = rows;
    if unrated > 0 {
        let message = format!(
            "{unrated} rows have a severity that neither the mapping nor the language knows: they count at every severity"
        );
        report.note(NoteCode::SeverityMissing, message);
    }
    report.records = Some(records);
    Ok(())
}

/// How many rows are told apart by their ids.
const IDS: usize = 2_000_000;

/// Takes rows.
struct Rows<'m, 'p> {
    mapping: &'m Mapping,
    limits: &'m Limits,
    report: &'p mut Report,
    records: Records,
    ids: BTreeSet<SmolStr>,
    unrated: u64,
    each: &'m mut dyn FnMut(&Record),
}

impl Rows<'_, '_> {
    /// Takes the values of a row, by what they mean. A meaning has several values where its column stands several times.
    fn row(&mut self, values: &BTreeMap<Meaning, Vec<String>>) -> Result<(), Refusal> {
        let one = |meaning| {
            values
                .get(&meaning)
                .and_then(|values| values.iter().map(|value| value.trim()).find(|value| !value.is_empty()))
        };
        let Some(id) = one(Meaning::Id) else {
            return Err(Refusal::new(Code::MissingField, "a row has no id"));
        };
        if !self.ids.insert(SmolStr::new(id)) {
            return Err(Refusal::new(Code::DuplicateKey, format!("two rows have the id `{}`", short(id))));
        }
        if self.ids.len() > IDS.min(self.limits.distinct) {
            return Err(Refusal::new(Code::TooLarge, "the table has more rows than can be told apart"));
        }
        let closed = self.moment(one(Meaning::Closed))?;
        let status = one(Meaning::Status).unwrap_or_default().to_owned();
        let open = if self.mapping.columns.contains_key(&Meaning::Status) {
            !self.mapping.closed.iter().any(|word| word.eq_ignore_ascii_case(&status))
        } else {
            self.mapping.columns.contains_key(&Meaning::Closed) && closed.is_none()
        };
        let severity = one(Meaning::Severity).and_then(|word| {
            let declared = self
                .mapping
                .severities
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(word))
                .map(|(_, severity)| *severity);
            declared.or_else(|| Severity::of_word(word))
        });
        self.unrated +=
            u64::from(severity.is_none() && self.mapping.columns.contains_key(&Meaning::Severity));
        let score = one(Meaning::Score).map(score).transpose()?;
        let labels = values.get(&Meaning::Labels).into_iter().flatten();
        let record = Record {
            id: id.to_owned(),
            title: one(Meaning::Title).unwrap_or_default().to_owned(),
            status,
            open,
            severity,
            labels: labels
                .flat_map(|value| value.split([',', ';', ' ', '\t', '\n']))
                .filter(|label| !label.is_empty())
                .map(SmolStr::new)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            service: one(Meaning::Service).map(str::to_owned),
            opened: self.moment(one(Meaning::Opened))?,
            closed,
            authorised: self.moment(one(Meaning::Authorised))?,
            score,
        };
        self.take(&record)
    }

    fn moment(&self, text: Option<&str>) -> Result<Option<Moment>, Refusal> {
        let Some(text) = text else { return Ok(None) };
        Moment::parse(text).map(Some).ok_or_else(|| {
            Refusal::new(
                Code::BadValue,
                format!("`{}` is no time: ISO 8601 would be, `2026-11-02T10:00:00Z`", short(text)),
            )
        })
    }

    fn take(&mut self, record: &Record) -> Result<(), Refusal> {
        let topic = self.mapping.topic;
        self.records.all.entry(topic).or_default().count(record);
        for label in &record.labels {
            self.records.labelled.entry((topic, label.clone())).or_default().count(record);
        }
        if self.records.labelled.len() > self.limits.distinct {
            return Err(Refusal::new(Code::TooLarge, "the table has more labels than can be told apart"));
        }
        if record.open {
            let message = if record.title.is_empty() { &record.status } else { &record.title };
            let item = Item::new(ItemKind::Open, &record.id, message);
            let item = item.located(record.service.clone()).rated(record.severity);
            self.report.items.push(Item { labels: record.labels.clone(), ..item });
        }
        (self.each)(record);
        Ok(())
    }
}

fn score(text: &str) -> Result<Decimal, Refusal> {
    let most = Decimal::from(1_000_000_000);
    text.parse().ok().filter(|score: &Decimal| score.abs() <= most).ok_or_else(|| {
        Refusal::new(Code::BadNumber, format!("the score is `{}`, and no number", short(text)))
    })
}
