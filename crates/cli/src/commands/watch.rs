//! `clearway watch`

use clearway_runtime::{Http, watch};

use crate::Verdict;
use crate::args::WatchArgs;
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{Opened, plan, tell};

pub(crate) fn run(args: &WatchArgs, output: &Output) -> Result<Verdict, Failure> {
    let asked = watch::Asked {
        release: &args.way.release,
        environment: &args.stage,
        services: &args.service,
        seconds: args.seconds,
        validates: args.validate,
    };
    let (http, wait) = (Http::default(), &std::thread::sleep);
    // Whoever names no ledger only wants to know.
    let answer = match args.run.ledger {
        Some(_) => watch::look(&Opened::open(&args.run)?.call(), args.way.path.into(), &asked, &http, wait)?,
        None => watch::watch(&plan(&args.run)?, &asked, &http, wait)?,
    };
    tell(&answer, &args.run, output)
}
