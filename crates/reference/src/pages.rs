//! The pages of the reference, in Markdown for mdBook.

use std::fmt::Write as _;
use std::sync::Arc;

use clearway_diagnostics::{catalogue, explain};
use clearway_model::vocabulary::{Clause, Contents, Kind, Vocabulary};
use clearway_model::{
    Item, ItemSyntax, MemorySystem, SourceFile, Workspace, items, lower, signature, syntax_of,
};
use clearway_syntax as syntax;

use crate::words::{parameters, written};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path below the folder of the reference.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Every page, the contents first.
pub fn pages() -> Vec<Page> {
    let vocabulary = Vocabulary::get();
    let kinds = || vocabulary.declarable().filter(|kind| !kind.library_only);
    let mut contents =
        "# Reference\n\nGenerated from the library and the catalogue of diagnostics.\n\n## Kinds\n\n"
            .to_owned();
    let mut pages = Vec::new();
    for one in kinds() {
        let path = format!("kinds/{}.md", one.name);
        let _ = writeln!(contents, "- [`{}`]({path}): {}", one.name, first_sentence(&one.doc));
        pages.push(Page { path, text: kind(one) });
    }
    contents.push_str("\n## Values\n\n");
    for (path, title, text) in [
        ("words.md", "Words that fields take", words(vocabulary)),
        ("units.md", "Units", units(vocabulary)),
        ("functions.md", "Functions", functions(vocabulary)),
    ] {
        let _ = writeln!(contents, "- [{title}]({path})");
        pages.push(Page { path: path.to_owned(), text: format!("# {title}\n{text}") });
    }
    contents.push_str("\n## The standard library\n\n");
    for (name, text) in modules() {
        let path = format!("library/{}.md", name.trim_start_matches("std."));
        let _ = writeln!(contents, "- [`{name}`]({path})");
        pages.push(Page { path, text });
    }
    contents.push_str("\n## Diagnostics\n\n");
    for code in catalogue::all() {
        let path = format!("codes/{}.md", code.id());
        let _ = writeln!(contents, "- [{}]({path}): {}", code.id(), explain::title(*code));
        pages.push(Page { path, text: code.page().to_owned() });
    }
    pages.insert(0, Page { path: "index.md".to_owned(), text: contents });
    pages
}

fn first_sentence(doc: &str) -> String {
    let line = doc.replace('\n', " ");
    line.split_once(". ").map_or(line.clone(), |(first, _)| format!("{first}."))
}

fn kind(kind: &Kind) -> String {
    let mut text = format!("# `{}`\n\n{}\n", kind.name, kind.doc);
    if kind.project_wide {
        text.push_str("\nIts names are unique in the project, and known in all its files without `use`.\n");
    }
    block(&mut text, &kind.contents, kind.name.as_str(), 2);
    text
}

/// What may stand in a block: its fields in a table, its clauses each under a heading.
fn block(text: &mut String, contents: &Contents, path: &str, depth: usize) {
    if !contents.fields.is_empty() {
        text.push_str("\n| field | takes | default | |\n|---|---|---|---|\n");
        for field in &contents.fields {
            let default = match (&field.default, field.required) {
                (Some(default), _) => format!("`{}`", written(default)),
                (None, true) => "required".to_owned(),
                (None, false) => String::new(),
            };
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                field.name,
                cell(&field.ty.to_string()),
                cell(&default),
                cell(&field.doc)
            );
        }
    }
    for one in &contents.clauses {
        clause(text, one, &format!("{path} {}", one.keyword), depth);
    }
}

fn clause(text: &mut String, clause: &Clause, path: &str, depth: usize) {
    let level = "#".repeat(depth.min(6));
    let _ = write!(text, "\n{level} `{path}`\n\n{}\n\n```text\n{}\n```\n", clause.doc, usage(clause));
    let times = match (clause.required, clause.repeated) {
        (true, true) => "It must stand at least once.",
        (true, false) => "It must stand once.",
        (false, true) => "It may stand several times.",
        (false, false) => "It may stand once.",
    };
    let _ = write!(text, "\n{times}");
    if clause.replaces {
        text.push_str(" A declaration that has its own drops those of the one it extends.");
    }
    if clause.adds {
        text.push_str(" One with the name of an inherited one adds to it.");
    }
    text.push('\n');
    let contents = &clause.contents;
    if !contents.positionals.is_empty() || contents.label_words().next().is_some() {
        text.push_str("\n| operand | takes | |\n|---|---|---|\n");
    }
    let mut operand = |name: &str, takes: &str, doc: &str| {
        let _ = writeln!(text, "| {name} | {} | {} |", cell(takes), cell(doc));
    };
    for positional in &contents.positionals {
        operand(&positional.name.to_uppercase(), &positional.ty.to_string(), &positional.doc);
    }
    for label in &contents.labels {
        operand(&format!("`{}`", label.name), &label.ty.to_string(), &label.doc);
    }
    for flag in &contents.flags {
        operand(&format!("`{}`", flag.name), "nothing", &flag.doc);
    }
    block(text, contents, path, depth + 1);
}

/// `requires TARGET RANGE [when …] [optional]`
fn usage(clause: &Clause) -> String {
    let mut text = clause.keyword.to_string();
    for positional in &clause.contents.positionals {
        let name = positional.name.to_uppercase();
        let _ = if positional.optional { write!(text, " [{name}]") } else { write!(text, " {name}") };
    }
    for label in &clause.contents.labels {
        let name = &label.name;
        let _ = if label.required { write!(text, " {name} …") } else { write!(text, " [{name} …]") };
    }
    for flag in &clause.contents.flags {
        let _ = write!(text, " [{}]", flag.name);
    }
    if clause.contents.has_block() {
        text.push_str(" { … }");
    }
    text
}

/// A text of the vocabulary in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

fn words(vocabulary: &Vocabulary) -> String {
    let mut text = String::new();
    for words in vocabulary.enums.values() {
        let order = if words.ordered { " They have an order, the lowest first." } else { "" };
        let _ = write!(text, "\n## `{}`\n\n{}{order}\n\n", words.name, words.doc);
        for word in &words.words {
            let _ = writeln!(text, "- `{}`: {}", word.name, word.doc);
        }
    }
    text
}

fn units(vocabulary: &Vocabulary) -> String {
    let mut text = String::new();
    for dimension in vocabulary.dimensions.values() {
        let apart = if dimension.separate { " Its units do not convert into each other." } else { "" };
        let _ = write!(text, "\n## `{}`\n\n{}{apart}\n\n", dimension.name, dimension.doc);
        for name in &dimension.units {
            let doc = vocabulary.unit(name).map_or("", |unit| unit.doc.as_str());
            let spellings = vocabulary.unit_spellings(Some(&dimension.name));
            let others: Vec<String> = spellings
                .filter(|spelling| {
                    spelling != name && vocabulary.unit(spelling).is_some_and(|unit| unit.name == *name)
                })
                .map(|spelling| format!("`{spelling}`"))
                .collect();
            let also =
                if others.is_empty() { String::new() } else { format!(" Also {}.", others.join(", ")) };
            let _ = writeln!(text, "- `{name}`: {doc}{also}");
        }
    }
    text
}

fn functions(vocabulary: &Vocabulary) -> String {
    let mut text = String::new();
    for function in vocabulary.functions.values() {
        let _ = write!(
            text,
            "\n## `{}`\n\n```text\n{}({}) gives {}\n```\n\n{}\n",
            function.name,
            function.name,
            parameters(&function.params),
            function.result,
            function.doc
        );
    }
    text
}

/// The modules of the library that a spec may use, with their pages.
fn modules() -> Vec<(String, String)> {
    let workspace =
        Workspace::new(Arc::new(MemorySystem::default()), "[project]\nname = \"reference\"\n", Vec::new());
    let db: &dyn clearway_model::Db = &workspace;
    let library = db.project().library(db);
    let mut pages: Vec<(String, String)> = library.iter().filter_map(|file| module(db, *file)).collect();
    pages.sort();
    pages
}

fn module(db: &dyn clearway_model::Db, file: SourceFile) -> Option<(String, String)> {
    let name = file.path(db).trim_end_matches(".cw").replace('/', ".");
    let declared: Vec<Item> = items(db, file).iter().copied().filter(|item| item.kind(db) != "use").collect();
    if declared.is_empty() {
        return None;
    }
    let mut text = format!("# `{name}`\n");
    for item in declared {
        let params =
            signature(db, item).map(|params| format!("({})", parameters(params))).unwrap_or_default();
        let doc = match syntax_of(db, item).as_ref().map(ItemSyntax::item) {
            Some(syntax::Item::Declaration(declaration)) => declaration.doc.clone(),
            Some(syntax::Item::Let(binding)) => binding.doc.clone(),
            _ => None,
        };
        let lowered = lower(db, item);
        let result = lowered.result.as_ref().map(|ty| format!(", {ty}")).unwrap_or_default();
        let _ = write!(
            text,
            "\n## `{} {}{params}`{result}\n\n{}\n",
            item.kind(db),
            item.name(db),
            doc.unwrap_or_default()
        );
        let fields: Vec<String> = lowered
            .values
            .fields
            .iter()
            .filter(|field| field.written)
            .map(|field| format!("- `{}` = `{}`", field.name, field.value))
            .collect();
        let clauses = lowered.values.clauses.iter().map(|clause| {
            let parts: Vec<String> = clause.parts.iter().map(|(_, value)| value.to_string()).collect();
            format!("- {} {}", clause.keyword, parts.join(" "))
        });
        let lines: Vec<String> = fields.into_iter().chain(clauses).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n{}\n", lines.join("\n"));
        }
    }
    Some((name, text))
}
