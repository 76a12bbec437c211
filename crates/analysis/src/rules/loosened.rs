//! What a binding package demands is only tightened by what extends it.
//!
//! What a declaration of the package says stays as it is in whatever extends it, unless the vocabulary says in which direction it
//! tightens, and it is changed in that direction. So what nobody thought of is not loosened.

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::vocabulary::{Contents, Tightens, Vocabulary};
use clearway_model::{
    ClauseValue, Db, Item, Lowered, Value, ValueKind, Values, holds, instance, lower, same,
};
use clearway_syntax::BinaryOp;
use smol_str::SmolStr;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let lowered = lower(db, item);
    // That a control of a policy is not weakened is a rule of its own, for all policies.
    if lowered.broken || lowered.kind == "policy" {
        return Vec::new();
    }
    let Some(kind) = Vocabulary::get().kinds.get(&lowered.kind) else { return Vec::new() };
    let mut found = Vec::new();
    for demanded in demanded(db, lowered) {
        let mut comparison = Comparison { name: item.name_place(db), found: Vec::new() };
        comparison.values(&kind.contents, &demanded.values, &lowered.values);
        let from = demanded.name.clone();
        found.extend(comparison.found.into_iter().map(|change| tell(&from, change)));
    }
    found
}

/// The nearest declarations of binding packages that a declaration extends, whatever stands between. Within its package each may be
/// extended as its keeper likes.
fn demanded<'db>(db: &'db dyn Db, lowered: &Lowered) -> Vec<&'db Lowered> {
    let own = lowered.item.file(db).package(db);
    let mut found = Vec::new();
    let mut seen = vec![lowered.item];
    let mut bases: Vec<_> = lowered.bases.clone();
    while let Some(base) = bases.pop() {
        if seen.contains(&base.item) {
            continue;
        }
        seen.push(base.item);
        let extended = instance(db, &base);
        match base.item.file(db).package(db).filter(|package| package.manifest(db).binding) {
            Some(package) if Some(package) != own => found.push(extended),
            _ => bases.extend(extended.bases.iter().cloned()),
        }
    }
    found
}

/// Something that the package says, and that is another here.
struct Change {
    what: String,
    before: Option<Value>,
    after: Option<Value>,
    /// Where it is changed, and where it is demanded.
    places: (Place, Option<Place>),
}

fn tell(from: &str, change: Change) -> Diagnostic {
    let Change { what, before, after, places: (here, there) } = change;
    let message = match (&before, &after) {
        (Some(before), Some(after)) => {
            format!("{what} of `{from}` is changed from {before} to {after}, which does not tighten it")
        }
        (Some(before), None) => format!("{what} of `{from}` is {before}, and is missing here"),
        (None, Some(after)) => format!("`{from}` leaves {what} out, and here it is {after}"),
        (None, None) => format!("{what} of `{from}` is not as it is there"),
    };
    let told = Diagnostic::new(catalogue::LOOSENED_DEMAND, message, here, "loosens what is demanded");
    let told = match there {
        Some(place) => told.related(place, "a binding package demands this"),
        None => told,
    };
    told.help("leave it as it is, or ask the package's keeper for a parameter")
}

struct Comparison {
    /// Where the declaration has its name: the place of what is missing in it.
    name: Place,
    found: Vec<Change>,
}

impl Comparison {
    fn values(&mut self, contents: &Contents, before: &Values, after: &Values) {
        for field in &contents.fields {
            let what = || format!("`{}`", field.name);
            self.value(&what, field.tightens, before.field(&field.name), after.field(&field.name));
        }
        for clause in &contents.clauses {
            let demanded: Vec<&ClauseValue> = before.clauses(&clause.keyword).collect();
            let mut own: Vec<&ClauseValue> = after.clauses(&clause.keyword).collect();
            for demanded in demanded {
                let at = own.iter().position(|own| match (name(demanded), name(own)) {
                    (Some(demanded), Some(own)) => demanded == own,
                    (None, None) => !clause.repeated || is_same(demanded, own),
                    _ => false,
                });
                match at {
                    Some(at) => self.clause(&clause.contents, demanded, own.remove(at)),
                    None => self.found.push(Change {
                        what: words(demanded),
                        before: None,
                        after: None,
                        places: (own.first().map_or(self.name, |own| own.place), Some(demanded.place)),
                    }),
                }
            }
            if clause.tightens.is_none() {
                self.found.extend(own.into_iter().map(|added| Change {
                    what: words(added),
                    before: None,
                    after: None,
                    places: (added.place, None),
                }));
            }
        }
    }

    fn clause(&mut self, contents: &Contents, before: &ClauseValue, after: &ClauseValue) {
        let subject = words(before);
        let directions = contents.positionals.iter().map(|part| (&part.name, part.tightens));
        let directions = directions.chain(contents.labels.iter().map(|part| (&part.name, part.tightens)));
        for (part, tightens) in directions {
            let what = || format!("`{part}` in {subject}");
            self.value(&what, tightens, before.part(part), after.part(part));
        }
        let flags = |clause: &ClauseValue| -> Vec<SmolStr> {
            let mut flags: Vec<SmolStr> = clause.flags.iter().map(|(flag, _)| flag.clone()).collect();
            flags.sort();
            flags.dedup();
            flags
        };
        if flags(before) != flags(after) {
            self.found.push(Change {
                what: subject,
                before: None,
                after: None,
                places: (after.place, Some(before.place)),
            });
        }
        let name = std::mem::replace(&mut self.name, after.place);
        self.values(contents, &before.values, &after.values);
        self.name = name;
    }

    fn value(
        &mut self,
        what: &dyn Fn() -> String,
        tightens: Option<Tightens>,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let fits = match (before, after) {
            (None, None) => true,
            (Some(before), Some(after)) => {
                same(&before.kind, &after.kind)
                    || tightens.is_some_and(|tightens| is_tighter(tightens, before, after))
            }
            // What was left to everybody is bound.
            (None, Some(_)) => tightens.is_some(),
            (Some(_), None) => false,
        };
        if !fits {
            self.found.push(Change {
                what: what(),
                before: before.cloned(),
                after: after.cloned(),
                places: (after.map_or(self.name, |after| after.place), before.map(|before| before.place)),
            });
        }
    }
}

/// Whether a value is changed in the direction that tightens it.
fn is_tighter(tightens: Tightens, before: &Value, after: &Value) -> bool {
    let (less, more) = match tightens {
        Tightens::Up => (before, after),
        Tightens::Down => (after, before),
    };
    match (&less.kind, &more.kind) {
        (ValueKind::List(less), ValueKind::List(more)) => {
            less.iter().all(|item| more.iter().any(|other| same(&item.kind, &other.kind)))
        }
        (ValueKind::Quantity(_, left), ValueKind::Quantity(_, right)) => {
            let dimension = |unit| Vocabulary::get().unit(unit).map(|unit| &unit.dimension);
            let separate = |name| Vocabulary::get().dimensions.get(name).is_none_or(|found| found.separate);
            let comparable = left == right
                || (dimension(left) == dimension(right) && !dimension(left).is_none_or(separate));
            comparable && holds(BinaryOp::AtMost, less, more) == Some(true)
        }
        (ValueKind::Number(_), ValueKind::Number(_))
        | (ValueKind::Percent(_), ValueKind::Percent(_))
        | (ValueKind::Word(..), ValueKind::Word(..)) => holds(BinaryOp::AtMost, less, more) == Some(true),
        _ => false,
    }
}

/// The name of a clause's own, by which it is told from its neighbours: `board` of `step board`.
fn name(clause: &ClauseValue) -> Option<String> {
    let (_, first) = clause.parts.first()?;
    matches!(first.kind, ValueKind::Name(_) | ValueKind::Text(_)).then(|| first.to_string())
}

/// Whether two clauses without a name say the same.
fn is_same(left: &ClauseValue, right: &ClauseValue) -> bool {
    left.parts.len() == right.parts.len()
        && left
            .parts
            .iter()
            .zip(&right.parts)
            .all(|((name, left), (other, right))| name == other && same(&left.kind, &right.kind))
}

/// A clause in a message.
fn words(clause: &ClauseValue) -> String {
    let parts: Vec<String> = clause.parts.iter().map(|(_, value)| value.to_string()).collect();
    format!("`{}`", [&[clause.keyword.to_string()], parts.as_slice()].concat().join(" "))
}
