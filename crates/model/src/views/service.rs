//! What is shipped: services, libraries, vendors, infrastructure, and rules over several of them.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{At, Quantity, view};
use crate::value::{CallValue, Reference, Value, ValueKind};
use clearway_versions::{Range, Scheme};

view! {
    /// A service, library, vendor or infrastructure.
    Deployable {
        /// The declared version.
        version: Option<At<SmolStr>> = field "version",
        /// The team that answers for it.
        owner: Option<At<Arc<Reference>>> = field "owner",
        /// The repository it is built from.
        repo: Option<At<Arc<str>>> = field "repo",
        /// The classes of data it holds.
        data: Vec<At<SmolStr>> = field "data",
        /// How its versions are written: a word, a series, or a pattern. [`Deployable::scheme`] reads it.
        version_scheme: Option<At<Value>> = field "version-scheme",
        /// Other names of versions.
        aliases: Vec<Alias> = clauses "alias",
        /// The parts it provides.
        provides: Vec<Provided> = clauses "provides",
        /// Versions of its parts that will be taken away.
        deprecates: Vec<Deprecated> = clauses "deprecates",
        /// What it requires.
        requires: Vec<Requirement> = clauses "requires",
        /// How far it may be from others.
        skew: Vec<Skew> = clauses "skew",
        /// What it is never newer than.
        never_newer: Vec<NeverNewer> = clauses "never-newer-than",
        /// What it has the same version as.
        matches: Vec<SameVersion> = clauses "match",
        /// What it moves after.
        after: Vec<After> = clauses "after",
        /// How far one move may go.
        upgrade: Option<Upgrade> = clause "upgrade",
        /// It cannot go back.
        no_downgrade: Option<NoDowngrade> = clause "no-downgrade",
        /// Versions in between.
        releases: Vec<At<SmolStr>> = field "releases",
        /// Facts of other versions than the declared one.
        at: Vec<FactsAt> = clauses "at",
        /// What its deployment takes, in order.
        uses: Vec<Use> = clauses "uses",
        /// How its replicas move.
        moves: Option<At<SmolStr>> = field "moves",
        /// When a move can no longer be undone.
        finality: Option<At<SmolStr>> = field "final",
        /// Replicas that move on their own.
        groups: Vec<Group> = clauses "group",
        /// How it is built.
        build: Option<Build> = clause "build",
        /// How it is tested.
        test: Option<TestCommand> = clause "test",
        /// The secrets that it needs.
        secrets: Vec<At<Arc<Reference>>> = field "secrets",
        /// How it is deployed.
        deploy: Option<Deploy> = clause "deploy",
        /// What is looked at after each deployment.
        smokes: Vec<Smoke> = clauses "smoke",
    }
}

impl Deployable {
    /// How its versions are read.
    pub fn scheme(&self) -> Scheme {
        let form = match self.version_scheme.as_ref().map(|scheme| &scheme.value.kind) {
            Some(ValueKind::Text(pattern)) => Scheme::fields(pattern).unwrap_or_default(),
            Some(ValueKind::Call(call)) => {
                let places = call.args.iter().flat_map(|(_, value)| value.items());
                let text = |text: Arc<str>| SmolStr::new(text);
                Scheme::series(places.filter_map(super::read::FromValue::from_value).map(text))
            }
            _ => Scheme::default(),
        };
        let alias = |alias: &Alias| {
            Some((SmolStr::new(&*alias.name.as_ref()?.value), alias.version.as_ref()?.value.clone()))
        };
        form.with_aliases(self.aliases.iter().filter_map(alias))
    }
}

view! {
    /// Another name of a version.
    Alias {
        /// The name.
        name: Option<At<Arc<str>>> = part "name",
        /// The version it stands for.
        version: Option<At<SmolStr>> = part "version",
    }
}

view! {
    /// A part that others may require.
    Provided {
        /// Its name.
        part: Option<At<SmolStr>> = part "part",
        /// Its version.
        version: Option<At<SmolStr>> = part "version",
        /// Since when it is provided.
        since: Option<At<jiff::civil::Date>> = part "since",
        /// How long it stays.
        stable_for: Option<At<Quantity>> = part "stable-for",
    }
}

view! {
    /// A version of a part that will be taken away.
    Deprecated {
        /// The part.
        part: Option<At<SmolStr>> = part "part",
        /// The version.
        version: Option<At<SmolStr>> = part "version",
        /// The last day on which it is there.
        until: Option<At<jiff::civil::Date>> = part "until",
    }
}

view! {
    /// Something that is required.
    Requirement {
        /// The deployable, or a part of it.
        target: Option<At<Arc<Reference>>> = part "target",
        /// The versions that will do.
        range: Option<At<Arc<Range>>> = part "range",
        /// Only for these versions of the owner.
        when: Option<At<Arc<Range>>> = part "when",
        /// It may be absent.
        optional: bool = flag "optional",
        /// It never stands in the way.
        weak: bool = flag "weak",
    }
}

view! {
    /// What is said of a vendor besides its versions.
    Vendor {
        /// Its status page.
        status: Option<At<Arc<CallValue>>> = field "status",
        /// The gates of its integration suite.
        integration: Vec<At<Arc<Reference>>> = field "integration",
    }
}

view! {
    /// How far two versions may be apart.
    Skew {
        /// The other one, or `self`.
        target: Option<At<Value>> = part "target",
        /// How far behind.
        behind: Option<At<Value>> = part "behind",
        /// How far ahead.
        ahead: Option<At<Value>> = part "ahead",
        /// Only for these versions of the owner.
        when: Option<At<Arc<Range>>> = part "when",
    }
}

view! {
    /// What a deployable is never newer than.
    NeverNewer {
        /// The other one.
        target: Option<At<Arc<Reference>>> = part "target",
    }
}

view! {
    /// What a deployable has the same version as.
    SameVersion {
        /// The other one.
        target: Option<At<Arc<Reference>>> = part "target",
    }
}

view! {
    /// What a deployable moves after.
    After {
        /// The other one.
        target: Option<At<Arc<Reference>>> = part "target",
        /// In a downgrade too.
        always: bool = flag "always",
        /// Only when these versions of the owner are deployed.
        when: Option<At<Arc<Range>>> = part "when",
    }
}

view! {
    /// How far one move may go.
    Upgrade {
        /// The distance.
        by: Option<At<Quantity>> = part "by",
    }
}

view! {
    /// It cannot go back to an older version.
    NoDowngrade {}
}

view! {
    /// Facts of a version.
    FactsAt {
        /// The version.
        version: Option<At<SmolStr>> = part "version",
        /// The parts it provides.
        provides: Vec<Provided> = clauses "provides",
        /// Versions of its parts that will be taken away.
        deprecates: Vec<Deprecated> = clauses "deprecates",
        /// What it requires.
        requires: Vec<Requirement> = clauses "requires",
        /// What a move to it may start from.
        only_from: Option<OnlyFrom> = clause "only-from",
    }
}

view! {
    /// The versions a move may start from.
    OnlyFrom {
        /// The versions.
        range: Option<At<Arc<Range>>> = part "range",
    }
}

view! {
    /// A resource that a deployment takes.
    Use {
        /// The resource.
        resource: Option<At<Arc<Reference>>> = part "resource",
        /// How much of it.
        amount: Option<At<u32>> = part "amount",
    }
}

impl Use {
    /// How much it takes.
    pub fn taken(&self) -> u32 {
        self.amount.as_ref().map_or(1, |amount| amount.value)
    }
}

view! {
    /// Replicas that move on their own.
    Group {
        /// Its name.
        name: Option<At<SmolStr>> = part "name",
        /// How many replicas it has.
        replicas: Option<At<u32>> = field "replicas",
        /// The groups it moves after.
        after: Vec<GroupAfter> = clauses "after",
    }
}

view! {
    /// A group that another moves after.
    GroupAfter {
        /// The other group.
        group: Option<At<SmolStr>> = part "group",
    }
}

view! {
    /// How a deployable is built.
    Build {
        /// The command.
        run: Option<At<Arc<str>>> = field "run",
        /// What it makes.
        output: Option<At<Arc<CallValue>>> = field "output",
        /// When it is given up.
        timeout: Option<At<Quantity>> = field "timeout",
    }
}

view! {
    /// How a deployable is tested.
    TestCommand {
        /// The command.
        run: Option<At<Arc<str>>> = field "run",
        /// When it is given up.
        timeout: Option<At<Quantity>> = field "timeout",
    }
}

view! {
    /// How a deployable is deployed.
    Deploy {
        /// The means.
        with: Option<At<Arc<CallValue>>> = part "with",
    }
}

view! {
    /// A quick look at what was just deployed.
    Smoke {
        /// What it is called.
        name: Option<At<SmolStr>> = part "name",
        /// The command.
        run: Option<At<Arc<str>>> = field "run",
        /// When it is given up.
        timeout: Option<At<Quantity>> = field "timeout",
    }
}

view! {
    /// Services that move as one.
    Together {
        /// The services.
        services: Vec<At<Arc<Reference>>> = field "services",
        /// Half-way, old meets old and new meets new.
        paired: bool = field "paired",
    }
}

view! {
    /// A limit over the live versions of a set of services.
    Limit {
        /// The services.
        services: Vec<At<Arc<Reference>>> = field "services",
        /// How many versions may be live among them.
        versions: Option<At<u32>> = field "versions",
    }
}
