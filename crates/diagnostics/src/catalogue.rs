//! The one catalogue of codes: id, name, severity, and the page that explains it.
//!
//! A code is declared here and has a page `pages/CW0000.md` beside `src`: what it means, why, an example that raises it
//! and the same example mended. The pages are the text of `clearway explain`, of the editor's hover and of the
//! manual; tests run both examples of every page.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How serious a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The spec does not hold; nothing is built from it.
    Error,
    /// Probably not meant; `--deny warnings` makes it an error.
    Warning,
    /// Worth knowing.
    Info,
    /// A suggestion for the editor.
    Hint,
}

impl Severity {
    /// The word used in output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Hint => "hint",
        }
    }
}

/// An entry of the catalogue. Codes are compared by id and are cheap to copy.
#[derive(Clone, Copy)]
pub struct Code(&'static Entry);

struct Entry {
    id: &'static str,
    name: &'static str,
    severity: Severity,
    page: &'static str,
}

impl Code {
    /// `CW0000`. The first two digits are the stage: 00 project and files, 01 syntax, 02 names, 03 vocabulary,
    /// types and packages, 04 versions and the dependency graph, 05 the shape of releases, 06 targets, 07 policies and tests,
    /// 08 looking back.
    pub const fn id(self) -> &'static str {
        self.0.id
    }

    /// The kebab-case name.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// The severity, unless a policy raises it.
    pub const fn severity(self) -> Severity {
        self.0.severity
    }

    /// The page, in Markdown.
    pub const fn page(self) -> &'static str {
        self.0.page
    }

    /// The page in the published manual.
    pub fn url(self) -> String {
        format!("https://clearway.dev/codes/{}", self.id())
    }

    /// The code with this id (in any case) or name.
    pub fn find(text: &str) -> Option<Self> {
        all().iter().copied().find(|code| code.id().eq_ignore_ascii_case(text) || code.name() == text)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Code {}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id(), self.name())
    }
}

macro_rules! catalogue {
    ($($(#[$doc:meta])* $constant:ident = $id:literal $name:literal $severity:ident;)*) => {
        $(
            $(#[$doc])*
            pub const $constant: Code = Code(&Entry {
                id: $id,
                name: $name,
                severity: Severity::$severity,
                page: include_str!(concat!("../pages/", $id, ".md")),
            });
        )*

        /// Every code, in the order of the ids.
        pub const fn all() -> &'static [Code] {
            &[$($constant),*]
        }
    };
}

catalogue! {
    /// `clearway.toml` is not what it must be.
    BAD_MANIFEST = "CW0001" "bad-manifest" Error;
    /// `clearway.toml` has a table or key that means nothing.
    UNKNOWN_SETTING = "CW0002" "unknown-setting" Error;
    /// A file that the spec names cannot be read.
    UNREADABLE_FILE = "CW0003" "unreadable-file" Error;
    /// A state file does not have the form of one.
    BAD_STATE_FILE = "CW0004" "bad-state-file" Error;
    /// A tag or file that should give a version gives none.
    NO_VERSION = "CW0005" "no-version" Error;

    /// The text does not follow the grammar.
    SYNTAX = "CW0101" "syntax" Error;
    /// A `{` without its `}`.
    UNCLOSED_BLOCK = "CW0102" "unclosed-block" Error;
    /// A `}` without its `{`.
    STRAY_BRACE = "CW0103" "stray-brace" Error;
    /// A text without its closing quotes.
    UNCLOSED_TEXT = "CW0104" "unclosed-text" Error;
    /// A `/*` without its `*/`.
    UNCLOSED_COMMENT = "CW0105" "unclosed-comment" Error;
    /// Brackets, blocks or operators nest too deep.
    TOO_DEEP = "CW0106" "too-deep" Error;
    /// A `(` or `[` without its `)` or `]`.
    UNCLOSED_BRACKET = "CW0107" "unclosed-bracket" Error;

    /// A name that nothing declares.
    UNKNOWN_NAME = "CW0201" "unknown-name" Error;
    /// Two declarations with one name.
    DUPLICATE_NAME = "CW0202" "duplicate-name" Error;
    /// A name that another module declares and this one does not `use`.
    NOT_IMPORTED = "CW0203" "not-imported" Error;
    /// A `use` of a module that is not there.
    UNKNOWN_MODULE = "CW0204" "unknown-module" Error;
    /// A `use` that nothing needs.
    UNUSED_IMPORT = "CW0205" "unused-import" Warning;
    /// A `let` or parameter that nothing needs.
    UNUSED_NAME = "CW0206" "unused-name" Warning;
    /// Modules that import one another in a circle.
    IMPORT_CYCLE = "CW0207" "import-cycle" Error;
    /// Declarations or `let`s that are defined by one another in a circle.
    DEFINITION_CYCLE = "CW0208" "definition-cycle" Error;
    /// A name of another kind of declaration than is meant.
    WRONG_KIND = "CW0209" "wrong-kind" Error;
    /// A declaration whose name is reserved in expressions.
    RESERVED_NAME = "CW0210" "reserved-name" Warning;
    /// A person who belongs to no team or role.
    UNKNOWN_PERSON = "CW0211" "unknown-person" Warning;

    /// A declaration that starts with a word that is no kind.
    UNKNOWN_KIND = "CW0301" "unknown-kind" Error;
    /// A field that its kind does not have.
    UNKNOWN_FIELD = "CW0302" "unknown-field" Error;
    /// A clause that its block does not have.
    UNKNOWN_CLAUSE = "CW0303" "unknown-clause" Error;
    /// A label that its clause does not have.
    UNKNOWN_LABEL = "CW0304" "unknown-label" Error;
    /// A required field or clause is not there.
    MISSING_FIELD = "CW0305" "missing-field" Error;
    /// A required operand of a clause is not there.
    MISSING_OPERAND = "CW0306" "missing-operand" Error;
    /// An operand or block that nothing takes.
    UNEXPECTED_OPERAND = "CW0307" "unexpected-operand" Error;
    /// A field, or a clause or label that stands once, written twice.
    DUPLICATE_FIELD = "CW0308" "duplicate-field" Error;
    /// A declaration without a name.
    MISSING_NAME = "CW0309" "missing-name" Error;
    /// A value of another type than is wanted.
    WRONG_TYPE = "CW0310" "wrong-type" Error;
    /// A word after a number that is no unit.
    UNKNOWN_UNIT = "CW0311" "unknown-unit" Error;
    /// A unit of another dimension than is wanted.
    WRONG_UNIT = "CW0312" "wrong-unit" Error;
    /// A word that its enum does not have.
    UNKNOWN_WORD = "CW0313" "unknown-word" Error;
    /// A time zone that does not exist.
    UNKNOWN_TIME_ZONE = "CW0314" "unknown-time-zone" Error;
    /// A text that has a value's form and is none: the 30th of February.
    BAD_VALUE = "CW0315" "bad-value" Error;
    /// A call of something that does not exist.
    UNKNOWN_FUNCTION = "CW0316" "unknown-function" Error;
    /// Arguments that do not fit the parameters.
    BAD_ARGUMENTS = "CW0317" "bad-arguments" Error;
    /// A type that does not exist.
    UNKNOWN_TYPE = "CW0318" "unknown-type" Error;
    /// A declaration that comes to too many values.
    TOO_MANY_VALUES = "CW0319" "too-many-values" Error;

    /// A package has no pin in `clearway.lock`.
    UNPINNED_PACKAGE = "CW0350" "unpinned-package" Error;
    /// A package is not what `clearway.lock` pins.
    CHANGED_PACKAGE = "CW0351" "changed-package" Error;
    /// A package that a manifest names cannot be read.
    UNREADABLE_PACKAGE = "CW0352" "unreadable-package" Error;
    /// Packages depend on one another in a circle.
    PACKAGE_CYCLE = "CW0353" "package-cycle" Error;
    /// A name that a package keeps to itself is used outside of it.
    PRIVATE_NAME = "CW0354" "private-name" Error;
    /// `clearway.lock` pins a package that nothing depends on.
    UNUSED_PIN = "CW0355" "unused-pin" Warning;
    /// A package has the name of a folder or file of the project: a `use` could mean either.
    AMBIGUOUS_PACKAGE = "CW0356" "ambiguous-package" Error;

    /// Services that require one another in a circle.
    REQUIREMENT_CYCLE = "CW0401" "requirement-cycle" Error;
    /// A requirement that no live version meets.
    UNMET_REQUIREMENT = "CW0402" "unmet-requirement" Error;
    /// A required service that is not deployed.
    NOT_DEPLOYED = "CW0403" "not-deployed" Error;
    /// A service that is deployed and not declared.
    UNDECLARED_SERVICE = "CW0404" "undeclared-service" Error;
    /// A part that its service does not provide.
    UNKNOWN_PART = "CW0405" "unknown-part" Error;
    /// A version or range that cannot be read in the scheme of its service.
    UNREADABLE_VERSION = "CW0406" "unreadable-version" Warning;
    /// A release that has no order in which every state is compatible.
    NO_SAFE_ORDER = "CW0407" "no-safe-order" Error;
    /// A release whose order was looked for in vain, and not excluded.
    UNKNOWN_ORDER = "CW0408" "unknown-order" Error;
    /// Facts that contradict themselves.
    CONTRADICTORY_FACTS = "CW0409" "contradictory-facts" Error;
    /// Something that an order would have to be proved with, and that nobody recorded.
    UNKNOWN_FACTS = "CW0410" "unknown-facts" Error;
    /// A rule between versions that does not hold today.
    STANDING_VIOLATION = "CW0411" "standing-violation" Warning;
    /// A deployment that takes more of a resource than there is.
    OVER_CAPACITY = "CW0420" "over-capacity" Error;
    /// A resource of which runs that nothing keeps apart may take more than there is.
    SHARED_CAPACITY = "CW0421" "shared-capacity" Warning;
    /// Deployments that take the same resources in different orders.
    LOCK_CYCLE = "CW0422" "lock-cycle" Error;
    /// A lock that is held while a person is waited for.
    LOCK_WAITS = "CW0423" "lock-waits" Warning;
    /// Ranges on one library that no version of it meets.
    LIBRARY_CONFLICT = "CW0424" "library-conflict" Error;
    /// A version of a part that is taken away before its time.
    REMOVED_EARLY = "CW0425" "removed-early" Error;
    /// A version of a part that is to be taken away sooner than was promised.
    DEPRECATED_EARLY = "CW0426" "deprecated-early" Error;
    /// A requirement that only a deprecated version meets.
    REQUIRES_DEPRECATED = "CW0427" "requires-deprecated" Warning;
    /// Deployments that may never get their turn at a lock.
    STARVED_LOCK = "CW0428" "starved-lock" Warning;

    /// A release that ships nothing.
    EMPTY_RELEASE = "CW0501" "empty-release" Error;
    /// A service that nobody answers for.
    NO_OWNER = "CW0502" "no-owner" Warning;
    /// A production stage without gates.
    UNGATED_PRODUCTION = "CW0503" "ungated-production" Warning;
    /// A production stage without approval.
    UNAPPROVED_PRODUCTION = "CW0504" "unapproved-production" Warning;
    /// An approval chain that the people there are cannot give.
    UNSATISFIABLE_APPROVAL = "CW0520" "unsatisfiable-approval" Error;
    /// A chain for which the project knows too few people.
    NOBODY_LEFT = "CW0521" "nobody-left" Info;
    /// One person alone can bring a change to production.
    ONE_PERSON = "CW0522" "one-person" Warning;
    /// A way into production that keeps fewer duties apart than the usual one.
    WEAKER_WAY = "CW0523" "weaker-way" Info;
    /// A way back from production on which nobody is asked.
    UNAPPROVED_ROLLBACK = "CW0524" "unapproved-rollback" Info;
    /// A window in which no deployment can ever start.
    NEVER_OPENS = "CW0525" "never-opens" Error;
    /// A freeze that is over before it begins.
    EMPTY_FREEZE = "CW0526" "empty-freeze" Error;
    /// A freeze that is longer than anybody means.
    LONG_FREEZE = "CW0527" "long-freeze" Warning;
    /// A milestone that no time meets.
    CONTRADICTORY_MILESTONE = "CW0528" "contradictory-milestone" Error;
    /// An abbreviation for a time zone that is another one at that date.
    ZONE_ABBREVIATION = "CW0529" "zone-abbreviation" Warning;
    /// A release for which there is no time.
    NO_TIME = "CW0530" "no-time" Error;
    /// A field in which environments differ that are meant to be alike.
    PARITY_DIFFERENCE = "CW0531" "parity-difference" Warning;
    /// A condition that can never hold.
    IMPOSSIBLE_CONDITION = "CW0532" "impossible-condition" Error;
    /// Conditions that can never hold together.
    CONTRADICTORY_CONDITIONS = "CW0533" "contradictory-conditions" Error;
    /// A condition that always holds.
    VACUOUS_CONDITION = "CW0534" "vacuous-condition" Warning;
    /// A watch that measures for longer than a step is held.
    WATCH_OUTLIVES_HOLD = "CW0535" "watch-outlives-hold" Warning;
    /// The same thing said twice in a release or an approval.
    SAID_TWICE = "CW0536" "said-twice" Error;
    /// A quarantine whose last day has passed.
    EXPIRED_QUARANTINE = "CW0550" "expired-quarantine" Error;
    /// Something that does nothing by itself, and that nothing applies.
    UNAPPLIED = "CW0551" "unapplied" Warning;
    /// A critical journey that no gate on the way into production tests.
    UNCOVERED_JOURNEY = "CW0552" "uncovered-journey" Error;
    /// A load profile in a gate that reads no load test.
    UNMEASURED_LOAD = "CW0553" "unmeasured-load" Error;
    /// A metric where nothing measures it.
    MISPLACED_METRIC = "CW0554" "misplaced-metric" Error;
    /// A table of which nobody could tell what is open.
    INCOMPLETE_MAPPING = "CW0555" "incomplete-mapping" Error;
    /// An item of a checklist that nobody decides, or several do.
    UNCLEAR_ITEM = "CW0556" "unclear-item" Error;
    /// An item of a checklist that waits for a gate which is not on the way.
    UNDECIDED_ITEM = "CW0557" "undecided-item" Error;
    /// A service that ships and that no gate is about which the approval requires.
    OUT_OF_SCOPE = "CW0558" "out-of-scope" Error;
    /// A way back that waits for a gate.
    GATED_ROLLBACK = "CW0559" "gated-rollback" Error;
    /// A vendor that is required, and of which nothing tells whether it works.
    UNWATCHED_VENDOR = "CW0560" "unwatched-vendor" Info;
    /// A vendor that no gate of its integration suite tries before production.
    UNTRIED_VENDOR = "CW0561" "untried-vendor" Warning;
    /// A condition on the running system over a metric that is read from reports.
    NOT_MEASURED_LIVE = "CW0575" "not-measured-live" Error;
    /// A condition on the running system where nobody measures.
    NO_MONITORING = "CW0576" "no-monitoring" Error;
    /// A key or password that stands in a text of the spec.
    WRITTEN_SECRET = "CW0577" "written-secret" Error;
    /// A secret that a service uses and its owner may not know.
    FORBIDDEN_SECRET = "CW0578" "forbidden-secret" Error;
    /// A secret that nobody has to make anew.
    ENDLESS_SECRET = "CW0579" "endless-secret" Warning;
    /// Data of production, as it is, outside of production.
    RAW_PRODUCTION_DATA = "CW0580" "raw-production-data" Error;
    /// An alert that is told at the first look.
    HASTY_ALERT = "CW0581" "hasty-alert" Warning;
    /// Two alerts that tell the same.
    DUPLICATE_ALERT = "CW0582" "duplicate-alert" Warning;
    /// An alert of what is accepted elsewhere, or of what is over at once.
    NOISY_ALERT = "CW0583" "noisy-alert" Warning;
    /// An alert that nobody is told of.
    ALERT_TO_NOBODY = "CW0584" "alert-to-nobody" Warning;
    /// A flag that nobody answers for.
    UNOWNED_FLAG = "CW0585" "unowned-flag" Warning;
    /// A flag without an end.
    ENDLESS_FLAG = "CW0586" "endless-flag" Warning;
    /// A ramp of a flag that does not go up.
    FALLING_RAMP = "CW0587" "falling-ramp" Error;
    /// Infrastructure of another version than the tag of its release.
    TAG_MISMATCH = "CW0588" "tag-mismatch" Error;
    /// A flag past its day.
    STALE_FLAG = "CW0589" "stale-flag" Error;
    /// A secret that is older than it may get.
    OVERDUE_SECRET = "CW0590" "overdue-secret" Error;
    /// What a binding package demands is loosened by what extends it.
    LOOSENED_DEMAND = "CW0591" "loosened-demand" Error;
    /// A change request of another form than an audit takes for one.
    ODD_CHANGE_REQUEST = "CW0592" "odd-change-request" Error;

    /// Nothing says how a job gets the `clearway` binary.
    NO_BINARY = "CW0601" "no-binary" Error;
    /// A guarantee that a target does not keep, and that nobody gave up.
    LOST_GUARANTEE = "CW0602" "lost-guarantee" Error;
    /// Something that a target cannot express.
    CANNOT_COMPILE = "CW0603" "cannot-compile" Error;
    /// Something that is larger than a target takes.
    TOO_LARGE = "CW0604" "too-large" Warning;
    /// The table of a target lacks something, or says something that cannot be used.
    TARGET_SETTING = "CW0611" "target-setting" Error;
    /// Names that a target cannot tell apart, or does not take.
    TARGET_NAME = "CW0612" "target-name" Error;

    /// A waiver that names no incident.
    NO_INCIDENT = "CW0701" "no-incident" Error;
    /// A waiver that waives nothing.
    EMPTY_WAIVER = "CW0702" "empty-waiver" Error;
    /// A control that no policy has.
    UNKNOWN_CONTROL = "CW0703" "unknown-control" Error;
    /// Something that does not meet a control.
    UNMET_CONTROL = "CW0704" "unmet-control" Error;
    /// Something that does not meet a control, and is let through by a waiver.
    WAIVED_CONTROL = "CW0705" "waived-control" Warning;
    /// A control that nothing shows.
    UNCOVERED_CONTROL = "CW0706" "uncovered-control" Warning;
    /// A diagnostic that is not in the catalogue.
    UNKNOWN_CODE = "CW0707" "unknown-code" Error;
    /// Something that only a policy may look at.
    OUTSIDE_POLICY = "CW0708" "outside-policy" Error;
    /// A test that expects nothing that could be looked at.
    VAGUE_EXPECTATION = "CW0709" "vague-expectation" Error;
    /// A waiver that counts no longer.
    EXPIRED_WAIVER = "CW0710" "expired-waiver" Error;
    /// Records that are not kept for as long as a control demands.
    SHORT_RETENTION = "CW0711" "short-retention" Error;
    /// Records that are kept for longer than a control allows.
    LONG_RETENTION = "CW0712" "long-retention" Error;
    /// A control that weighs less than the one it adds to.
    WEAKENED_CONTROL = "CW0713" "weakened-control" Error;

    /// A project that looks back in two ways.
    SECOND_RETROSPECTIVE = "CW0801" "second-retrospective" Error;
    /// Incidents that cannot be joined with changes.
    TIMELESS_INCIDENTS = "CW0802" "timeless-incidents" Error;
    /// A condition on something that a retrospective does not measure.
    NOT_DELIVERY = "CW0803" "not-delivery" Error;
    /// A vendor whose status cannot be asked for.
    UNASKED_STATUS = "CW0804" "unasked-status" Error;
}
