//! `clearway lease`

use std::time::Duration;

use clearway_runtime::lease::{self, Asked, Ending};

use crate::Verdict;
use crate::args::{HoldArgs, LeaseArgs, LeaseCommand};
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{Opened, tell};

pub(crate) fn run(args: &LeaseArgs, output: &Output) -> Result<Verdict, Failure> {
    match &args.command {
        LeaseCommand::Acquire { lock, reason, run } => {
            let opened = Opened::open(run)?;
            tell(&lease::acquire(&opened.call(), &asked(lock, reason.as_deref()))?, run, output)
        }
        LeaseCommand::Renew { lock, token, run } => {
            let opened = Opened::open(run)?;
            tell(&lease::renew(&opened.call(), &asked(lock, None), *token)?, run, output)
        }
        LeaseCommand::Release { lock, of, reason, actor, run } => {
            // A person who ends the lease of a run is in none.
            let opened = if of.is_some() { Opened::outside_of_runs(run)? } else { Opened::open(run)? };
            let ending = of.as_deref().zip(reason.as_deref());
            let ending = ending.map(|(of, reason)| Ending { of, reason, actor: actor.as_deref() });
            tell(&lease::release(&opened.call(), lock, ending.as_ref())?, run, output)
        }
        LeaseCommand::Show { lock, run } => {
            let opened = Opened::outside_of_runs(run)?;
            tell(&lease::show(&opened.call(), lock.as_deref())?, run, output)
        }
    }
}

fn asked<'a>(lock: &'a HoldArgs, reason: Option<&'a str>) -> Asked<'a> {
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    Asked { lock: &lock.lock, lasting: Duration::from_secs(lock.seconds), reason }
}
