//! The commands, one a file.

pub(crate) mod approval;
pub(crate) mod basis;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod checklist;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod doc;
pub(crate) mod evidence;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod gate;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod lease;
pub(crate) mod ledger;
pub(crate) mod lock;
pub(crate) mod lsp;
pub(crate) mod plan;
pub(crate) mod preflight;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod test;
pub(crate) mod watch;
pub(crate) mod why;
pub(crate) mod window;
