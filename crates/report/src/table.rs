//! Rows under columns.

use serde::Serialize;

/// A table: as many cells in each row as there are columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The cells of each row.
    pub rows: Vec<Vec<String>>,
}

/// With these a spreadsheet takes a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

impl Table {
    /// An empty table.
    pub fn new(columns: impl IntoIterator<Item = &'static str>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as CSV, columns first. A cell that a spreadsheet would take for a formula is made a text with an apostrophe.
    pub(crate) fn csv(&self) -> Result<String, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            let text = |cell: &String| {
                if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.clone() }
            };
            writer.write_record(row.iter().map(text))?;
        }
        writer.flush()?;
        let bytes = writer.into_inner().map_err(|error| error.into_error())?;
        // What was written are texts.
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
