//! What declarations say of their versions, in two halves that change apart: what others see of a declaration, and what it
//! needs itself. A changed range is nobody else's concern.

use std::sync::Arc;

use clearway_diagnostics::Place;
use clearway_model::views::{At, Declared, Deployable, Deprecated, FactsAt, Provided, Requirement};
use clearway_model::{Db, Item, Values};
use clearway_versions::{Range, Scheme};
use jiff::civil::Date;
use smol_str::SmolStr;

/// What a version provides: parts, each with a version of its own and its place. There are few, and they are searched in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// A part whose version could not be read has none here.
    provided: Vec<(SmolStr, Option<(SmolStr, Place)>)>,
}

impl Parts {
    /// The provided versions of a part.
    pub(crate) fn versions(&self, part: &str) -> impl Iterator<Item = &(SmolStr, Place)> + Clone {
        self.provided.iter().filter(move |(provided, _)| provided == part).filter_map(|(_, at)| at.as_ref())
    }

    /// The names of the parts, one as often as it has versions.
    pub(crate) fn names(&self) -> impl Iterator<Item = &SmolStr> {
        self.provided.iter().map(|(part, _)| part)
    }
}

impl FromIterator<(SmolStr, Option<(SmolStr, Place)>)> for Parts {
    fn from_iter<I: IntoIterator<Item = (SmolStr, Option<(SmolStr, Place)>)>>(parts: I) -> Self {
        let mut provided: Vec<_> = parts.into_iter().collect();
        provided.shrink_to_fit();
        Self { provided }
    }
}

/// What others see of a declaration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Interface {
    /// The declaration.
    pub item: Item,
    /// Its name.
    pub name: SmolStr,
    /// Where its name is written.
    pub place: Place,
    /// A version of it, or of a part of it, could not be read, which was told.
    pub broken: bool,
    /// The declared version.
    pub version: Option<At<SmolStr>>,
    /// How its versions are read.
    pub scheme: Scheme,
    /// What the declared version provides.
    pub provides: Arc<Parts>,
    /// What other versions provide, in the order of the text.
    pub at: Vec<(Option<SmolStr>, Arc<Parts>)>,
    /// Versions of its parts that will be taken away, and after which day.
    pub deprecates: Vec<(SmolStr, SmolStr, At<Date>)>,
    /// It declares no facts of any version: then no version has any.
    factless: bool,
}

impl Interface {
    /// What others see of a declaration.
    pub(crate) fn of(declared: &Declared<Deployable>, written: &Values) -> Self {
        let view = &declared.view;
        let is_half = |part: &Provided| part.part.is_none() || part.version.is_none();
        let mut parts = view.provides.iter().chain(view.at.iter().flat_map(|facts| &facts.provides));
        let broken = declared.broken
            || (view.version.is_none() && written.field("version").is_some())
            || view.at.iter().any(|facts| facts.version.is_none())
            || parts.any(is_half);
        let at = |facts: &FactsAt| {
            let version = facts.version.as_ref().map(|version| version.value.clone());
            (version, Arc::new(provided(&facts.provides)))
        };
        Self {
            item: declared.item,
            name: declared.name.clone(),
            place: view.place,
            broken,
            version: view.version.clone(),
            scheme: view.scheme(),
            provides: Arc::new(provided(&view.provides)),
            at: view.at.iter().map(at).collect(),
            deprecates: view.deprecates.iter().filter_map(deprecated).collect(),
            factless: view.provides.is_empty() && view.requires.is_empty() && view.at.is_empty(),
        }
    }

    /// The parts that some version provides.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &SmolStr> {
        self.provides.names().chain(self.at.iter().flat_map(|(_, parts)| parts.names()))
    }

    /// Whether two texts are the same version.
    pub(crate) fn is_same(&self, left: &str, right: &str) -> bool {
        let read = |version| self.scheme.read(version);
        left == right || matches!((read(left), read(right)), (Some(left), Some(right)) if left == right)
    }

    /// What a version with these facts provides.
    pub(crate) fn provides_of(&self, facts: FactsOf) -> Option<&Arc<Parts>> {
        match facts {
            FactsOf::Declared => Some(&self.provides),
            FactsOf::Other(at) => self.at.get(at).map(|(_, provides)| provides),
        }
    }

    /// Which of the declared facts are those of a version; `None` when nothing is known of it.
    pub(crate) fn facts_of(&self, db: &dyn Db, version: &str) -> Option<FactsOf> {
        let same = |other: &SmolStr| self.is_same(other, version);
        if let Some(at) = self.at.iter().position(|(version, _)| version.as_ref().is_some_and(same)) {
            return Some(FactsOf::Other(at));
        }
        let known = self.factless
            || self.version.as_ref().is_some_and(|declared| same(&declared.value))
            || db.project().assume_declared(db);
        known.then_some(FactsOf::Declared)
    }
}

/// Which of a declaration's facts are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactsOf {
    /// Those of the declared version.
    Declared,
    /// Those of the `at V { … }` with this index.
    Other(usize),
}

/// What a declaration needs itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Needs {
    declared: Arc<[Need]>,
    at: Vec<Arc<[Need]>>,
}

impl Needs {
    /// What a declaration needs.
    pub(crate) fn of(declared: &Deployable) -> Self {
        Self {
            declared: needs(&declared.requires),
            at: declared.at.iter().map(|facts| needs(&facts.requires)).collect(),
        }
    }

    /// What the declared version needs.
    pub(crate) const fn declared(&self) -> &Arc<[Need]> {
        &self.declared
    }

    /// What a version with these facts needs.
    pub(crate) fn get(&self, facts: FactsOf) -> Option<&Arc<[Need]>> {
        match facts {
            FactsOf::Declared => Some(&self.declared),
            FactsOf::Other(at) => self.at.get(at),
        }
    }

    /// What any version needs.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Need> {
        self.declared.iter().chain(self.at.iter().flat_map(|needs| needs.iter()))
    }
}

/// A requirement as a fact, wherever it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    /// What is required.
    pub target: SmolStr,
    /// A part of it, and where that is written.
    pub part: Option<(SmolStr, Place)>,
    /// The versions that will do; `None` where none can be read, which was told.
    pub range: Option<Arc<Range>>,
    /// Only for these versions of the owner.
    pub when: Option<Arc<Range>>,
    /// It may be absent.
    pub optional: bool,
    /// It never stands in the way.
    pub weak: bool,
    /// Where the target is written.
    pub target_place: Place,
    /// Where the range is written.
    pub range_place: Place,
}

impl Need {
    /// Without it, its owner cannot start.
    pub(crate) const fn is_hard(&self) -> bool {
        !self.optional && !self.weak && self.range.is_some()
    }
}

fn needs(requirements: &[Requirement]) -> Arc<[Need]> {
    let need = |requirement: &Requirement| {
        let target = requirement.target.as_ref()?;
        let range = requirement.range.as_ref();
        Some(Need {
            target: target.value.name.clone(),
            part: target.value.part.clone(),
            range: range.map(|range| range.value.clone()),
            when: requirement.when.as_ref().map(|when| when.value.clone()),
            optional: requirement.optional,
            weak: requirement.weak,
            target_place: target.place,
            range_place: range.map_or(target.place, |range| range.place),
        })
    };
    requirements.iter().filter_map(need).collect()
}

fn deprecated(gone: &Deprecated) -> Option<(SmolStr, SmolStr, At<Date>)> {
    Some((gone.part.as_ref()?.value.clone(), gone.version.as_ref()?.value.clone(), gone.until.clone()?))
}

fn provided(provides: &[Provided]) -> Parts {
    let part = |provide: &Provided| {
        let version = provide.version.as_ref().map(|version| (version.value.clone(), version.place));
        Some((provide.part.as_ref()?.value.clone(), version))
    };
    provides.iter().filter_map(part).collect()
}
