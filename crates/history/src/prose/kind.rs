//! Which reports there are.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal,)*) => {
        /// A kind of report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Its word.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// Its template.
            pub const fn template(self) -> &'static str {
                match self {
                    $(Self::$kind => include_str!(concat!("../../templates/", $name, ".md")),)*
                }
            }
        }
    };
}

kinds! {
    /// What a board decides on, and what it has decided.
    Board "board",
    /// Each change with who asked for it, what held, who agreed, what it did and how it went.
    Change "change",
    /// Every production change traced, and what it cannot show.
    Audit "audit",
    /// Frequency, lead time, failure rate and time to restore.
    Delivery "delivery",
    /// An incident in the order of events, with what is left to be found out.
    Postmortem "postmortem",
    /// A change looked at again after it was made.
    Review "review",
    /// What must be ready before each environment, and what is on record of it.
    Readiness "readiness",
    /// What comes to users, and what is known of it.
    ReleaseNotes "release-notes",
    /// How a release is undone, environment by environment.
    RollbackPlan "rollback-plan",
    /// What is done in which order, what is watched, and whom to call.
    Runbook "runbook",
    /// What went wrong more than once, and what would have caught it.
    Lessons "lessons",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|kind| kind.name() == word).copied();
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|kind| kind.name()).collect();
            format!("the reports are {}", names.join(", "))
        })
    }
}
