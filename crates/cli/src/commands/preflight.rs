//! `clearway preflight`

use clearway_runtime::Trouble;
use clearway_runtime::preflight::{self, Expectations, Live};

use crate::Verdict;
use crate::args::{LiveArgs, PreflightArgs};
use crate::error::Failure;
use crate::files;
use crate::output::Output;
use crate::runtime::{Opened, api, platform, tell};

pub(crate) fn run(args: &PreflightArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = Opened::open(&args.run)?;
    let (expected, live) = settings(&args.live)?;
    let answer = preflight::check(&opened.call(), &args.way.release, args.way.path.into(), &expected, &live)?;
    tell(&answer, &args.run, output)
}

/// What is expected of the platform, and what gives its live settings.
pub(crate) fn settings(args: &LiveArgs) -> Result<(Expectations, Live), Failure> {
    let expected = Expectations::read(files::read(&args.expectations)?.as_bytes())?;
    let live = match &args.live {
        Some(path) => {
            let answers = serde_json::from_str(&files::read(path)?);
            Live::Answers(answers.map_err(|error| {
                Trouble::new(format!("`{path}` is no object of answers by address: {error}"))
            })?)
        }
        None => Live::Api(api(platform(&args.platform))?),
    };
    Ok((expected, live))
}
