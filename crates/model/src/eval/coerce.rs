//! Whether a value is what is wanted, and what to say when it is not.

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Edit, catalogue, suggest};
use jiff::tz::TimeZoneDatabase;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::Evaluator;
use crate::value::{Condition, Value, ValueKind};
use crate::vocabulary::{Type, Vocabulary};
use clearway_versions::Range;

impl Evaluator<'_> {
    /// The value as the wanted type; what is wrong is told.
    pub(super) fn coerce(&mut self, value: Value, ty: &Type) -> Value {
        let place = value.place;
        match fit(&value, ty) {
            Some(kind) => Value { place, kind },
            None => self.fail(mismatch(&value, ty)),
        }
    }
}

/// The value as one of the alternatives of a type, the first that fits.
fn fit(value: &Value, ty: &Type) -> Option<ValueKind> {
    ty.alternatives().iter().find_map(|ty| fit_one(value, ty))
}

fn fit_one(value: &Value, ty: &Type) -> Option<ValueKind> {
    use ValueKind as V;
    let same = || Some(value.kind.clone());
    match (&value.kind, ty) {
        // What nobody wrote fits everywhere: a policy asks for it with `has`.
        (V::Unknown | V::Absent, _) | (_, Type::Any) => same(),
        (V::Parameter(of), _) => {
            let fits = of.alternatives().iter().all(|of| assignable(of, ty));
            fits.then(|| value.kind.clone())
        }
        (V::List(items), Type::List(of)) => {
            let items: Option<Vec<Value>> =
                items.iter().map(|item| Some(Value { place: item.place, kind: fit(item, of)? })).collect();
            Some(V::List(items?.into()))
        }
        // One value stands for a list of one.
        (_, Type::List(of)) => {
            let kind = fit(value, of)?;
            Some(V::List(Arc::from([Value { place: value.place, kind }])))
        }
        (V::Text(_), Type::Text)
        | (V::Number(_), Type::Number)
        | (V::Percent(_), Type::Percent)
        | (V::Bool(_), Type::Bool)
        | (V::Version(_), Type::Version)
        | (V::Range(_), Type::Range)
        | (V::Date(_), Type::Date)
        | (V::DateTime(_), Type::DateTime)
        | (V::Time(_), Type::Time)
        | (V::Name(_), Type::Name | Type::Person)
        | (V::Zone(_), Type::Zone)
        | (V::Condition(_), Type::Condition)
        | (V::Type(_), Type::Type) => same(),
        (V::Number(number), Type::Count) => {
            (number.value.fract().is_zero() && number.value >= Decimal::ZERO).then(|| value.kind.clone())
        }
        // `1.0` is a number until a version is wanted; a version of another scheme is quoted.
        (V::Number(number), Type::Version) => Some(V::Version(number.text.clone())),
        (V::Text(text), Type::Version) => Some(V::Version(SmolStr::new(text))),
        (V::Text(text), Type::Name | Type::Person) => Some(V::Name(SmolStr::new(text))),
        (V::Text(text), Type::Zone) => zone(text).map(V::Zone),
        (V::Name(name), Type::Zone) => zone(name).map(V::Zone),
        (V::Bool(known), Type::Condition) => Some(V::Condition(Arc::new(Condition::Constant(*known)))),
        (V::Quantity(_, unit), Type::Quantity(dimension)) => {
            (Vocabulary::get().unit(unit)?.dimension == *dimension).then(|| value.kind.clone())
        }
        (V::Clause(item), Type::Clause(wanted)) => (item.path == *wanted).then(|| value.kind.clone()),
        (V::Word(name, _), Type::Word(wanted)) => (name == wanted).then(|| value.kind.clone()),
        (V::Reference(reference), Type::Declaration(kind)) => {
            (reference.part.is_none() && reference.kind == *kind).then(|| value.kind.clone())
        }
        (V::Reference(reference), Type::Part(of)) => {
            let kinds = |ty: &Type| matches!(ty, Type::Declaration(kind) if *kind == reference.kind);
            of.alternatives().iter().any(kinds).then(|| value.kind.clone())
        }
        (V::Span(ends), Type::Span(of)) => {
            let end = |end: &Value| Some(Value { place: end.place, kind: fit(end, of)? });
            Some(V::Span(Arc::new((end(&ends.0)?, end(&ends.1)?))))
        }
        (V::Call(call), Type::Result(result)) => {
            let function = Vocabulary::get().functions.get(&call.function)?;
            (function.result == Type::Result(result.clone())).then(|| value.kind.clone())
        }
        _ => None,
    }
}

/// Whether every value of one type fits another.
fn assignable(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::List(from), Type::List(to)) | (Type::Span(from), Type::Span(to)) => assignable(from, to),
        (from, Type::List(to)) => assignable(from, to),
        (from, Type::Either(types)) => types.iter().any(|to| assignable(from, to)),
        (Type::Count, Type::Number)
        | (Type::Number | Type::Text, Type::Version)
        | (Type::Text, Type::Zone | Type::Name)
        | (Type::Bool, Type::Condition) => true,
        (from, Type::Part(of)) => assignable(from, of),
        _ => from == to,
    }
}

/// The names of all time zones.
pub fn time_zones() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect()
}

/// The IANA zone with this name; in another case it is no zone.
fn zone(name: &str) -> Option<SmolStr> {
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    (zone.iana_name() == Some(name)).then(|| SmolStr::new(name))
}

/// How a message begins that tells of a value of another type than is wanted.
pub(super) fn expected(ty: &Type) -> String {
    format!("expected {ty}, found ")
}

fn mismatch(value: &Value, ty: &Type) -> Diagnostic {
    let place = value.place;
    if let (ValueKind::Text(text), [Type::Zone]) = (&value.kind, ty.alternatives()) {
        return unknown_zone(text, place);
    }
    if let (ValueKind::Name(text), [Type::Zone]) = (&value.kind, ty.alternatives()) {
        return unknown_zone(text, place);
    }
    let found = value.kind.describe();
    let code = match (&value.kind, ty) {
        (ValueKind::Quantity(..), ty)
            if ty.alternatives().iter().any(|ty| matches!(ty, Type::Quantity(_))) =>
        {
            catalogue::WRONG_UNIT
        }
        _ => catalogue::WRONG_TYPE,
    };
    let diagnostic =
        Diagnostic::new(code, format!("{}{found}", expected(ty)), place, format!("this is {found}"));
    let wants = |wanted: &dyn Fn(&Type) -> bool| ty.alternatives().iter().any(wanted);
    match (&value.kind, units(ty)) {
        (ValueKind::Number(number), Some(units)) => {
            return diagnostic
                .help(format!("write a unit after the number: `{}` and one of `{units}`", number.text));
        }
        (ValueKind::Quantity(..) | ValueKind::Percent(_), Some(units)) => {
            return diagnostic.help(format!("{ty} has one of the units `{units}`"));
        }
        _ => {}
    }
    match &value.kind {
        ValueKind::Number(number) if wants(&|ty| *ty == Type::Percent) => {
            let percent = format!("{}%", number.text);
            diagnostic
                .help(format!("did you mean `{percent}`?"))
                .fix(format!("write `{percent}`"), Edit::Replace(place, percent))
        }
        ValueKind::Number(_) if wants(&|ty| *ty == Type::Range) => range_help(diagnostic, value),
        ValueKind::Version(_) if wants(&|ty| *ty == Type::Range) => range_help(diagnostic, value),
        ValueKind::Text(text) if wants(&|ty| *ty == Type::Range) && Range::parse(text).is_some() => {
            let range = format!("range({text:?})");
            diagnostic
                .help(format!("write `{range}`"))
                .fix(format!("write `{range}`"), Edit::Replace(place, range))
        }
        ValueKind::Range(range) if wants(&|ty| *ty == Type::Condition) => diagnostic.help(format!(
            "`{range}` is read as a version range: to compare, put a space after the operator"
        )),
        ValueKind::Range(range) if wants(&|ty| *ty == Type::Version) => {
            let version = range.alternatives.first().and_then(|bounds| bounds.first());
            diagnostic.help_if(version.map(|bound| format!("write the version alone: `{}`", bound.version)))
        }
        ValueKind::Name(name) | ValueKind::Word(_, name) if wants(&|ty| *ty == Type::Text) => {
            let text = format!("\"{name}\"");
            diagnostic
                .help(format!("write `{text}`"))
                .fix(format!("write `{text}`"), Edit::Replace(place, text))
        }
        ValueKind::Reference(reference) if wants(&|ty| *ty == Type::Text) => {
            diagnostic.help(format!("a text stands between double quotes: `\"{}\"`", reference.name))
        }
        _ => diagnostic,
    }
}

/// The units of a wanted quantity.
fn units(ty: &Type) -> Option<String> {
    let dimension = ty.alternatives().iter().find_map(|ty| match ty {
        Type::Quantity(name) => Vocabulary::get().dimensions.get(name),
        _ => None,
    });
    dimension.map(|dimension| dimension.units.join("`, `"))
}

fn range_help(diagnostic: Diagnostic, value: &Value) -> Diagnostic {
    let range = format!("^{value}");
    diagnostic
        .help(format!("write `{range}` for this version and the compatible ones after it"))
        .fix(format!("write `{range}`"), Edit::Replace(value.place, range))
}

fn unknown_zone(name: &str, place: clearway_diagnostics::Place) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        catalogue::UNKNOWN_TIME_ZONE,
        format!("there is no time zone `{name}`"),
        place,
        "not in the IANA time zone database",
    );
    let names = time_zones();
    let city = |zone: &&String| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name));
    // An abbreviation names several zones, and a near one would move the hours: PST is not EST.
    let abbreviation = name.len() <= 5 && name.chars().all(|c| c.is_ascii_uppercase());
    let closest = suggest::closest(name, names.iter().map(String::as_str))
        .filter(|_| !abbreviation)
        .or_else(|| names.iter().find(city).map(String::as_str));
    match closest {
        Some(closest) => diagnostic
            .help(format!("did you mean `{closest}`?"))
            .fix(format!("write `{closest}`"), Edit::Replace(place, format!("\"{closest}\""))),
        None => diagnostic.help("zones are named by continent and city: `Europe/Berlin`"),
    }
}
