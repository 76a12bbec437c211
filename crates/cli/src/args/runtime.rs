//! What the commands take that emitted pipelines call.

use clap::{Args, Subcommand};

use super::TextFormat;

#[derive(Args)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    pub command: LedgerCommand,
    /// Where the records are: a folder, file://… or s3://bucket/prefix
    #[arg(long, global = true, value_name = "DEST", default_value = ".clearway/ledger")]
    pub ledger: String,
    /// How to print it
    #[arg(long, global = true, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
    pub format: TextFormat,
}

#[derive(Subcommand)]
pub(crate) enum LedgerCommand {
    /// Print what is deployed in an environment, as a state file
    State {
        /// The environment
        #[arg(value_name = "ENV")]
        environment: String,
    },
    /// Print the records, the oldest first
    Log,
    /// Look whether every record is there and as it was written, and which intents have no outcome
    Verify,
}
