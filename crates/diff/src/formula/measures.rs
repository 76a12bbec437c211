//! The metrics of some conditions, and the cases of each.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Amount, Compare, Condition, MetricUse, NoData, Operand, Operator, Scalar};
use rust_decimal::Decimal;

use super::state::{Known, State};

/// The metrics of some conditions, each with all that it is compared with.
#[derive(Default)]
pub(crate) struct Measures {
    all: Vec<Measure>,
    by_key: BTreeMap<String, usize>,
}

/// A metric, measured over one time in one way.
struct Measure {
    name: String,
    /// What tells it from another use of the metric: its arguments.
    args: BTreeMap<String, Scalar>,
    /// What tells it from another that only has other arguments: its unit, its query, the time over which it is measured.
    way: (String, Option<String>, Option<String>, Option<u64>),
    least: Option<Decimal>,
    most: Option<Decimal>,
    numbers: BTreeSet<Decimal>,
    /// Words, by place, as they are written.
    words: BTreeMap<usize, String>,
    texts: BTreeSet<String>,
    /// It is compared with another metric.
    is_compared: bool,
    /// The least numbers of samples that its uses need.
    samples: BTreeSet<u32>,
}

/// A condition over measures, by their numbers.
pub(crate) enum Formula {
    Constant(bool),
    Compare { left: Side, operator: Operator, right: Side },
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// A side of a comparison.
pub(crate) enum Side {
    Metric { measure: usize, needs: u32, missing_fails: bool },
    Value(Scalar),
}

/// What is known of a condition in a case. What is not known stays so, whatever is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Holds,
    Not,
    /// Nobody can tell; whether that counts as a failure.
    Unknown {
        fails: bool,
    },
}

impl Measures {
    /// A condition over these measures, which learn of it. `over` is the time over which it is measured, where that is said.
    pub(crate) fn read(&mut self, condition: &Condition, over: Option<u64>) -> Formula {
        let mut all = |parts: &[Condition]| parts.iter().map(|part| self.read(part, over)).collect();
        match condition {
            Condition::Constant(holds) => Formula::Constant(*holds),
            Condition::All(parts) => Formula::All(all(parts)),
            Condition::Any(parts) => Formula::Any(all(parts)),
            Condition::Not(inner) => Formula::Not(Box::new(self.read(inner, over))),
            Condition::Compare(compare) => self.compare(compare, over),
        }
    }

    fn compare(&mut self, compare: &Compare, over: Option<u64>) -> Formula {
        let sides = [&compare.left, &compare.right];
        let both = sides.iter().all(|side| matches!(side, Operand::Metric(_)));
        for (side, other) in [(sides[0], sides[1]), (sides[1], sides[0])] {
            let Operand::Metric(metric) = side else { continue };
            let at = self.number(metric, over);
            let measure = &mut self.all[at];
            measure.is_compared |= both;
            measure.samples.insert(metric.min_samples);
            match other {
                Operand::Value(Scalar::Amount(Amount { value, .. })) => {
                    measure.numbers.insert(value.normalize());
                }
                Operand::Value(Scalar::Word { word, rank, .. }) => {
                    measure.words.insert(*rank, word.clone());
                }
                Operand::Value(Scalar::Text(text)) => {
                    measure.texts.insert(text.clone());
                }
                Operand::Value(Scalar::Bool(_)) | Operand::Metric(_) => {}
            }
        }
        let mut side = |operand: &Operand| match operand {
            Operand::Value(value) => Side::Value(value.clone()),
            Operand::Metric(metric) => Side::Metric {
                measure: self.number(metric, over),
                needs: metric.min_samples,
                missing_fails: metric.no_data == NoData::Fail,
            },
        };
        Formula::Compare {
            left: side(&compare.left),
            operator: compare.operator,
            right: side(&compare.right),
        }
    }

    /// The number of a metric's measure.
    fn number(&mut self, metric: &MetricUse, over: Option<u64>) -> usize {
        let way = (metric.unit.clone(), metric.query.clone(), metric.samples.clone(), over);
        let key = format!("{:?} {:?} {way:?}", metric.name, metric.args);
        if let Some(known) = self.by_key.get(&key) {
            // Where the two sides do not agree on what can be, both can.
            let measure = &mut self.all[*known];
            measure.least = measure.least.zip(metric.least).map(|(one, other)| one.min(other));
            measure.most = measure.most.zip(metric.most).map(|(one, other)| one.max(other));
            return *known;
        }
        self.all.push(Measure {
            name: metric.name.clone(),
            args: metric.args.clone(),
            way,
            least: metric.least,
            most: metric.most,
            numbers: BTreeSet::new(),
            words: BTreeMap::new(),
            texts: BTreeSet::new(),
            is_compared: false,
            samples: BTreeSet::new(),
        });
        self.by_key.insert(key, self.all.len() - 1);
        self.all.len() - 1
    }

    /// The cases of a measure, those with data first.
    pub(crate) fn cases(&self, at: usize) -> Vec<State> {
        let measure = &self.all[at];
        let mut cases = Vec::new();
        if measure.words.is_empty() && (!measure.numbers.is_empty() || measure.is_compared) {
            let points = self.points(measure);
            // Where a use needs none, nobody need have counted them.
            for samples in &measure.samples {
                cases.extend(points.iter().map(|value| State::Number { value: *value, samples: *samples }));
            }
            let fewer = measure.samples.first().filter(|least| **least > 1).map(|least| least - 1);
            cases.extend(
                fewer.zip(points.first()).map(|(samples, value)| State::Number { value: *value, samples }),
            );
        }
        if !measure.words.is_empty() || (measure.is_compared && measure.numbers.is_empty()) {
            let last = measure.words.keys().next_back().copied().unwrap_or_default();
            let most = measure.most.and_then(|most| usize::try_from(most).ok());
            cases.extend((0..=most.unwrap_or(last + 1)).map(State::Word));
        }
        if !measure.texts.is_empty() {
            let texts: Vec<&String> = measure.texts.iter().collect();
            // Any of the texts may be there. Of more than these nobody could try all.
            let sets = 0..(1_u32 << texts.len().min(16));
            cases.extend(sets.map(|set| {
                let is_in = |at: usize| {
                    set & 1_u32.checked_shl(u32::try_from(at).unwrap_or(u32::MAX)).unwrap_or(0) != 0
                };
                State::Texts((0..texts.len()).filter(|at| is_in(*at)).map(|at| texts[at].clone()).collect())
            }));
        }
        cases.push(State::Nothing);
        cases
    }

    /// Values of a measure: each number that it is compared with, and as many in each gap as there may be different ones.
    fn points(&self, measure: &Measure) -> BTreeSet<Decimal> {
        let mut numbers = measure.numbers.clone();
        let mut each = 1_u32;
        if measure.is_compared {
            let others = || self.all.iter().filter(|other| other.is_compared && other.way.0 == measure.way.0);
            numbers.extend(others().flat_map(|other| other.numbers.iter().copied()));
            each = u32::try_from(others().count()).unwrap_or(u32::MAX);
        }
        // Beyond the last number on either side there is a gap too, up to where the metric ends.
        let reach = Decimal::from(each) + Decimal::ONE;
        let ends = numbers.first().copied().zip(numbers.last().copied()).unwrap_or_default();
        let low = measure.least.unwrap_or(ends.0 - reach);
        let high = measure.most.unwrap_or(ends.1 + reach);
        let is_possible = |value: &Decimal| low <= *value && *value <= high;
        let bounds: Vec<Decimal> =
            std::iter::once(low).chain(numbers.iter().copied()).chain([high]).collect();
        let gaps = bounds.iter().zip(bounds.iter().skip(1)).filter(|(low, high)| low < high);
        let between = gaps.flat_map(|(low, high)| {
            (1..=each).map(move |step| low + (high - low) * Decimal::from(step) / reach)
        });
        numbers.iter().copied().chain(between).filter(is_possible).collect()
    }

    /// Whether what is measured of two measures can go together: what a higher severity counts, a lower one counts too.
    pub(crate) fn can_be(&self, (at, state): (usize, &State), (other, its): (usize, &State)) -> bool {
        let (one, two) = (&self.all[at], &self.all[other]);
        if one.name != two.name || one.way != two.way || !one.way.0.is_empty() || one.way.1.is_some() {
            return true;
        }
        let narrower = |narrow: &Measure, wide: &Measure| {
            narrow.args.keys().chain(wide.args.keys()).all(|name| {
                match (narrow.args.get(name), wide.args.get(name)) {
                    (Some(Scalar::Word { of, rank, .. }), Some(Scalar::Word { of: set, rank: wide, .. })) => {
                        of == set && rank >= wide
                    }
                    (one, other) => one == other,
                }
            })
        };
        let fits = |narrow: &State, wide: &State| match (narrow, wide) {
            (State::Number { value, samples }, State::Number { value: more, samples: same }) => {
                value <= more && samples == same
            }
            (State::Nothing, State::Nothing) => true,
            _ => false,
        };
        match (narrower(one, two), narrower(two, one)) {
            (true, _) => fits(state, its),
            (_, true) => fits(its, state),
            (false, false) => true,
        }
    }

    /// Whether what is measured of some has to do with what is measured of others.
    pub(crate) fn touch(&self, some: &BTreeSet<usize>, others: &BTreeSet<usize>) -> bool {
        let kin = |at: &usize, other: &usize| {
            at == other
                || (self.all[*at].name == self.all[*other].name && self.all[*at].way == self.all[*other].way)
        };
        some.iter().any(|at| others.iter().any(|other| kin(at, other)))
    }

    /// A case of a measure, for a reader: `tests.pass-rate` at 95%.
    pub(crate) fn told(&self, at: usize, state: &State) -> String {
        let measure = &self.all[at];
        let args: Vec<String> =
            measure.args.iter().filter_map(|(name, value)| shown_arg(name, value)).collect();
        let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
        let name = format!("`{}{args}`", measure.name);
        match state {
            State::Number { value, samples } => {
                let value = value.round_dp(6).normalize();
                let value = match measure.way.0.as_str() {
                    "%" => format!("{value}%"),
                    "" => value.to_string(),
                    unit => format!("{value} {unit}"),
                };
                match measure.samples.iter().all(|needed| needed <= samples) {
                    true => format!("{name} is {value}"),
                    false => format!("{name} is {value} by {samples} samples"),
                }
            }
            State::Word(rank) => match (measure.words.get(rank), measure.words.keys().next()) {
                (Some(word), _) => format!("{name} is {word}"),
                (None, Some(first)) if rank < first => {
                    format!("{name} is below {}", measure.words[first])
                }
                _ => {
                    let below = measure.words.range(..rank).next_back().map(|(_, word)| word.as_str());
                    format!("{name} is above {}", below.unwrap_or("all"))
                }
            },
            State::Texts(texts) if texts.is_empty() => format!("{name} is something else"),
            State::Texts(texts) => format!("{name} is {}", texts.join(" and ")),
            State::Nothing => format!("{name} has no data"),
        }
    }
}

/// An argument, unless it leaves nothing out.
fn shown_arg(name: &str, value: &Scalar) -> Option<String> {
    match value {
        Scalar::Text(text) if text.is_empty() => None,
        Scalar::Text(text) => Some(format!("{name} = {text:?}")),
        Scalar::Word { rank: 0, .. } => None,
        Scalar::Word { word, .. } => Some(format!("{name} = {word}")),
        Scalar::Amount(Amount { value, unit }) => Some(format!("{name} = {value}{unit}")),
        Scalar::Bool(bool) => Some(format!("{name} = {bool}")),
    }
}

impl Formula {
    /// The measures that it is about.
    pub(crate) fn measures(&self, into: &mut BTreeSet<usize>) {
        match self {
            Self::Constant(_) => {}
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.measures(into)),
            Self::Not(inner) => inner.measures(into),
            Self::Compare { left, right, .. } => {
                for side in [left, right] {
                    if let Side::Metric { measure, .. } = side {
                        into.insert(*measure);
                    }
                }
            }
        }
    }

    /// What comes of it in a case.
    pub(crate) fn truth(&self, case: &[State], units: &Measures) -> Truth {
        match self {
            Self::Constant(true) => Truth::Holds,
            Self::Constant(false) => Truth::Not,
            // An empty list asks for nothing, and nothing that was asked for holds.
            Self::All(parts) | Self::Any(parts) if parts.is_empty() => Truth::Unknown { fails: false },
            Self::All(parts) => joined(parts, Truth::Not, Truth::Holds, case, units),
            Self::Any(parts) => joined(parts, Truth::Holds, Truth::Not, case, units),
            Self::Not(inner) => match inner.truth(case, units) {
                Truth::Holds => Truth::Not,
                Truth::Not => Truth::Holds,
                unknown @ Truth::Unknown { .. } => unknown,
            },
            Self::Compare { left, operator, right } => {
                match (left.known(case, units), right.known(case, units)) {
                    (Ok(left), Ok(right)) => match left.compare(*operator, &right) {
                        Some(true) => Truth::Holds,
                        Some(false) => Truth::Not,
                        None => Truth::Unknown { fails: false },
                    },
                    (Err(fails), _) | (_, Err(fails)) => Truth::Unknown { fails },
                }
            }
        }
    }
}

/// One part that decides decides; else one that is not known leaves it unknown.
fn joined(parts: &[Formula], decides: Truth, else_: Truth, case: &[State], units: &Measures) -> Truth {
    let mut unknown = None;
    for part in parts {
        match part.truth(case, units) {
            truth if truth == decides => return decides,
            Truth::Unknown { fails } => unknown = Some(unknown.unwrap_or(false) || fails),
            Truth::Holds | Truth::Not => {}
        }
    }
    unknown.map_or(else_, |fails| Truth::Unknown { fails })
}

impl Side {
    /// What is known of it in a case; otherwise whether that counts as a failure.
    fn known<'s>(&'s self, case: &'s [State], measures: &'s Measures) -> Result<Known<'s>, bool> {
        let (at, needs, missing_fails) = match self {
            Self::Metric { measure, needs, missing_fails } => (*measure, *needs, *missing_fails),
            Self::Value(value) => {
                return Ok(match value {
                    Scalar::Amount(Amount { value, unit }) => Known::Number(*value, unit),
                    Scalar::Word { of, rank, .. } => Known::Word(*rank, of),
                    Scalar::Text(text) => Known::Text(text),
                    Scalar::Bool(bool) => Known::Bool(*bool),
                });
            }
        };
        let unit = measures.all[at].way.0.as_str();
        match case.get(at) {
            Some(State::Number { samples, .. }) if *samples < needs => Err(false),
            Some(State::Number { value, .. }) => Ok(Known::Number(*value, unit)),
            Some(State::Word(rank)) => Ok(Known::Word(*rank, unit)),
            Some(State::Texts(texts)) => Ok(Known::Texts(texts)),
            Some(State::Nothing) | None => Err(missing_fails),
        }
    }
}
