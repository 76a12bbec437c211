//! What a command answers, in one form for people, for programs, for a summary page and for the steps that come after.

use std::fmt::{self, Write as _};

use serde_json::{Value, json};

use crate::ledger::plain;

/// What a command answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether what was asked for holds.
    pub holds: bool,
    /// The answer in one line.
    pub title: String,
    /// What it rests on, row by row.
    pub table: Table,
    /// Why it does not hold, and what helps; or what else is worth knowing.
    pub notes: Vec<String>,
    /// What the steps after it read: a key and a value of one line.
    pub outputs: Vec<(String, String)>,
    /// What only programs read.
    pub details: Value,
}

/// Rows under heads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The heads; none where there is no table.
    pub heads: Vec<&'static str>,
    /// The rows, as long as the heads.
    pub rows: Vec<Vec<String>>,
}

impl Answer {
    /// It holds.
    pub fn holds(title: impl Into<String>) -> Self {
        Self {
            holds: true,
            title: title.into(),
            table: Table::default(),
            notes: Vec::new(),
            outputs: Vec::new(),
            details: Value::Null,
        }
    }

    /// It does not hold, for reasons.
    pub fn stops(title: impl Into<String>, notes: Vec<String>) -> Self {
        Self { holds: false, notes, ..Self::holds(title) }
    }

    /// The same with something that the steps after it read.
    pub fn output(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.outputs.push((key.into(), value.into()));
        self
    }

    /// As JSON: `{holds, title, rows, notes, outputs, details}`; each row is an object by the heads.
    pub fn to_json(&self) -> Value {
        let row = |row: &Vec<String>| -> Value {
            let cells = self
                .table
                .heads
                .iter()
                .zip(row)
                .map(|(head, cell)| ((*head).to_owned(), cell.clone().into()));
            Value::Object(cells.collect())
        };
        let outputs: serde_json::Map<String, Value> =
            self.outputs.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
        json!({
            "holds": self.holds,
            "title": self.title,
            "rows": self.table.rows.iter().map(row).collect::<Vec<_>>(),
            "notes": self.notes,
            "outputs": outputs,
            "details": self.details,
        })
    }

    /// As Markdown, for a summary page.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("### {} {}\n\n", if self.holds { "✅" } else { "❌" }, escaped(&self.title));
        if !self.table.rows.is_empty() {
            let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            out.push_str(&line(self.table.heads.iter().map(|head| escaped(head)).collect()));
            out.push_str(&line(self.table.heads.iter().map(|_| "---".to_owned()).collect()));
            for row in &self.table.rows {
                out.push_str(&line(row.iter().map(|cell| escaped(cell)).collect()));
            }
            out.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(out, "- {}", escaped(note));
        }
        out.push('\n');
        out
    }

    /// As lines `key=value`. A value that is not of one line is refused: it could be read as other keys.
    ///
    /// # Errors
    ///
    /// The key whose value it is.
    pub fn to_outputs(&self) -> Result<String, &str> {
        let mut out = String::new();
        for (key, value) in &self.outputs {
            if value.chars().any(char::is_control) {
                return Err(key);
            }
            let _ = writeln!(out, "{key}={value}");
        }
        Ok(out)
    }
}

/// For people.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", plain(&self.title))?;
        if !self.table.rows.is_empty() {
            let widths: Vec<usize> = (0..self.table.heads.len())
                .map(|column| {
                    let cells = self.table.rows.iter().filter_map(|row| row.get(column));
                    let head = self.table.heads.get(column).map_or(0, |head| head.chars().count());
                    cells.map(|cell| cell.chars().count()).max().unwrap_or_default().max(head)
                })
                .collect();
            let mut line = |cells: &mut dyn Iterator<Item = &str>| {
                let mut text = String::from(" ");
                for (cell, width) in cells.zip(&widths) {
                    let _ = write!(text, " {:width$} ", plain(cell));
                }
                writeln!(f, "{}", text.trim_end())
            };
            line(&mut self.table.heads.iter().copied())?;
            for row in &self.table.rows {
                line(&mut row.iter().map(String::as_str))?;
            }
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "  - {}", plain(note)))
    }
}

/// A text in Markdown that means itself: no markup, no row of a table, no mention and no link.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\\' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Answer, Table};

    #[test]
    fn hostile_texts_stay_in_their_place() {
        let mut answer = Answer::stops("a\nb", vec!["x | y <img> @all".to_owned()]).output("version", "1.0");
        answer.table = Table { heads: vec!["what"], rows: vec![vec!["a | b\n| c".to_owned()]] };
        let markdown = answer.to_markdown();
        assert_eq!(markdown.lines().filter(|line| line.starts_with('|')).count(), 3, "{markdown}");
        assert!(!markdown.contains("<img>") && !markdown.contains("@all"));
        assert_eq!(answer.to_outputs().unwrap(), "version=1.0\n");
        assert_eq!(answer.output("version", "1\ngo=true").to_outputs(), Err("version"));
    }
}
