//! What the commands take that read reports and records by hand.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};
use clearway_evidence::{Meaning, Topic};

use super::TextFormat;

#[derive(Args)]
pub(crate) struct EvidenceArgs {
    #[command(subcommand)]
    pub command: EvidenceCommand,
}

#[derive(Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Print what a gate would see of reports
    Show {
        /// The reports
        #[arg(value_name = "FILE", required = true)]
        files: Vec<Utf8PathBuf>,
        /// Read them with one reader; it is found by how they begin otherwise
        #[arg(long, value_name = "READER")]
        reader: Option<clearway_evidence::Reader>,
        #[command(flatten)]
        table: TableArgs,
        /// How to print it
        #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
        format: TextFormat,
    },
}

/// What tables mean: they say nothing by themselves.
#[derive(Args)]
pub(crate) struct TableArgs {
    /// Read them as a gate of the plan reads its tables
    #[arg(long, value_name = "GATE", conflicts_with_all = ["reader", "table", "column", "rows_at", "closed_state"])]
    pub gate: Option<String>,
    /// The plan that has the gate
    #[arg(long, value_name = "FILE", default_value = ".clearway/plan.json")]
    pub plan: Utf8PathBuf,
    /// Read them as tables whose rows are issues, changes, incidents, tickets or feedback
    #[arg(long, value_name = "ROWS", value_parser = topic, conflicts_with = "reader")]
    pub table: Option<Topic>,
    /// The column of a meaning: its heading, in JSON its keys with dots between them
    #[arg(long, value_name = "MEANING=NAME", value_parser = column, requires = "table")]
    pub column: Vec<(Meaning, String)>,
    /// The keys that lead to the rows of a JSON text, with dots between them
    #[arg(long, value_name = "KEYS", requires = "table")]
    pub rows_at: Option<String>,
    /// A state that is closed, in the place of the usual ones
    #[arg(long, value_name = "STATE", requires = "table")]
    pub closed_state: Vec<String>,
}

fn topic(text: &str) -> Result<Topic, String> {
    Topic::ALL
        .into_iter()
        .find(|topic| topic.name() == text)
        .ok_or_else(|| format!("the rows of a table are {}", Topic::ALL.map(Topic::name).join(", ")))
}

fn column(text: &str) -> Result<(Meaning, String), String> {
    super::column(text, &Meaning::ALL)
}

#[derive(Args)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    pub command: LedgerCommand,
    /// Where the records are: a folder, file://… or s3://bucket/prefix
    #[arg(long, global = true, value_name = "DEST")]
    pub ledger: Option<String>,
    /// Believe only records that a key of this file has signed: Ed25519 public keys in PEM
    #[arg(long, global = true, value_name = "FILE")]
    pub trust: Option<Utf8PathBuf>,
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
    /// Write every record as it is kept into a file, or to standard output
    Export {
        /// The file
        #[arg(long, value_name = "FILE")]
        out: Option<Utf8PathBuf>,
        /// Write their DSSE envelopes alone, a line each, for what reads in-toto: they cannot be taken over again
        #[arg(long)]
        envelopes: bool,
    },
    /// Take over the records of a file that `ledger export` wrote
    Import {
        /// The file
        #[arg(value_name = "FILE")]
        file: Utf8PathBuf,
    },
    /// Print the records, the oldest first
    Log,
    /// Look whether every record is there and as it was written, and which intents have no outcome
    Verify,
    /// Make recorded decisions again from their records, offline: gates, approvals, checklists, windows and watches must come out the same
    Replay {
        /// The record with which a decision begins: its digest, or how that begins; every decision by default
        #[arg(value_name = "RECORD")]
        record: Option<String>,
        /// A plan that a run followed; several where runs followed several
        #[arg(long, value_name = "FILE", default_value = ".clearway/plan.json")]
        plan: Vec<Utf8PathBuf>,
        /// The folder with the reports of that run; those of several runs, each below a folder of its name
        #[arg(long, value_name = "DIR", default_value = ".")]
        reports: Utf8PathBuf,
    },
}
