//! What a word means, in Markdown: documentation, types, values that were worked out, and who depends on it.

use std::fmt::Write as _;

use clearway_analysis::dependents;
use clearway_diagnostics::{NodeId, Span};
use clearway_model::vocabulary::{Type, Vocabulary};
use clearway_model::{
    Db, Item, Meaning, SourceFile, Value, Workspace, deployable, item_at, meanings, span_of, syntax_of,
    views, word_at,
};
use clearway_syntax as syntax;

use crate::reader::Reader;
use crate::{describe, order, successors};

/// How many dependents are named.
const DEPENDENTS: usize = 10;

/// What there is to say about an offset, and the bytes it is about.
pub(crate) fn hover(
    workspace: &Workspace,
    file: SourceFile,
    offset: u32,
    reader: &Reader,
) -> Option<(String, Span)> {
    let db: &dyn Db = workspace;
    let Some((item, word, span)) = word_at(db, file, offset) else {
        return successors::at(db, file, offset).or_else(|| value_at(db, file, offset));
    };
    let text = match &word.meaning {
        Meaning::Local(node) => local(db, item, *node)?,
        Meaning::Field(field) => {
            let mut text = page(&format!("{} = …", field.name), &field.doc);
            let _ = write!(text, "\n\nTakes {}.", describe::field_type(field));
            if let Type::Word(words) = &field.ty {
                let _ = write!(text, "\n\n{}", describe::words(words));
            }
            if let Some(value) = field_value(db, item, word.first) {
                let _ = write!(text, "\n\nHere: `{value}`");
            }
            text
        }
        Meaning::Declaration(release) if release.kind(db) == "release" => {
            let stages = order::of_release(workspace, *release).unwrap_or_default();
            stages
                .iter()
                .fold(declared(db, *release), |text, stage| format!("{text}\n\n{}", order::long(stage)))
        }
        Meaning::Declaration(item) => declared(db, *item) + &reader.times(db, *item).unwrap_or_default(),
        meaning => about(db, meaning)?,
    };
    Some((text, span))
}

/// What a word means, wherever it stands.
fn about(db: &dyn Db, meaning: &Meaning) -> Option<String> {
    Some(match meaning {
        Meaning::Kind(kind) => page(&format!("{} NAME {{ … }}", kind.name), &kind.doc),
        Meaning::Field(field) => page(&format!("{} = …", field.name), &field.doc),
        Meaning::Clause(clause) => page(&describe::clause(clause), &clause.doc),
        Meaning::Label(label) => {
            format!("{}\n\nTakes {}.", page(&format!("{} …", label.name), &label.doc), label.ty)
        }
        Meaning::Flag(flag) => page(&flag.name, &flag.doc),
        Meaning::Word(of, word) => {
            let words = Vocabulary::get().enums.get(of)?;
            let doc = words.words.iter().find(|known| known.name == *word).map(|known| known.doc.as_str());
            page(word, doc.unwrap_or_default())
        }
        Meaning::Unit(unit) => page(&unit.name, &unit.doc),
        Meaning::Function(function) => {
            let text = page(&describe::function(function), &function.doc);
            format!("{text}\n\nGives {}.", function.result)
        }
        Meaning::Argument(param) => code(&describe::parameter(param)),
        Meaning::Declaration(item) => declared(db, *item),
        Meaning::Part(owner, part) => part_of(db, *owner, part),
        Meaning::Person(name) => code(&format!("person {name}")),
        Meaning::Module(module) => code(&format!("module {}", module.path(db))),
        Meaning::Local(_) | Meaning::UnknownStatement(_) | Meaning::UnknownOperand(_) => return None,
    })
}

fn code(text: &str) -> String {
    format!("```clearway\n{text}\n```")
}

fn page(heading: &str, doc: &str) -> String {
    if doc.is_empty() { code(heading) } else { format!("{}\n{doc}", code(heading)) }
}

fn declared(db: &dyn Db, item: Item) -> String {
    let doc = describe::documentation(db, item);
    let mut text = page(&describe::declaration(db, item), &doc);
    if views::DEPLOYABLE.contains(&item.kind(db).as_str()) {
        text += &required_by(db, item.name(db), None);
    }
    text
}

/// Who depends on a declaration or a part of it: what may break when it changes.
fn required_by(db: &dyn Db, name: &str, part: Option<&str>) -> String {
    let edges = dependents(db, name);
    let edges: Vec<_> =
        edges.iter().filter(|edge| part.is_none_or(|part| edge.part.as_deref() == Some(part))).collect();
    if edges.is_empty() {
        return "\n\nNothing here requires it.".to_owned();
    }
    let mut text = "\n\nRequired by:\n".to_owned();
    for edge in edges.iter().take(DEPENDENTS) {
        let part = edge.part.as_ref().map(|part| format!("`{part}` ")).unwrap_or_default();
        let weak = if edge.weak { ", weak" } else { "" };
        let optional = if edge.optional { ", optional" } else { "" };
        let _ = write!(text, "\n- `{}` ({part}`{}`{optional}{weak})", edge.from, edge.range);
    }
    if edges.len() > DEPENDENTS {
        let _ = write!(text, "\n- and {} more", edges.len() - DEPENDENTS);
    }
    text
}

fn part_of(db: &dyn Db, owner: Item, part: &str) -> String {
    let view = &deployable(db, owner).view;
    let versions = view
        .provides
        .iter()
        .filter(|provided| provided.part.as_ref().is_some_and(|known| known.value == *part));
    let mut lines = Vec::new();
    for version in versions.filter_map(|provided| provided.version.as_ref()) {
        lines.push(format!("provides {part} {}", version.value));
    }
    let heading = match lines.is_empty() {
        true => format!("{}.{part}", owner.name(db)),
        false => format!("{} {}: {}", owner.kind(db), owner.name(db), lines.join(", ")),
    };
    code(&heading) + &required_by(db, owner.name(db), Some(part))
}

/// A parameter or `let` of the item, with its value or its type.
fn local(db: &dyn Db, item: Item, node: NodeId) -> Option<String> {
    let syntax = syntax_of(db, item).as_ref()?;
    let name = &item.file(db).text(db)[span_of(db, item, node).range()];
    let params = syntax.declaration().and_then(|declaration| declaration.params.as_ref());
    if let Some(param) = params.into_iter().flatten().find(|param| param.name.id == node) {
        let ty = Vocabulary::get().type_of(&param.ty).unwrap_or(Type::Any);
        return Some(page(&format!("{name}: {ty}"), param.doc.as_deref().unwrap_or_default()));
    }
    let value = find_let(syntax.declaration()?, node).and_then(|value| meanings(db, item).value(value));
    Some(match value {
        Some(value) => code(&format!("let {name} = {value}")),
        None => code(name),
    })
}

/// The value of the block `let` whose name is a node.
fn find_let(declaration: &syntax::Declaration, name: NodeId) -> Option<NodeId> {
    struct Search(NodeId, Option<NodeId>);
    impl syntax::Visit for Search {
        fn block(&mut self, block: &syntax::Block) {
            for statement in &block.statements {
                if let syntax::Statement::Let(binding) = statement
                    && binding.name.id == self.0
                {
                    self.1 = Some(binding.value.id);
                }
            }
            syntax::walk_block(self, block);
        }
    }
    let mut search = Search(name, None);
    syntax::Visit::declaration(&mut search, declaration);
    search.1
}

/// The value of the field whose name is a node.
fn field_value(db: &dyn Db, item: Item, name: NodeId) -> Option<Value> {
    struct Search(NodeId, Option<NodeId>);
    impl syntax::Visit for Search {
        fn block(&mut self, block: &syntax::Block) {
            for field in block.fields().filter(|field| field.name.id == self.0) {
                self.1 = field.value.as_ref().map(|value| value.id);
            }
            syntax::walk_block(self, block);
        }
    }
    let mut search = Search(name, None);
    syntax::Visit::declaration(&mut search, syntax_of(db, item).as_ref()?.declaration()?);
    let value = meanings(db, item).value(search.1?)?;
    (!value.is_open()).then(|| value.clone())
}

/// The value of the shortest expression around an offset, where the text does not show it.
fn value_at(db: &dyn Db, file: SourceFile, offset: u32) -> Option<(String, Span)> {
    let item = item_at(db, file, offset)?;
    let values = meanings(db, item).values().map(|(node, value)| (span_of(db, item, node), value));
    let (span, value) = values
        .filter(|(span, _)| (span.start..=span.end).contains(&offset))
        .min_by_key(|(span, _)| span.end - span.start)?;
    let shown = value.to_string();
    let written = &file.text(db)[span.range()];
    let known = describe::worked_out(&value.kind);
    let text = match known && shown != written {
        true => format!("{}\n{}", code(&shown), value.kind.describe()),
        false if known => value.kind.describe(),
        false => return None,
    };
    Some((text, span))
}
