//! `clearway watch`

use clearway_runtime::{Http, watch};

use crate::Verdict;
use crate::args::WatchArgs;
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{plan, tell};

pub(crate) fn run(args: &WatchArgs, output: &Output) -> Result<Verdict, Failure> {
    let asked = watch::Asked {
        release: &args.way.release,
        environment: &args.stage,
        services: &args.service,
        seconds: args.seconds,
        validates: args.validate,
    };
    let answer = watch::watch(&plan(&args.run)?, &asked, &Http::default(), &std::thread::sleep)?;
    tell(&answer, &args.run, output)
}
