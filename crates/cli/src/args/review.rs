//! What the commands take by which people say that they have looked, and which look whether they have.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};

use super::{PlatformArg, PlatformArgs, RunArgs};

#[derive(Args)]
pub(crate) struct ReviewArgs {
    #[command(subcommand)]
    pub command: ReviewCommand,
}

#[derive(Subcommand)]
pub(crate) enum ReviewCommand {
    /// Record that you have looked at who may do what, as `report access` tells it
    Access {
        #[command(flatten)]
        said: ReviewingArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Record that the review of a change in production was held, of which its file tells
    Change {
        /// The run that made the change
        #[arg(value_name = "RUN")]
        of: String,
        #[command(flatten)]
        said: ReviewingArgs,
        #[command(flatten)]
        run: RunArgs,
    },
}

/// What a person says of what was looked at.
#[derive(Args)]
pub(crate) struct ReviewingArgs {
    /// Who you are; a login of `--platform` where one is named
    #[arg(long, value_name = "NAME")]
    pub actor: String,
    /// The platform that says who you are
    #[arg(long, value_enum, value_name = "PLATFORM")]
    pub platform: Option<PlatformArg>,
    /// What came of it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Args)]
pub(crate) struct AccessArgs {
    #[command(subcommand)]
    pub command: AccessCommand,
}

#[derive(Subcommand)]
pub(crate) enum AccessCommand {
    /// Look whether the platform asks those whom the plan names, and whether somebody looked at who may do what in time
    Verify(AccessVerifyArgs),
}

#[derive(Args)]
pub(crate) struct AccessVerifyArgs {
    #[command(flatten)]
    pub live: LiveArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

/// What is expected of the platform, and where its live settings are.
#[derive(Args)]
pub(crate) struct LiveArgs {
    /// What is expected of the platform
    #[arg(long, value_name = "FILE")]
    pub expectations: Utf8PathBuf,
    /// Read the live settings from a file, an object of answers by address; the platform's API is asked otherwise
    #[arg(long, value_name = "FILE")]
    pub live: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub platform: PlatformArgs,
}
