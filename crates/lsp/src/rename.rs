//! Renaming: every place at which a name stands, in all files, or the reason why not.

use clearway_diagnostics::Span;
use clearway_model::{Db, Item, SourceFile, item_at, meanings, names, scope, word_span};
use clearway_syntax::{RESERVED, is_name};

use crate::location::{Location, TextChange};
use crate::navigation::Target;

/// The bytes of the name at an offset, when it can be renamed.
pub(crate) fn prepare(db: &dyn Db, file: SourceFile, offset: u32) -> Result<Span, String> {
    let (target, span) = Target::at(db, file, offset).ok_or("nothing here has a name of yours")?;
    may_change(db, &target)?;
    let text = &file.text(db)[span.range()];
    Ok(if text.starts_with('"') { Span::new(span.start + 1, span.end - 1) } else { span })
}

/// The changes that rename what stands at an offset.
pub(crate) fn rename(
    db: &dyn Db,
    file: SourceFile,
    offset: u32,
    new: &str,
) -> Result<Vec<(SourceFile, TextChange)>, String> {
    let (target, span) = Target::at(db, file, offset).ok_or("nothing here has a name of yours")?;
    may_change(db, &target)?;
    let name = target.name(db);
    let here = unquoted(&file.text(db)[span.range()]);
    // Another name that a `use` gave it is known in its file alone.
    let alias = here != name;
    let places = if alias { target.occurrences_in_file(db, file) } else { target.occurrences(db) };
    let places: Vec<Location> =
        places.into_iter().filter(|place| unquoted(slice(db, *place)) == here).collect();
    let bare = places.iter().any(|place| !slice(db, *place).starts_with('"'));
    if bare && !is_writable(new, here.contains('.')) {
        return Err(format!(
            "`{new}` is no name: letters, digits, `-` and `_`, and none of the reserved words"
        ));
    }
    if new.contains(['"', '\\', '\n', '$']) {
        return Err(format!("`{new}` cannot stand between quotes"));
    }
    if new != here {
        is_free(db, &target, &places, new)?;
    }
    let change = |place: &Location| {
        let text = if slice(db, *place).starts_with('"') { format!("\"{new}\"") } else { new.to_owned() };
        (place.file, TextChange { span: place.span, text })
    };
    Ok(places.iter().map(change).collect())
}

fn may_change(db: &dyn Db, target: &Target) -> Result<(), String> {
    match target {
        Target::Declaration(item) | Target::Part(item, _) if item.file(db).library(db) => {
            Err(format!("`{}` belongs to the library", item.name(db)))
        }
        Target::Declaration(item) | Target::Part(item, _) if item.file(db).package(db).is_some() => {
            Err(format!("`{}` belongs to a package: others may use it under its name", item.name(db)))
        }
        Target::Module(_) => Err("a module has the name of its file: rename the file".to_owned()),
        _ => Ok(()),
    }
}

/// Whether nothing has the new name where the old one stands.
fn is_free(db: &dyn Db, target: &Target, places: &[Location], new: &str) -> Result<(), String> {
    let taken = || Err(format!("`{new}` is taken: what is called so would be meant instead"));
    match target {
        Target::Local(item, _) | Target::Part(item, _) => {
            let text = item.file(db).text(db);
            let words = meanings(db, *item).words();
            if words.iter().any(|word| &text[word_span(db, *item, word).range()] == new) {
                return taken();
            }
        }
        Target::Declaration(item) => {
            let mut files: Vec<SourceFile> = places.iter().map(|place| place.file).collect();
            files.dedup();
            let known = |file: &SourceFile| {
                let same_kind = |other: &Item| other.kind(db) == item.kind(db) || other.kind(db) == "let";
                names(db, *file).get(new).iter().any(same_kind)
                    || scope(db, *file).imports.iter().any(|import| import.name == new)
            };
            if files.iter().any(known)
                || places.iter().any(|place| shadowed(db, *place, new))
                || clearway_model::resolve_project_wide(db, new, &|kind| kind == item.kind(db).as_str())
                    .is_some()
            {
                return taken();
            }
        }
        Target::Person(_) | Target::Module(_) => {}
    }
    Ok(())
}

/// Whether a parameter or `let` of the item around a place has the name.
fn shadowed(db: &dyn Db, place: Location, new: &str) -> bool {
    let Some(item) = item_at(db, place.file, place.span.start) else { return false };
    let text = place.file.text(db);
    meanings(db, item).words().iter().any(|word| {
        matches!(word.meaning, clearway_model::Meaning::Local(_))
            && &text[word_span(db, item, word).range()] == new
    })
}

fn is_writable(name: &str, dotted: bool) -> bool {
    let plain = |name: &str| is_name(name) && !RESERVED.contains(&name);
    if dotted { name.split('.').all(plain) } else { plain(name) }
}

fn slice(db: &dyn Db, place: Location) -> &str {
    &place.file.text(db)[place.span.range()]
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}
