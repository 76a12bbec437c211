//! What can go wrong outside of any spec: files, configuration, usage.

use camino::Utf8PathBuf;
use clearway_verify::SOURCE_MAP;
use miette::Diagnostic;
use thiserror::Error;

/// A command could not be carried out; the process exits with 2.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum Failure {
    #[error("there is no clearway.toml in `{0}` or above it")]
    #[diagnostic(help("`clearway init` starts a project"))]
    NoProject(Utf8PathBuf),

    #[error("`{path}` cannot be read")]
    Unreadable {
        path: Utf8PathBuf,
        #[source]
        cause: std::io::Error,
    },

    #[error("`{path}` cannot be written")]
    Unwritable {
        path: Utf8PathBuf,
        #[source]
        cause: std::io::Error,
    },

    #[error("`{0}` is not UTF-8 text")]
    NotText(Utf8PathBuf),

    #[error("`{0}` has no pipelines that Clearway wrote")]
    #[diagnostic(help(
        "`clearway build` writes them; `--target` reads those of one product, whoever wrote them"
    ))]
    NothingToVerify(Utf8PathBuf),

    #[error("nothing says where `{0}` comes from")]
    #[diagnostic(help("`clearway build` writes {SOURCE_MAP} beside the plan, for the files that it writes"))]
    NoSourceMap(Utf8PathBuf),

    #[error("the source map cannot be read: {0}")]
    #[diagnostic(help("`clearway build` writes it anew"))]
    BadSourceMap(serde_json::Error),

    #[error("`{path}` has {lines} lines")]
    NoLine { path: Utf8PathBuf, lines: usize },

    #[error("`{0}` exists already")]
    #[diagnostic(help("nothing was written: `clearway init` does not change files"))]
    Exists(Utf8PathBuf),

    #[error("there is no code `{0}`")]
    #[diagnostic(help("{1}"))]
    NoCode(String, String),

    #[error("there is no release `{name}`")]
    #[diagnostic(help("the releases are: {}", known.join(", ")))]
    NoRelease { name: String, known: Vec<String> },

    #[error("{}", .0.what)]
    #[diagnostic(help("{}", .0.help.as_deref().unwrap_or("nothing was decided, and nothing may go on upon it")))]
    Runtime(clearway_runtime::Trouble),

    #[error("the output cannot be written")]
    Output(#[from] std::io::Error),
}

impl From<clearway_runtime::Trouble> for Failure {
    fn from(trouble: clearway_runtime::Trouble) -> Self {
        Self::Runtime(trouble)
    }
}
