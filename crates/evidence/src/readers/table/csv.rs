//! Tables as CSV.

use std::collections::BTreeMap;

use super::{Meaning, Rows};
use crate::limits::short;
use crate::refusal::{Code, Refusal};
use crate::rows;
use crate::source::Source;

pub(super) fn read(source: Source<'_>, out: &mut Rows<'_, '_>) -> Result<(), Refusal> {
    let mut table = rows::Rows::open(source, out.limits, !out.mapping.open_end)?;
    let mut columns: Vec<(Meaning, Vec<usize>)> = Vec::new();
    for (meaning, name) in &out.mapping.columns {
        let places: Vec<usize> =
            table.columns().enumerate().filter(|(_, column)| column == name).map(|(at, _)| at).collect();
        match places.as_slice() {
            [] => {
                let known: Vec<&str> = table.columns().take(30).collect();
                let message =
                    format!("the table has no column `{}`; it has {}", short(name), short(&known.join(", ")));
                return Err(Refusal::new(Code::MissingColumn, message));
            }
            // Jira's export repeats a column for each label.
            [_] => {}
            _ if *meaning == Meaning::Labels => {}
            _ => {
                return Err(Refusal::new(
                    Code::DuplicateKey,
                    format!("two columns are named `{}`", short(name)),
                ));
            }
        }
        columns.push((*meaning, places));
    }
    while let Some(row) = table.next()? {
        let values: BTreeMap<Meaning, Vec<String>> = columns
            .iter()
            .map(|(meaning, places)| {
                (*meaning, places.iter().map(|place| row.get(*place).to_owned()).collect())
            })
            .collect();
        let place = row.place;
        out.row(&values).map_err(|refusal| refusal.at(place))?;
    }
    Ok(())
}
