//! The mapping of a table, from the plan to its reader.

use clearway_evidence::{Code, Limits, Mapping, Meaning, Record, Refusal, Severity, Topic};
use clearway_plan::{Evidence, Table};

use super::Files;
use super::reports::matching;
use crate::trouble::Trouble;

/// Reads every row of the tables that the plan names.
///
/// # Errors
///
/// A table is missing, or no table: what is told of some of the rows would pass for all of them.
pub fn rows(evidence: &Evidence, files: &dyn Files, mut each: impl FnMut(&Record)) -> Result<(), Trouble> {
    let table = evidence.table.as_ref();
    let table = table.ok_or_else(|| Trouble::new(format!("`{}` is no table", evidence.reader)))?;
    let unreadable = |path: &str, why: String| Trouble::new(format!("`{path}` cannot be read: {why}"));
    let list = files.list().map_err(|error| unreadable(".", error.to_string()))?;
    for glob in &evidence.sources {
        for path in matching(&list, glob).map_err(Trouble::new)? {
            let input = files.open(path).map_err(|error| unreadable(path, error.to_string()))?;
            mapping(table)
                .and_then(|mapping| {
                    clearway_evidence::read_table(&mapping, input, &Limits::default(), &mut each)
                })
                .map_err(|refusal| unreadable(path, refusal.message))?;
        }
    }
    Ok(())
}

/// What a table's rows and columns mean.
///
/// # Errors
///
/// The plan names a meaning that no reader knows: it is of another version of clearway.
pub fn mapping(table: &Table) -> Result<Mapping, Refusal> {
    let unknown = |what: &str, word: &str| {
        Refusal::new(Code::UnknownFormat, format!("no reader of tables knows the {what} `{word}`"))
    };
    let topic = Topic::ALL.into_iter().find(|topic| topic.name() == table.rows);
    let topic = topic.ok_or_else(|| unknown("kind of rows", &table.rows))?;
    let mut columns = Vec::new();
    for (word, column) in &table.columns {
        let meaning = Meaning::ALL.into_iter().find(|meaning| meaning.name() == word);
        columns.push((meaning.ok_or_else(|| unknown("column", word))?, column.clone()));
    }
    let mut mapping = Mapping::new(topic, columns);
    mapping.rows = table.path.clone();
    if !table.closed_states.is_empty() {
        mapping.closed = table.closed_states.iter().cloned().collect();
    }
    for (word, severity) in &table.severities {
        let known = Severity::ALL.into_iter().find(|known| known.name() == severity);
        mapping.severities.insert(word.clone(), known.ok_or_else(|| unknown("severity", severity))?);
    }
    Ok(mapping)
}
