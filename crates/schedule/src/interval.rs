//! Sets of instants as sorted, disjoint intervals, and their algebra. Every operation is linear in the number of intervals.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The smallest step of time. An instant that is included at an interval's end is written as an end one step later.
pub(crate) const STEP: Duration = Duration::from_nanos(1);

/// An instant later by a duration; the last instant there is, where that is beyond it.
pub(crate) fn later(instant: Timestamp, by: Duration) -> Timestamp {
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// An instant earlier by a duration; the first instant there is, where that is before it.
pub(crate) fn earlier(instant: Timestamp, by: Duration) -> Timestamp {
    instant.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// The time from one instant to a later one; none where the other is not later.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    if from < to { from.duration_until(to).unsigned_abs() } else { Duration::ZERO }
}

/// From an instant up to, and without, another. It is empty when that is not later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Interval {
    /// From an instant up to, and without, another.
    pub const fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    /// From an instant on, for a duration.
    pub fn lasting(start: Timestamp, length: Duration) -> Self {
        Self { start, end: later(start, length) }
    }

    /// Whether no instant is in it.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether an instant is in it.
    pub fn contains(self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// How long it lasts.
    pub fn length(self) -> Duration {
        between(self.start, self.end)
    }

    /// What two intervals have in common; empty where they have nothing.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }

    /// The instants at which what takes `room` may begin, so that it is over when the interval ends: the last start is the one at whose
    /// end the interval ends. What takes no time must still begin inside.
    #[must_use]
    pub fn with_room(self, room: Duration) -> Self {
        Self { start: self.start, end: later(earlier(self.end, room.max(STEP)), STEP) }
    }

    /// The instants at which what takes `room` would lie in the interval with a part of it.
    #[must_use]
    pub fn reached_within(self, room: Duration) -> Self {
        Self { start: later(earlier(self.start, room.max(STEP)), STEP), end: self.end }
    }

    /// Whether two intervals have an instant in common.
    pub fn meets(self, other: Self) -> bool {
        !self.intersect(other).is_empty()
    }
}

/// A set of instants: intervals in order, none empty, no two overlapping or touching. Equal sets are equal values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Interval>")]
pub struct Intervals(Vec<Interval>);

impl From<Vec<Interval>> for Intervals {
    fn from(mut intervals: Vec<Interval>) -> Self {
        intervals.retain(|interval| !interval.is_empty());
        intervals.sort_unstable();
        // What overlaps or touches the one before becomes part of it.
        intervals.dedup_by(|next, before| {
            let joins = next.start <= before.end;
            if joins {
                before.end = before.end.max(next.end);
            }
            joins
        });
        Self(intervals)
    }
}

impl FromIterator<Interval> for Intervals {
    fn from_iter<T: IntoIterator<Item = Interval>>(intervals: T) -> Self {
        Self::from(intervals.into_iter().collect::<Vec<_>>())
    }
}

impl Intervals {
    /// The intervals in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Interval> + '_ {
        self.0.iter().copied()
    }

    /// Whether no instant is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first interval.
    pub fn first(&self) -> Option<Interval> {
        self.0.first().copied()
    }

    /// The interval that an instant lies in.
    pub fn at(&self, instant: Timestamp) -> Option<Interval> {
        let after = self.0.partition_point(|interval| interval.start <= instant);
        self.0.get(..after)?.last().copied().filter(|interval| interval.contains(instant))
    }

    /// Whether an instant is in the set.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.at(instant).is_some()
    }

    /// The longest interval's length.
    pub fn longest(&self) -> Duration {
        self.iter().map(Interval::length).max().unwrap_or_default()
    }

    /// The instants that are in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }

    /// The instants that are in both sets.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        let mut found = Vec::new();
        while let (Some(&one), Some(&two)) = (left.peek(), right.peek()) {
            found.push(one.intersect(two));
            if one.end <= two.end {
                left.next();
            } else {
                right.next();
            }
        }
        found.retain(|interval| !interval.is_empty());
        Self(found)
    }

    /// The instants of this set that are not in another.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut found = Vec::new();
        let mut holes = other.iter().peekable();
        for interval in self.iter() {
            let mut start = interval.start;
            while let Some(&hole) = holes.peek() {
                if hole.start >= interval.end {
                    break;
                }
                found.push(Interval::new(start, hole.start));
                start = start.max(hole.end);
                if hole.end > interval.end {
                    break;
                }
                holes.next();
            }
            found.push(Interval::new(start, interval.end));
        }
        found.retain(|interval| !interval.is_empty());
        Self(found)
    }

    /// The part of the set within a range.
    #[must_use]
    pub fn within(&self, range: Interval) -> Self {
        let first = self.0.partition_point(|interval| interval.end <= range.start);
        let after = self.0.partition_point(|interval| interval.start < range.end);
        let inside = self.0.get(first..after).unwrap_or_default().iter();
        inside.map(|interval| interval.intersect(range)).collect()
    }

    /// The instants at which what takes `room` may begin, so that it is over when its interval ends.
    #[must_use]
    pub fn with_room(&self, room: Duration) -> Self {
        let starts = self.iter().map(|interval| interval.with_room(room));
        Self(starts.filter(|starts| !starts.is_empty()).collect())
    }

    /// The instants at which what takes `room` would lie in the set with a part of it.
    #[must_use]
    pub fn reached_within(&self, room: Duration) -> Self {
        self.iter().map(|interval| interval.reached_within(room)).collect()
    }
}
