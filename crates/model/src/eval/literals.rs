//! Literals: what their text stands for.

use std::str::FromStr;
use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Edit, catalogue, suggest};
use clearway_syntax::{Expr, ExprKind, Name};
use jiff::civil;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::Evaluator;
use crate::meaning::Meaning;
use crate::value::{Moment, Number, Value, ValueKind};
use crate::vocabulary::{Type, Vocabulary};
use clearway_versions::Range;

impl Evaluator<'_> {
    pub(super) fn literal(&mut self, expr: &Expr, ty: &Type) -> ValueKind {
        match &expr.kind {
            ExprKind::Number(text) => match decimal(text) {
                Some(value) => ValueKind::Number(Number { value, text: text.clone() }),
                None => self.bad_literal(expr, text, "number", "it has more than 28 digits"),
            },
            ExprKind::Percent(text) => match decimal(text) {
                Some(value) => ValueKind::Percent(value),
                None => self.bad_literal(expr, text, "number", "it has more than 28 digits"),
            },
            ExprKind::Quantity(number, unit) => self.quantity(number, unit, ty),
            ExprKind::Version(text) => ValueKind::Version(text.clone()),
            ExprKind::Range(text) => match Range::parse(text) {
                Some(range) => ValueKind::Range(Arc::new(range)),
                None => self.bad_literal(expr, text, "version range", ""),
            },
            ExprKind::Date(text) => match civil::Date::from_str(text) {
                Ok(date) => ValueKind::Date(date),
                Err(_) => self.bad_literal(expr, text, "date", "there is no such day"),
            },
            ExprKind::DateTime(text) => match moment(text) {
                Some(moment) => ValueKind::DateTime(moment),
                None => self.bad_literal(expr, text, "date with a time", "there is no such moment"),
            },
            ExprKind::Time(text) => match minutes(text) {
                Some(minutes) => ValueKind::Time(minutes),
                None => self.bad_literal(expr, text, "time of day", "a day goes from 00:00 to 24:00"),
            },
            ExprKind::Raw(text) => ValueKind::Text(text.clone()),
            ExprKind::Bool(value) => ValueKind::Bool(*value),
            _ => ValueKind::Unknown,
        }
    }

    fn bad_literal(&mut self, expr: &Expr, text: &str, what: &str, why: &str) -> ValueKind {
        let message = format!("`{text}` is no {what}");
        self.report(Diagnostic::new(catalogue::BAD_VALUE, message, self.place(expr.id), why));
        ValueKind::Unknown
    }

    fn quantity(&mut self, number: &Name, unit: &Name, ty: &Type) -> ValueKind {
        let vocabulary = Vocabulary::get();
        let Some(amount) = decimal(&number.text) else {
            let message = format!("`{}` is no number", number.text);
            self.report(Diagnostic::new(
                catalogue::BAD_VALUE,
                message,
                self.place(number.id),
                "it has more than 28 digits",
            ));
            return ValueKind::Unknown;
        };
        self.record_wanted_unit(unit, ty);
        if let Some(known) = vocabulary.unit(&unit.text) {
            self.record(unit, || Meaning::Unit(known));
            return ValueKind::Quantity(amount, known.name.clone());
        }
        let place = self.place(unit.id);
        let mut diagnostic = Diagnostic::new(
            catalogue::UNKNOWN_UNIT,
            format!("`{}` is no unit", unit.text),
            place,
            "unknown unit",
        );
        let wanted = ty.alternatives().iter().filter_map(|ty| match ty {
            Type::Quantity(dimension) => Some(dimension.as_str()),
            _ => None,
        });
        let fit = wanted.flat_map(|dimension| vocabulary.unit_spellings(Some(dimension)));
        let closest = suggest::closest(&unit.text, fit)
            .or_else(|| suggest::closest(&unit.text, vocabulary.unit_spellings(None)));
        // `12 minuts` are more than one.
        let closest = closest.map(|closest| {
            let plural = format!("{closest}s");
            let same = vocabulary.unit(&plural).map(|unit| &unit.name)
                == vocabulary.unit(closest).map(|unit| &unit.name);
            if same && amount != Decimal::ONE { plural } else { closest.to_owned() }
        });
        let version = ty.alternatives().contains(&Type::Version);
        if version {
            let quoted = format!("\"{}{}\"", number.text, unit.text);
            diagnostic = diagnostic
                .help(format!("a version of another scheme stands between double quotes: {quoted}"));
        } else if let Some(closest) = closest {
            diagnostic = diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest));
        } else if unit.text.chars().any(|c| c.is_ascii_digit()) {
            diagnostic = diagnostic.help("one number has one unit: write `90 m` for an hour and a half");
        } else {
            diagnostic = diagnostic.help("to start a clause after a field, write `;` before it");
        }
        self.report(diagnostic);
        ValueKind::Unknown
    }

    /// `>=1.2, <3` as one operand of a clause.
    pub(super) fn range_group(&mut self, items: &[Expr]) -> ValueKind {
        let mut bounds = Vec::new();
        for item in items {
            if let ValueKind::Range(range) = self.literal(item, &Type::Range) {
                bounds.extend(range.alternatives.iter().flatten().cloned());
            } else {
                return ValueKind::Unknown;
            }
        }
        ValueKind::Range(Arc::new(Range { alternatives: vec![bounds] }))
    }

    /// A number where a quantity of another spelling is wanted keeps its place.
    pub(super) const fn value(&self, place: clearway_diagnostics::Place, kind: ValueKind) -> Value {
        Value { place, kind }
    }
}

fn decimal(text: &SmolStr) -> Option<Decimal> {
    let plain = text.replace('_', "");
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    Decimal::from_str_exact(&plain).ok().filter(|_| digits <= 28)
}

/// Minutes since midnight; 24:00 is the end of the day.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0))).then_some(hours * 60 + minutes)
}

fn moment(text: &str) -> Option<Moment> {
    let (date, rest) = text.split_once('T')?;
    let zone_at = rest.find(['Z', '+', '-']);
    let (time, zone) = zone_at.map_or((rest, ""), |at| rest.split_at(at));
    let date = civil::Date::from_str(date).ok()?;
    let seconds: i8 = time.get(6..).map_or(Some(0), |seconds| seconds.parse().ok())?;
    let minutes = minutes(time.get(..5)?)?;
    let local = if minutes == 1440 {
        (seconds == 0).then_some(())?;
        date.tomorrow().ok()?.at(0, 0, 0, 0)
    } else {
        let time = civil::Time::new((minutes / 60) as i8, (minutes % 60) as i8, seconds, 0).ok()?;
        civil::DateTime::from_parts(date, time)
    };
    let offset = match zone.split_at_checked(1) {
        None => None,
        Some(("Z", _)) => Some(0),
        Some((sign, offset)) => {
            let minutes = i32::from(self::minutes(offset).filter(|minutes| *minutes <= 14 * 60)?);
            Some(if sign == "-" { -minutes * 60 } else { minutes * 60 })
        }
    };
    Some(Moment { local, offset })
}

#[cfg(test)]
mod tests {
    use super::{minutes, moment};

    #[test]
    fn times_and_moments_are_read_with_their_limits() {
        assert_eq!(minutes("24:00"), Some(1440));
        assert_eq!(minutes("24:01"), None);
        assert_eq!(minutes("09:60"), None);
        let offset = |text: &str| moment(text).map(|moment| moment.offset);
        assert_eq!(offset("2026-12-24T10:00"), Some(None));
        assert_eq!(offset("2026-12-24T10:00Z"), Some(Some(0)));
        assert_eq!(offset("2026-12-24T10:00:30-03:30"), Some(Some(-12_600)));
        assert_eq!(offset("2026-13-24T10:00"), None);
        assert_eq!(offset("2026-12-24T10:00+25:00"), None);
    }
}
