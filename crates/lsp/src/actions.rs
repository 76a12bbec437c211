//! What can be done about a mistake: the fixes that its rule offers, and a declaration for a name that has none.

use clearway_analysis::{file_diagnostics, project_diagnostics};
use clearway_diagnostics::{Report, ReportFix, Span, catalogue};
use clearway_model::vocabulary::{Type, Vocabulary};
use clearway_model::{Db, SourceFile, Workspace, item_at, meanings, span_of};

use crate::completion::above_documentation;
use crate::location::TextChange;

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    pub title: String,
    pub changes: Vec<(SourceFile, TextChange)>,
    /// The mistake that it mends.
    pub mends: Report,
    /// Nothing else was offered, and it follows from what is written.
    pub only: bool,
}

/// What can be done about the mistakes that touch a range of a file.
pub(crate) fn actions(workspace: &Workspace, file: SourceFile, range: Span) -> Vec<Action> {
    let mut found = Vec::new();
    for report in reports(workspace, file) {
        let primary = report.primary();
        if primary.start.offset > range.end || primary.end.offset < range.start {
            continue;
        }
        let mut mine: Vec<Action> =
            report.fixes.iter().filter_map(|fix| of_fix(workspace, &report, fix)).collect();
        mine.extend(declare(workspace, file, &report));
        let only = mine.len() == 1 && !report.fixes.iter().any(|fix| fix.is_proposal);
        found.extend(mine.into_iter().map(|action| Action { only, ..action }));
    }
    found
}

/// The changes that apply the first fix of every mistake in a file, as far as they do not get into each other's way.
pub(crate) fn fix_all(workspace: &Workspace, file: SourceFile) -> Vec<TextChange> {
    let mut all: Vec<TextChange> = Vec::new();
    for report in reports(workspace, file) {
        let first = report.fixes.first().filter(|fix| !fix.is_proposal);
        let Some(action) = first.and_then(|fix| of_fix(workspace, &report, fix)) else { continue };
        let free = |change: &TextChange| {
            !all.contains(change)
                && all
                    .iter()
                    .all(|other| change.span.end < other.span.start || other.span.end < change.span.start)
        };
        if action.changes.iter().all(|(of, change)| *of == file && free(change)) {
            all.extend(action.changes.into_iter().map(|(_, change)| change));
        }
    }
    all.sort_by_key(|change| change.span);
    all
}

/// Everything that is told of a file, in the order of the places.
fn reports(workspace: &Workspace, file: SourceFile) -> Vec<Report> {
    let id = file.id(workspace);
    let own = file_diagnostics(workspace, file).iter();
    let all = own.chain(project_diagnostics(workspace, workspace.project()));
    let mine: Vec<_> = all.filter(|diagnostic| diagnostic.primary.place.file() == id).cloned().collect();
    Report::all(&mine, &workspace.sources(""))
}

fn of_fix(workspace: &Workspace, report: &Report, fix: &ReportFix) -> Option<Action> {
    let mut changes = Vec::new();
    for edit in &fix.edits {
        let file = workspace.source(&edit.file)?;
        let mut span = Span::new(edit.start.offset, edit.end.offset);
        if edit.text.starts_with("use ") && edit.start == edit.end {
            let at = above_documentation(file.text(workspace), span.start);
            span = Span::new(at, at);
        }
        changes.push((file, TextChange { span, text: edit.text.clone() }));
    }
    Some(Action { title: capitalised(&fix.title), changes, mends: report.clone(), only: false })
}

/// A declaration of a name that nothing declares, for each kind that could be meant.
fn declare(db: &dyn Db, file: SourceFile, report: &Report) -> Vec<Action> {
    if report.code != catalogue::UNKNOWN_NAME.id() {
        return Vec::new();
    }
    let primary = report.primary();
    let span = Span::new(primary.start.offset, primary.end.offset);
    let text = file.text(db);
    let name = &text[span.range()];
    let Some(item) = item_at(db, file, span.start) else { return Vec::new() };
    let wanted = meanings(db, item).wanted_types().filter(|(node, _)| span_of(db, item, *node) == span);
    let mut kinds: Vec<&str> = wanted.flat_map(|(_, ty)| kinds_of(ty)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let end = Span::new(text.len() as u32, text.len() as u32);
    let gap = if text.ends_with('\n') { "\n" } else { "\n\n" };
    let action = |kind: &str| Action {
        title: format!("Declare {kind} `{name}`"),
        changes: vec![(file, TextChange { span: end, text: format!("{gap}{}", skeleton(kind, name)) })],
        mends: report.clone(),
        only: false,
    };
    kinds.into_iter().map(action).collect()
}

fn kinds_of(ty: &Type) -> Vec<&str> {
    match ty {
        Type::Declaration(kind) => vec![kind.as_str()],
        Type::Either(types) => types.iter().flat_map(kinds_of).collect(),
        Type::List(of) | Type::Part(of) => kinds_of(of),
        _ => Vec::new(),
    }
}

/// A declaration with what its kind demands.
fn skeleton(kind: &str, name: &str) -> String {
    let contents = Vocabulary::get().kinds.get(kind).map(|kind| &kind.contents);
    let fields = contents.into_iter().flat_map(|contents| &contents.fields).filter(|field| field.required);
    let lines = fields.map(|field| format!("  {} = {}\n", field.name, example(&field.ty)));
    let lines: String = lines.collect();
    if lines.is_empty() { format!("{kind} {name} {{ }}\n") } else { format!("{kind} {name} {{\n{lines}}}\n") }
}

/// A value of a type to begin with.
fn example(ty: &Type) -> String {
    match ty {
        Type::Either(types) => types.first().map(example).unwrap_or_default(),
        Type::List(_) => "[]".to_owned(),
        Type::Version => "0.1.0".to_owned(),
        Type::Count | Type::Number => "1".to_owned(),
        Type::Zone => "\"UTC\"".to_owned(),
        Type::Word(name) => {
            let words = Vocabulary::get().enums.get(name);
            words.and_then(|words| words.words.first()).map(|word| word.name.to_string()).unwrap_or_default()
        }
        _ => "\"\"".to_owned(),
    }
}

fn capitalised(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
