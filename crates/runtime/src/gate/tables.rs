//! The mapping of a table, from the plan to its reader.

use clearway_evidence::{Code, Mapping, Meaning, Refusal, Severity, Topic};
use clearway_plan::Table;

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
