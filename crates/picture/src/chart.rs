//! A timetable as a Gantt chart: sections with a clock of their own, rows, and bars from one instant to another.

use std::fmt::Write as _;

use crate::svg::{Form, MARGIN, cut, escaped, framed, lane, width};

/// A chart to draw. Instants are seconds; which, the labels say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// What it is called.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// From when it shows.
    pub from: i64,
    /// Until when.
    pub until: i64,
    /// What has a clock of its own.
    pub sections: Vec<Section>,
    /// What the looks mean.
    pub legend: Vec<(Look, String)>,
}

/// Rows that share a clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// What it is called.
    pub name: String,
    /// Where its clock has a line.
    pub ticks: Vec<Tick>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A line of a clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tick {
    /// When.
    pub at: i64,
    /// What stands there.
    pub label: String,
}

/// A row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// Its times.
    pub bars: Vec<Bar>,
}

/// A time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// From when.
    pub from: i64,
    /// Until when.
    pub until: i64,
    /// How it looks.
    pub look: Look,
    /// What it says, for who points at it.
    pub note: String,
}

/// How a time looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Something may begin.
    Open,
    /// Nothing may.
    Frozen,
    /// Somebody waits.
    Wait,
    /// Something is done.
    Work,
    /// Something is watched.
    Watch,
    /// It could begin then, too.
    May,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Frozen => "frozen",
            Self::Wait => "wait",
            Self::Work => "work",
            Self::Watch => "watch",
            Self::May => "may",
        }
    }
}

/// The letters of a row's name.
const LETTERS: usize = 30;
/// How wide the time is drawn.
const WIDE: i64 = 960;
/// How high a row is.
const ROW: i64 = 24;
/// The room for a section's name and its clock.
const HEAD: i64 = 46;
/// What is shorter than this is drawn as wide as this, or nobody would see it.
const SEEN: i64 = 3;

impl Chart {
    /// The chart as a picture.
    #[must_use]
    pub fn svg(&self, form: Form) -> String {
        let rows = || self.sections.iter().flat_map(|section| &section.rows);
        let names = rows().map(|row| width(&cut(&row.name, LETTERS))).max().unwrap_or_default();
        let left = MARGIN + names + 16;
        let mut body = String::new();
        let mut top = MARGIN;
        for section in &self.sections {
            let count = i64::try_from(section.rows.len()).unwrap_or_default();
            let bottom = top + HEAD + count * ROW + 8;
            let _ = writeln!(body, "<g>{}", lane(&section.name, top, left + WIDE, bottom - top));
            self.ticks(&mut body, section, left, (top + HEAD - 6, bottom));
            for (at, row) in section.rows.iter().enumerate() {
                let y = top + HEAD + i64::try_from(at).unwrap_or_default() * ROW;
                let _ = writeln!(
                    body,
                    "<text x=\"{MARGIN}\" y=\"{}\">{}</text>",
                    y + 16,
                    escaped(&cut(&row.name, LETTERS))
                );
                row.bars.iter().for_each(|bar| self.bar(&mut body, bar, left, y));
            }
            body.push_str("</g>\n");
            top = bottom + 10;
        }
        let mut x = MARGIN;
        for (look, means) in &self.legend {
            let _ = writeln!(
                body,
                "<rect class=\"{}\" x=\"{x}\" y=\"{}\" width=\"14\" height=\"12\" rx=\"2\"/><text class=\"faint\" x=\"{}\" y=\"{}\">{}</text>",
                look.class(),
                top + 2,
                x + 20,
                top + 12,
                escaped(means)
            );
            x += 20 + width(means) + 16;
        }
        top += if self.legend.is_empty() { 0 } else { 24 };
        framed(form, ((left + WIDE + MARGIN).max(x), top), (&self.title, &self.description), false, &body)
    }

    /// Where an instant is drawn.
    fn x(&self, at: i64) -> i64 {
        let whole = i128::from(self.until).saturating_sub(i128::from(self.from)).max(1);
        let part = i128::from(at.clamp(self.from, self.until.max(self.from))) - i128::from(self.from);
        i64::try_from(part * i128::from(WIDE) / whole).unwrap_or_default()
    }

    /// A line for each tick, and its label where there is room for one.
    fn ticks(&self, out: &mut String, section: &Section, left: i64, (top, bottom): (i64, i64)) {
        let mut free = i64::MIN;
        for tick in section.ticks.iter().filter(|tick| (self.from..=self.until).contains(&tick.at)) {
            let x = left + self.x(tick.at);
            let _ = write!(out, "<line class=\"tick\" x1=\"{x}\" x2=\"{x}\" y1=\"{top}\" y2=\"{bottom}\"/>");
            let needed = width(&tick.label);
            if x >= free && x + needed <= left + WIDE + 8 {
                let _ = write!(
                    out,
                    "<text class=\"faint\" x=\"{x}\" y=\"{}\">{}</text>",
                    top - 2,
                    escaped(&tick.label)
                );
                free = x + needed + 8;
            }
        }
        out.push('\n');
    }

    fn bar(&self, out: &mut String, bar: &Bar, left: i64, y: i64) {
        if bar.until < self.from || bar.from > self.until || bar.until < bar.from {
            return;
        }
        let (start, end) = (self.x(bar.from), self.x(bar.until));
        let _ = writeln!(
            out,
            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"><title>{}</title></rect>",
            bar.look.class(),
            left + start,
            y + 4,
            (end - start).max(SEEN),
            ROW - 8,
            escaped(&bar.note)
        );
    }
}
