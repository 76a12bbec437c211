//! What a statement of a spec does where it stands, and what more or less of a part of it does. What has no line is told and not judged.

use clearway_plan::Guarantee;

/// What a statement does where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// It demands: without it more is let through.
    Demands,
    /// It is judged by its parts alone.
    Tells,
    /// Another may demand something else.
    Decides,
}

/// What more of a part does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// More of it lets more through: a distance, a word that is there, entries of a list.
    Weaker,
    /// Less of it does.
    Stronger,
    /// It is said for readers.
    Nothing,
}

/// What is known of a statement.
pub(super) struct Rule {
    /// What it does where it stands.
    pub sense: Sense,
    /// The guarantee that rests on it.
    pub guarantee: Option<Guarantee>,
    /// What can happen where less is demanded.
    pub means: &'static str,
}

const fn rule(sense: Sense, guarantee: Option<Guarantee>, means: &'static str) -> Rule {
    Rule { sense, guarantee, means }
}

/// What has a version.
const SHIPPED: &[&str] = &["service", "library", "vendor", "infrastructure"];

/// What statements of each kind of declaration do.
const RULES: [(&[&str], &[&str], Rule); 14] = [
    (
        SHIPPED,
        &["requires"],
        rule(Sense::Demands, ORDER, "it may run beside a version that it does not work with"),
    ),
    (
        SHIPPED,
        &["skew", "never-newer-than", "match", "after", "upgrade", "no-downgrade", "only-from"],
        rule(Sense::Demands, ORDER, "versions may be live together, or follow one another, that were not"),
    ),
    (SHIPPED, &["provides", "deprecates"], rule(Sense::Tells, None, "it may be taken away sooner")),
    (SHIPPED, &["data"], rule(Sense::Tells, None, "what is demanded of such data is not demanded of it")),
    (
        SHIPPED,
        &["moves", "final", "releases", "version-scheme", "alias", "group", "replicas"],
        rule(Sense::Decides, ORDER, "another order may be the safe one"),
    ),
    (&["together", "limit"], &["versions", "services"], rule(Sense::Decides, ORDER, MIXED)),
    (&["environment"], &["parity"], rule(Sense::Demands, None, "what was tried may run elsewhere otherwise")),
    (&["policy"], &["control", "require", "raise", "extends"], rule(Sense::Demands, None, UNHELD)),
    (&["policy"], &["severity"], rule(Sense::Tells, None, UNHELD)),
    (
        &["policy"],
        &["keep"],
        rule(Sense::Demands, Some(Guarantee::Records), "records may be gone when an auditor asks"),
    ),
    (&["test"], &["expect"], rule(Sense::Demands, None, UNTRIED)),
    (
        &["test"],
        &["at", "timezone", "ship", "deployed"],
        rule(Sense::Decides, None, "something else is tried"),
    ),
    (
        &["manifest"],
        &["review"],
        rule(Sense::Demands, None, "a change that makes something weaker needs nobody to accept it"),
    ),
    (&["manifest"], &["binding"], rule(Sense::Demands, None, "others are not held to it")),
];

const ORDER: Option<Guarantee> = Some(Guarantee::Order);
const MIXED: &str = "versions may be live together that were not";
const UNHELD: &str = "a spec is built that does not hold to it";
const UNTRIED: &str = "nothing tells when it comes otherwise";

/// What more of a part does, by the word of the statement and the name of the part; the value of a field has no name.
const PARTS: [(&str, &str, More); 17] = [
    ("requires", "optional", More::Weaker),
    ("requires", "weak", More::Weaker),
    ("skew", "behind", More::Weaker),
    ("skew", "ahead", More::Weaker),
    ("upgrade", "by", More::Weaker),
    ("after", "always", More::Stronger),
    ("provides", "stable-for", More::Stronger),
    ("deprecates", "until", More::Stronger),
    ("data", "", More::Stronger),
    ("versions", "", More::Weaker),
    ("services", "", More::Stronger),
    ("parity", "except", More::Weaker),
    ("require", "where", More::Weaker),
    ("severity", "", More::Stronger),
    ("keep", "for", More::Stronger),
    ("keep", "at-most", More::Weaker),
    ("control", "text", More::Nothing),
];

/// What stands as a whole: there is nothing of it in a plan.
const WHOLE: [(&str, Rule); 4] = [
    ("policy", rule(Sense::Demands, None, UNHELD)),
    ("test", rule(Sense::Demands, None, UNTRIED)),
    ("together", rule(Sense::Demands, ORDER, MIXED)),
    ("limit", rule(Sense::Demands, ORDER, MIXED)),
];

/// What a plan carries, and the comparison of plans therefore tells: of these kinds all, but for some words.
const CARRIED: [(&[&str], &[&str]); 2] = [
    (
        &[
            "approval",
            "alert",
            "calendar",
            "checklist",
            "dataset",
            "flag",
            "freeze",
            "gate",
            "identity",
            "journey",
            "milestone",
            "quarantine",
            "release",
            "resource",
            "retention",
            "retrospective",
            "role",
            "rollout",
            "secret",
            "team",
            "triage",
            "waiver",
            "window",
        ],
        &[],
    ),
    (&["environment"], &["parity"]),
];

/// Of what has a version, what a plan carries.
const SHIPPED_CARRIED: [&str; 12] = [
    "version", "owner", "repo", "uses", "build", "test", "secrets", "deploy", "smoke", "run", "output",
    "timeout",
];

/// What is known of a statement.
pub(super) fn of(kind: &str, word: &str) -> Option<&'static Rule> {
    let found = RULES.iter().find(|(kinds, words, _)| kinds.contains(&kind) && words.contains(&word));
    found.map(|(_, _, rule)| rule)
}

/// What is known of a declaration as a whole.
pub(super) fn whole(kind: &str) -> Option<&'static Rule> {
    WHOLE.iter().find(|(of, _)| *of == kind).map(|(_, rule)| rule)
}

/// What more of a part does.
pub(super) fn more(word: &str, part: &str) -> Option<More> {
    PARTS.iter().find(|(of, name, _)| (*of, *name) == (word, part)).map(|(_, _, more)| *more)
}

/// Whether the comparison of plans tells of it.
pub(super) fn is_carried(kind: &str, word: &str) -> bool {
    let carried = CARRIED.iter().any(|(kinds, except)| kinds.contains(&kind) && !except.contains(&word));
    carried || (SHIPPED.contains(&kind) && (SHIPPED_CARRIED.contains(&word) || word == "extends"))
}
