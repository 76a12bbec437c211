//! Values: everything of the type that is wanted.

use clearway_analysis::people;
use clearway_model::vocabulary::{Function, Parameter, Type, Vocabulary};
use clearway_model::{
    Db, Meanings, Reference, Resolution, SourceFile, ValueKind, deployable, resolve, signature, time_zones,
    views,
};
use clearway_syntax::Name;

use super::cursor::Cursor;
use super::names::{self, Wanted};
use super::{Completion, Completions, Sort};
use crate::describe;

/// What could stand where a type is wanted.
pub(super) fn complete(
    db: &dyn Db,
    file: SourceFile,
    ty: &Type,
    cursor: &Cursor,
    meanings: &Meanings,
) -> Completions {
    let wanted = Wanted::of(ty);
    if let Some((_, before)) = cursor.path().filter(|(_, before)| !before.is_empty()) {
        return names::after_dot(db, file, &before, &wanted, &cursor.before);
    }
    let mut found = Vec::new();
    for leaf in &wanted.leaves {
        of_type(db, leaf, &mut found, meanings);
    }
    let functions = Vocabulary::get().functions.values();
    found.extend(functions.filter(|function| wanted.takes_result_of(function)).map(function));
    let locals = meanings.locals().iter().rev();
    found.extend(
        locals.map(|(name, value)| {
            Completion::new(Sort::Local, name.as_str()).detail(value.to_string()).rank(0)
        }),
    );
    let in_scope = names::in_scope(db, file, &wanted, &cursor.before);
    found.extend(in_scope.found);
    found.extend(parameters(db, file, cursor));
    Completions { found, more: in_scope.more }
}

fn of_type(db: &dyn Db, ty: &Type, found: &mut Vec<Completion>, meanings: &Meanings) {
    let vocabulary = Vocabulary::get();
    match ty {
        Type::Word(name) => {
            let words = vocabulary.enums.get(name).into_iter().flat_map(|words| &words.words);
            found.extend(words.map(|word| {
                Completion::new(Sort::Word, word.name.as_str())
                    .detail(name.as_str())
                    .doc(word.doc.as_str())
                    .rank(0)
            }));
        }
        Type::Bool => {
            found.extend(["true", "false"].map(|word| Completion::new(Sort::Word, word).rank(0)));
        }
        Type::Quantity(dimension) => found.extend(units(dimension)),
        Type::Person => {
            let people = people(db, db.project()).iter().flatten();
            found.extend(people.map(|person| Completion::new(Sort::Person, person.as_str()).rank(0)));
        }
        Type::Zone => {
            let zones = time_zones().into_iter();
            found.extend(zones.map(|zone| {
                let text = format!("\"{zone}\"");
                Completion { insert: text, ..Completion::new(Sort::Value, zone) }
            }));
        }
        Type::Version | Type::Range => found.extend(versions(db, ty, meanings)),
        Type::Type => found.extend(types()),
        _ => {}
    }
}

/// The units of a dimension, as they are printed. They stand after a number; without one they mean nothing.
fn units(dimension: &str) -> Vec<Completion> {
    let vocabulary = Vocabulary::get();
    let units = vocabulary.dimensions.get(dimension).into_iter().flat_map(|dimension| &dimension.units);
    units
        .filter_map(|name| vocabulary.unit(name))
        .map(|unit| {
            Completion::new(Sort::Unit, unit.name.as_str()).detail(dimension).doc(unit.doc.as_str()).rank(0)
        })
        .collect()
}

/// The versions of what is named before: the declared one, or ranges that take what is provided.
fn versions(db: &dyn Db, ty: &Type, meanings: &Meanings) -> Vec<Completion> {
    let mut found = Vec::new();
    for value in meanings.operands() {
        let ValueKind::Reference(reference) = &value.kind else { continue };
        for version in known_versions(db, reference) {
            let (text, detail) = match ty {
                Type::Range => (caret(&version), format!("takes {version} and what is compatible with it")),
                _ => (version.clone(), format!("the declared version of {}", reference.name)),
            };
            found.push(Completion::new(Sort::Value, text).detail(detail).rank(0));
        }
    }
    if *ty == Type::Range {
        found.push(Completion::new(Sort::Value, "any").detail("every version"));
    }
    found
}

fn known_versions(db: &dyn Db, reference: &Reference) -> Vec<String> {
    if !views::DEPLOYABLE.contains(&reference.kind.as_str()) {
        return Vec::new();
    }
    let view = &deployable(db, reference.item).view;
    let versions: Vec<String> = match &reference.part {
        None => view.version.iter().map(|version| version.value.to_string()).collect(),
        Some((part, _)) => {
            let provided = view
                .provides
                .iter()
                .filter(|provided| provided.part.as_ref().is_some_and(|known| known.value == *part));
            provided.filter_map(|provided| Some(provided.version.as_ref()?.value.to_string())).collect()
        }
    };
    versions
}

/// `^2.3` for `2.3.1`
fn caret(version: &str) -> String {
    let mut parts = version.split('.');
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => format!("^{major}.{minor}"),
        _ => format!("^{version}"),
    }
}

fn types() -> Vec<Completion> {
    let vocabulary = Vocabulary::get();
    let plain = Type::PRIMITIVES.iter().map(|(name, _)| (*name).to_owned());
    let declared = vocabulary.dimensions.keys().chain(vocabulary.enums.keys()).map(ToString::to_string);
    let kinds = vocabulary.declarable().filter(|kind| !kind.library_only).map(|kind| kind.name.to_string());
    plain.chain(declared).chain(kinds).map(|name| Completion::new(Sort::Type, name)).collect()
}

fn function(function: &Function) -> Completion {
    let required = function.params.iter().filter(|param| param.default.is_none());
    let places: Vec<String> = required.enumerate().map(|(at, param)| place(at + 1, param)).collect();
    Completion::new(Sort::Function, function.name.as_str())
        .snippet(format!("{}({})$0", function.name, places.join(", ")))
        .detail(describe::function(function))
        .doc(function.doc.as_str())
}

/// Where an argument is filled in.
pub(super) fn place(number: usize, param: &Parameter) -> String {
    if param.ty.alternatives().contains(&Type::Text) {
        format!("\"${number}\"")
    } else {
        format!("${number}")
    }
}

/// The parameters that a call has left.
fn parameters(db: &dyn Db, file: SourceFile, cursor: &Cursor) -> Vec<Completion> {
    let Some((path, args)) = cursor.call() else { return Vec::new() };
    let Some(params) = called(db, file, &path) else { return Vec::new() };
    let given = |param: &Parameter| {
        args.iter().any(|arg| arg.name.as_ref().is_some_and(|name| name.text == param.name))
    };
    params
        .iter()
        .filter(|param| !given(param))
        .map(|param| {
            Completion::new(Sort::Parameter, param.name.as_str())
                .snippet(format!("{} = $0", param.name))
                .detail(param.ty.to_string())
                .rank(0)
        })
        .collect()
}

/// The parameters of what a path calls.
pub(crate) fn called<'db>(db: &'db dyn Db, file: SourceFile, path: &[Name]) -> Option<&'db [Parameter]> {
    let whole = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
    match resolve(db, file, &whole, &|kind| kind != "let" && kind != "use") {
        Resolution::Found(item) => signature(db, item),
        _ => Vocabulary::get().functions.get(whole.as_str()).map(|function| function.params.as_slice()),
    }
}
