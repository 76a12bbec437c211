//! Why a report is refused, and what is worth knowing of one that is not.

use std::fmt;

use thiserror::Error;

/// Words with their kebab-case names, in one list.
macro_rules! names {
    ($(#[$of:meta])* $name:ident { $($(#[$meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$of])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$meta])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name, which stays as it is.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names! {
    /// Why a report is refused. A refused report has no figures: what cannot be read proves nothing.
    Code {
        /// The file could not be opened or read.
        Unreadable = "unreadable",
        /// The file has no bytes, or only white space.
        Empty = "empty",
        /// The file is JSON and says `null`.
        NullReport = "null-report",
        /// The file is compressed, and has to be unpacked first.
        Compressed = "compressed",
        /// An HTML page: most often the error or login page of the server it was fetched from.
        HtmlPage = "html-page",
        /// No reader knows the format.
        UnknownFormat = "unknown-format",
        /// The file is no report of the kind that the reader reads.
        WrongFormat = "wrong-format",
        /// A version of the format that the reader does not know.
        UnsupportedVersion = "unsupported-version",
        /// The file ends in the middle.
        Truncated = "truncated",
        /// The text breaks the grammar of its format.
        Malformed = "malformed",
        /// Entities are declared, which a report has no need of.
        EntityDeclaration = "entity-declaration",
        /// More than a limit allows.
        TooLarge = "too-large",
        /// Nested deeper than a limit allows.
        TooDeep = "too-deep",
        /// A key, an attribute or a column stands twice.
        DuplicateKey = "duplicate-key",
        /// What the figures need is missing.
        MissingField = "missing-field",
        /// A table lacks a column.
        MissingColumn = "missing-column",
        /// A number that is none (`NaN`, negative where it counts something, beyond all measure).
        BadNumber = "bad-number",
        /// A word that the format does not have.
        BadValue = "bad-value",
        /// The report contradicts itself.
        Contradiction = "contradiction",
        /// Two reports of one gate contradict each other.
        ContradictingReports = "contradicting-reports",
        /// The report declares test cases and holds none.
        NoCases = "no-cases",
        /// The report holds no results: the tool wrote what it knows, and not what it found.
        NoResults = "no-results",
        /// The report holds no samples.
        NoSamples = "no-samples",
        /// The tool says of itself that its run failed.
        ToolFailed = "tool-failed",
    }
}

/// A place in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The column in bytes, from 1, where it is known.
    pub column: Option<u64>,
    /// The offset in bytes of the decoded text, from 0, where it is known.
    pub offset: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, column {column}", self.line),
            None => write!(f, "line {}", self.line),
        }
    }
}

/// A report that is refused, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Refusal {
    /// The reason as a stable name.
    pub code: Code,
    /// The reason in words, without the place.
    pub message: String,
    /// Where, if the reason has a place.
    pub place: Option<Place>,
}

impl Refusal {
    /// A refusal without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None }
    }

    /// The same at a place; a place that is known already stays.
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    /// The message with its place.
    pub fn told(&self) -> String {
        match self.place {
            Some(place) => format!("{} ({place})", self.message),
            None => self.message.clone(),
        }
    }
}

/// Where the text ended too early.
pub(crate) fn truncated(message: impl Into<String>) -> Refusal {
    Refusal::new(Code::Truncated, message)
}

/// A reader met something that its format does not have.
pub(crate) fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new(Code::Malformed, message)
}

names! {
    /// What is worth knowing of a report that was read.
    NoteCode {
        /// The report declares more test cases than it holds.
        CasesMissing = "cases-missing",
        /// The report declares fewer test cases than it holds.
        CountsUnderstated = "counts-understated",
        /// The report declares failures that no case accounts for; they were counted.
        FailuresUnlisted = "failures-unlisted",
        /// The coverage that the report declares is lower than what its lines say.
        CoverageOverstated = "coverage-overstated",
        /// The coverage that the report declares is not what its lines say, which is the lower one and was taken.
        CoverageDiffers = "coverage-differs",
        /// The scan says that it looked at nothing.
        NothingScanned = "nothing-scanned",
        /// The tool tells of errors during its run, so that it may have missed something.
        ToolErrors = "tool-errors",
        /// No finding is below a severity: the scan may have been told to leave them out.
        MaybeFiltered = "maybe-filtered",
        /// Findings without a severity; they count at every severity.
        SeverityMissing = "severity-missing",
        /// Only some of the failures or findings are listed one by one; all are counted.
        ListCut = "list-cut",
        /// Percentiles that the file does not name: the tool's defaults were assumed.
        PercentilesAssumed = "percentiles-assumed",
        /// Percentiles of several runs cannot be joined: the largest was taken.
        PercentilesBounded = "percentiles-bounded",
        /// Signatures were not verified.
        SignatureUnverified = "signature-unverified",
        /// Too many test cases to compare them with those of another report.
        DuplicatesUnchecked = "duplicates-unchecked",
        /// Lines that the format does not know were passed over.
        LinesSkipped = "lines-skipped",
    }
}

impl NoteCode {
    /// Whether the figures may be better than the truth. A gate must not pass on them without more ado.
    pub const fn casts_doubt(self) -> bool {
        matches!(
            self,
            Self::CasesMissing
                | Self::CoverageOverstated
                | Self::NothingScanned
                | Self::ToolErrors
                | Self::DuplicatesUnchecked
        )
    }
}

/// Something worth knowing of a report that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about, as a stable name.
    pub code: NoteCode,
    /// What it says.
    pub message: String,
    /// Where, if it has a place.
    pub place: Option<Place>,
}

impl Note {
    pub(crate) fn new(code: NoteCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None }
    }
}
