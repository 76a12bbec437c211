//! A report as Markdown.

use std::fmt::Write as _;

use crate::{Report, Table};

/// Title, preface and table.
pub(crate) fn document(report: &impl Report) -> String {
    let mut out = format!("# {}\n", line(&report.title()));
    for paragraph in report.preface() {
        let _ = write!(out, "\n{}\n", line(&paragraph));
    }
    let table = report.table();
    if table.rows.is_empty() {
        out.push_str("\nNothing is to be told.\n");
    } else {
        out.push('\n');
        write_table(&mut out, &table);
    }
    out
}

/// The columns are as wide as their widest cell: the text is read as it is, too.
pub(crate) fn write_table(out: &mut String, table: &Table) {
    let rows: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.iter().map(|cell| cell_text(cell)).collect()).collect();
    let widths: Vec<usize> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
            cells.chain([name.chars().count(), 3]).max().unwrap_or_default()
        })
        .collect();
    let mut write_row = |cells: &mut dyn Iterator<Item = &str>| {
        for (cell, width) in cells.zip(&widths) {
            let _ = write!(out, "| {cell:<width$} ");
        }
        out.push_str("|\n");
    };
    write_row(&mut table.columns.iter().copied());
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    write_row(&mut rules.iter().map(String::as_str));
    for row in &rows {
        write_row(&mut row.iter().map(String::as_str));
    }
}

/// A text of the spec in a cell: what would end the cell, or start markup of its own, is escaped.
pub(crate) fn cell_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A text that stands on a line of its own.
pub(crate) fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_spec_stays_in_its_cell() {
        assert_eq!(cell_text("a|b\nc <d> `e`"), "a\\|b c &lt;d> \\`e\\`");
    }
}
