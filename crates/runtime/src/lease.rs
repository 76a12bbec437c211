//! `lease`: one run at a time holds a lock, wherever it runs, until a moment that is known.
//!
//! A platform's own lock ends at its repository, its project or its cluster. A lease is a record of the ledger, so that it counts wherever
//! the ledger is read: of two who ask at once one comes first, and the other decides upon the records with that in it. The number of the
//! record with which a run came to hold it is its fencing token: a later holder has a larger one.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::answer::{Answer, Table};
use crate::call::Call;
use crate::gate::CLOCKS_DIFFER;
use crate::ledger::{Entry, Leased, Log, Record};
use crate::trouble::Trouble;

/// What a run asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The lock, one by which environments of the plan take turns.
    pub lock: &'a str,
    /// How long it is to be held, from now on.
    pub lasting: Duration,
    /// Why.
    pub reason: Option<&'a str>,
}

/// A person who ends the lease of a run that cannot.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// The run.
    pub of: &'a str,
    /// What the person saw.
    pub reason: &'a str,
    /// Who it is.
    pub actor: Option<&'a str>,
}

/// The last that the records say of a lock, where that is not that it was given back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hold<'l> {
    record: &'l Record,
    leased: &'l Leased,
    until: Timestamp,
}

impl<'l> Hold<'l> {
    fn last(log: &'l Log, lock: &str, is_meant: impl Fn(&Leased) -> bool) -> Option<Self> {
        let mut records = log.records().iter().rev().map(|logged| &logged.record);
        let (record, leased) = records.find_map(|record| match &record.entry {
            Entry::Leased(leased) if leased.lock == lock && is_meant(leased) => Some((record, leased)),
            _ => None,
        })?;
        Some(Self { record, leased, until: leased.until? })
    }

    /// Whether the run that has it may still rely on it.
    fn counts(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// From when on another run may have it. Clocks differ: it waits for as long as they may.
    fn free_at(&self) -> Timestamp {
        self.until.checked_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX)
    }

    /// Whether another run must leave it alone.
    fn keeps_others_out(&self, now: Timestamp) -> bool {
        now < self.free_at()
    }

    fn told(&self) -> String {
        let Leased { lock, holder, token, reason, .. } = self.leased;
        let why = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
        format!("run {holder} holds `{lock}` until {} (token {token}){why}", self.until)
    }
}

/// Takes a lock, or keeps one that this run holds already.
///
/// # Errors
///
/// The plan has no such lock, a clock is wrong, or the ledger cannot be reached.
pub fn acquire(call: &Call<'_>, asked: &Asked<'_>) -> Result<Answer, Trouble> {
    let until = until(call, asked)?;
    let (_, answer) = call.ledger.append(&call.stamp(), |log| {
        let hold = looked_at(call, log, asked.lock)?;
        Ok(match hold {
            Some(ours) if ours.leased.holder == call.run && ours.counts(call.now) => {
                kept(call, asked, &ours, until)
            }
            Some(other) if other.leased.holder != call.run && other.keeps_others_out(call.now) => {
                let title = format!("`{}` is not to be had now", asked.lock);
                (
                    None,
                    Answer::stops(
                        title,
                        vec![
                            other.told(),
                            format!(
                                "others may have it from {}, since clocks differ, or when it is given back",
                                other.free_at()
                            ),
                        ],
                    ),
                )
            }
            _ => held(call, asked, log.records().len() as u64 + 1, until),
        })
    })?;
    Ok(answer)
}

/// Keeps a lock for longer that this run holds. One whose time is over is lost, whether or not somebody else has it: what the run did since
/// was not alone.
///
/// # Errors
///
/// As [`acquire`].
pub fn renew(call: &Call<'_>, asked: &Asked<'_>, token: Option<u64>) -> Result<Answer, Trouble> {
    let until = until(call, asked)?;
    let (_, answer) = call.ledger.append(&call.stamp(), |log| {
        let hold = looked_at(call, log, asked.lock)?;
        let ours = hold.filter(|hold| {
            hold.leased.holder == call.run
                && hold.counts(call.now)
                && token.is_none_or(|token| token == hold.leased.token)
        });
        Ok(match ours {
            Some(ours) => kept(call, asked, &ours, until),
            None => {
                let why = hold.map_or_else(|| "nobody holds it".to_owned(), |hold| hold.told());
                let title =
                    format!("run {} does not hold `{}` any more, at {}", call.run, asked.lock, call.now);
                (None, Answer::stops(title, vec![why]))
            }
        })
    })?;
    Ok(answer)
}

/// Gives a lock back that this run holds; or, where a person says so, one of a run that cannot.
///
/// # Errors
///
/// As [`acquire`], or the person does not say why.
pub fn release(call: &Call<'_>, lock: &str, ending: Option<&Ending<'_>>) -> Result<Answer, Trouble> {
    known(call, lock)?;
    if ending.is_some_and(|ending| ending.reason.trim().is_empty()) {
        return Err(Trouble::new("the lease of another run is ended for a reason")
            .help("say what you saw: `--reason TEXT`"));
    }
    let holder = ending.map_or(call.run, |ending| ending.of);
    let (_, answer) = call.ledger.append(&call.stamp(), |log| {
        let Some(hold) = Hold::last(log, lock, |_| true).filter(|hold| hold.leased.holder == holder) else {
            return Ok((
                None,
                Answer::holds(format!("run {holder} does not hold `{lock}`: nothing is given back")),
            ));
        };
        let entry = Entry::Leased(Leased {
            lock: lock.to_owned(),
            holder: holder.to_owned(),
            token: hold.leased.token,
            until: None,
            reason: ending.map(|ending| ending.reason.to_owned()),
            actor: ending.and_then(|ending| ending.actor).map(str::to_owned),
        });
        Ok((Some(entry), Answer::holds(format!("`{lock}` is free: run {holder} holds it no longer"))))
    })?;
    Ok(answer)
}

/// Says who holds which lock of the plan, and until when.
///
/// # Errors
///
/// The plan has no such lock, or the ledger cannot be reached.
pub fn show(call: &Call<'_>, lock: Option<&str>) -> Result<Answer, Trouble> {
    if let Some(lock) = lock {
        known(call, lock)?;
    }
    let log = call.ledger.log()?;
    let locks: Vec<&str> =
        locks(call).into_iter().filter(|one| lock.is_none_or(|lock| lock == *one)).collect();
    let holds = locks.iter().filter_map(|lock| Hold::last(&log, lock, |_| true));
    let held: Vec<Hold<'_>> = holds.filter(|hold| hold.counts(call.now)).collect();
    let title = match (held.as_slice(), lock) {
        ([], Some(lock)) => format!("nobody holds `{lock}`"),
        ([], None) => "nobody holds a lock of the plan".to_owned(),
        ([one], _) => one.told(),
        (several, _) => format!("{} locks are held", several.len()),
    };
    let row = |hold: &Hold<'_>| {
        let Leased { lock, holder, token, reason, .. } = hold.leased;
        let since = log.records().iter().find(|logged| logged.record.sequence == *token);
        vec![
            lock.clone(),
            holder.clone(),
            token.to_string(),
            since.map_or_else(String::new, |logged| logged.record.at.to_string()),
            hold.until.to_string(),
            reason.clone().unwrap_or_default(),
        ]
    };
    let mut answer = Answer::holds(title);
    if !held.is_empty() {
        answer.table = Table {
            heads: vec!["lock", "run", "token", "since", "until", "why"],
            rows: held.iter().map(row).collect(),
        };
    }
    Ok(answer)
}

/// Why a run may not deploy by a lock: another holds it, or it has lost its own hold.
pub(crate) fn hindrance(log: &Log, lock: &str, run: &str, now: Timestamp) -> Option<String> {
    let current = Hold::last(log, lock, |_| true);
    if let Some(other) = current.filter(|hold| hold.leased.holder != run && hold.keeps_others_out(now)) {
        return Some(other.told());
    }
    let ours = Hold::last(log, lock, |leased| leased.holder == run)?;
    let is_lost =
        !ours.counts(now) || current.is_none_or(|current| current.leased.token != ours.leased.token);
    is_lost.then(|| {
        format!(
            "this run held `{lock}` until {}, and what it did since was not alone: `clearway lease acquire {lock}` takes it again, where nobody else has it",
            ours.until
        )
    })
}

/// The locks by which the environments of the plan take turns.
fn locks<'c>(call: &Call<'c>) -> BTreeSet<&'c str> {
    call.plan.plan.environments.values().map(|environment| environment.lock.as_str()).collect()
}

fn known(call: &Call<'_>, lock: &str) -> Result<(), Trouble> {
    let locks = locks(call);
    if locks.contains(lock) {
        return Ok(());
    }
    let there: Vec<&str> = locks.into_iter().collect();
    Err(Trouble::new(format!("no environment of the plan takes turns by the lock `{}`", lock.escape_debug()))
        .help(format!("there is `{}`", there.join("`, `"))))
}

fn until(call: &Call<'_>, asked: &Asked<'_>) -> Result<Timestamp, Trouble> {
    known(call, asked.lock)?;
    let until = call.now.checked_add(asked.lasting).ok().filter(|until| *until > call.now);
    until.ok_or_else(|| {
        Trouble::new(format!("a lock is not held for {} s", asked.lasting.as_secs()))
            .help("give `--for` in seconds, one at least")
    })
}

/// The last hold of a lock. A clock that is behind what the records say would take a lock before its time, or never.
fn looked_at<'l>(call: &Call<'_>, log: &'l Log, lock: &str) -> Result<Option<Hold<'l>>, Trouble> {
    let hold = Hold::last(log, lock, |_| true);
    let ahead = hold.map(|hold| hold.record.at.duration_since(call.now));
    match (hold, ahead) {
        (Some(hold), Some(ahead)) if ahead.as_secs() > CLOCKS_DIFFER.as_secs().cast_signed() => {
            let at = hold.record.at;
            Err(Trouble::new(format!(
                "the lease of `{lock}` was recorded at {at}, and it is {} now: a clock is wrong",
                call.now
            )))
        }
        _ => Ok(hold),
    }
}

/// Held for longer, for the reason that was given first unless there is a new one.
fn kept(call: &Call<'_>, asked: &Asked<'_>, hold: &Hold<'_>, until: Timestamp) -> (Option<Entry>, Answer) {
    let asked = Asked { reason: asked.reason.or(hold.leased.reason.as_deref()), ..*asked };
    held(call, &asked, hold.leased.token, until)
}

fn held(call: &Call<'_>, asked: &Asked<'_>, token: u64, until: Timestamp) -> (Option<Entry>, Answer) {
    let leased = Leased {
        lock: asked.lock.to_owned(),
        holder: call.run.to_owned(),
        token,
        until: Some(until),
        reason: asked.reason.map(str::to_owned),
        actor: None,
    };
    let answer =
        Answer::holds(format!("run {} holds `{}` until {until} (token {token})", call.run, asked.lock))
            .output("token", token.to_string())
            .output("until", until.to_string());
    (Some(Entry::Leased(leased)), answer)
}
