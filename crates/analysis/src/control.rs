//! The controls that are in force, and how each stands: for the rule that tells of them, and for the control matrix.

use clearway_diagnostics::{Code, Place};
use clearway_model::policy::{Answer, Demand, Subject};
use clearway_model::views::{self, Control, Keep, Policy, Waiver};
use clearway_model::{Condition, Db, Item, Project, demands, items, lower, release};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::implied;
use crate::query::is_flawed;
use crate::retention::{self, Fit};
use crate::times::ends;

/// A control of a policy that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlState {
    /// The policy of the project that puts it in force.
    pub policy: Item,
    /// Its number.
    pub id: SmolStr,
    /// What it demands.
    pub text: String,
    /// How much a finding weighs.
    pub weight: Weight,
    /// Where its number is written; in the policy that puts it in force where it comes from the library.
    pub place: Place,
    /// What was judged.
    pub judged: Vec<Judged>,
    /// The diagnostics that weigh as much as a finding.
    pub raises: Vec<Raised>,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Told, and no more.
    Advisory,
    /// It must hold, unless a waiver in force says otherwise.
    UnlessWaived,
    /// It must hold.
    Mandatory,
}

impl Weight {
    /// How much the findings of a control weigh.
    pub(crate) fn of(control: &Control) -> Self {
        match control.severity.as_ref().map(|severity| severity.value.as_str()) {
            Some("advisory") => Self::Advisory,
            Some("mandatory-unless-waived") => Self::UnlessWaived,
            _ => Self::Mandatory,
        }
    }

    /// Its word in the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Advisory => "advisory",
            Self::UnlessWaived => "mandatory-unless-waived",
            Self::Mandatory => "mandatory",
        }
    }
}

/// One condition of a control, for one of what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What it speaks of; the policy itself where it speaks of the whole.
    pub subject: Subject,
    /// Where the condition is written; `None` where that is the library.
    pub demanded: Option<Place>,
    /// How it stands.
    pub verdict: Verdict,
    /// What it is about.
    pub about: About,
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// What the spec says.
    Spec,
    /// How long records are kept, where that is too short.
    ShortRetention,
    /// How long records are kept, where that is too long.
    LongRetention,
}

/// A control that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its number.
    pub id: SmolStr,
    /// Until when waivers let that through, where they do.
    pub waived_until: Option<jiff::Timestamp>,
}

/// How a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It does not, and this waiver lets it through.
    Waived(Item),
    /// It does not, and this waiver let it through until it expired.
    Expired(Item),
    /// It comes to nothing that could hold.
    Undecided,
}

/// A diagnostic that a control raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Its code or name, as written.
    pub word: SmolStr,
    /// The code; `None` where there is none of this name.
    pub code: Option<Code>,
    /// Where it is named.
    pub place: Place,
}

/// The policies that bind a project: those in force, and those that these extend.
pub fn binding_policies(db: &dyn Db, project: Project) -> Vec<Item> {
    let mut binding = in_force(db, project);
    let mut next = 0;
    while let Some(policy) = binding.get(next).copied() {
        let bases = lower(db, policy).bases.iter().map(|base| base.item);
        let new: Vec<Item> = bases.filter(|base| !binding.contains(base)).collect();
        binding.extend(new);
        next += 1;
    }
    binding
}

/// The policies that are in force: those that the project and the binding packages declare, unless another of them extends it.
pub(crate) fn in_force(db: &dyn Db, project: Project) -> Vec<Item> {
    let binding = project.packages(db).iter().filter(|package| package.manifest(db).binding);
    let files = project.sources(db).iter().chain(binding.flat_map(|package| package.sources(db)));
    let declared = || files.clone().flat_map(|file| items(db, *file)).copied();
    let policies: Vec<Item> =
        declared().filter(|item| item.kind(db) == "policy" && item.key(db).nth == 0).collect();
    let extended: Vec<Item> =
        policies.iter().flat_map(|policy| &lower(db, *policy).bases).map(|base| base.item).collect();
    let stands = |policy: &Item| !extended.contains(policy) && !views::is_template(db, *policy);
    policies.into_iter().filter(stands).collect()
}

/// Every control in force, policy by policy, in the order of the text.
pub(crate) fn controls(db: &dyn Db, project: Project) -> Vec<ControlState> {
    let waivers = Waivers::of(db, project);
    let mut states = Vec::new();
    for policy in in_force(db, project) {
        let view: Policy = views::of(lower(db, policy));
        for control in view.controls {
            states.extend(state(db, policy, control, &waivers));
        }
    }
    states
}

/// The controls of a policy that are not met, advice among them, where these codes were told.
pub(crate) fn open(db: &dyn Db, policy: Item, told: &FxHashSet<Code>) -> Vec<Open> {
    let of_policy = crate::query::controls(db, db.project()).iter().filter(|state| state.policy == policy);
    let stands = |state: &ControlState| {
        let raised = state.raises.iter().any(|raised| raised.code.is_none_or(|code| told.contains(&code)));
        let mut waived: Option<jiff::Timestamp> = None;
        let mut is_met = !raised;
        let mut is_waived = !raised;
        for judged in &state.judged {
            match judged.verdict {
                Verdict::Holds => {}
                // Whether it has ended by then is seen when it is asked.
                Verdict::Waived(waiver) | Verdict::Expired(waiver) => {
                    let view: Waiver = views::of(lower(db, waiver));
                    let end = view.expires.as_ref().and_then(|at| ends(&at.value, view.timezone.as_ref()));
                    is_met = false;
                    is_waived &= end.is_some();
                    waived = match (waived, end) {
                        (Some(one), Some(other)) => Some(one.min(other)),
                        (one, other) => one.or(other),
                    };
                }
                Verdict::Fails | Verdict::Undecided => {
                    is_met = false;
                    is_waived = false;
                }
            }
        }
        (!is_met).then(|| Open { id: state.id.clone(), waived_until: waived.filter(|_| is_waived) })
    };
    of_policy.filter_map(stands).collect()
}

fn state(db: &dyn Db, policy: Item, control: Control, waivers: &Waivers) -> Option<ControlState> {
    let id = control.id.as_ref()?;
    let name = SmolStr::new(&*id.value);
    let weight = Weight::of(&control);
    let mut judged = Vec::new();
    for demand in demands(db, policy).iter().filter(|demand| demand.control == name) {
        judge(db, policy, demand, &mut judged);
    }
    for keep in &control.keeps {
        keeping(db, policy, keep, &mut judged);
    }
    if weight == Weight::UnlessWaived {
        for judged in judged.iter_mut().filter(|judged| judged.verdict == Verdict::Fails) {
            judged.verdict = waivers.of_control(&name, &judged.subject).unwrap_or(Verdict::Fails);
        }
    }
    let raises = control.raises.iter().filter_map(|raise| {
        let code = raise.code.as_ref()?;
        Some(Raised { word: code.value.clone(), code: Code::find(&code.value), place: code.place })
    });
    Some(ControlState {
        policy,
        text: control.text.map(|text| text.value.to_string()).unwrap_or_default(),
        weight,
        place: own(db, id.place).unwrap_or_else(|| policy.name_place(db)),
        judged,
        raises: raises.collect(),
        id: name,
    })
}

/// A place, unless it is in the library: that is on no reader's disk.
pub(crate) fn own(db: &dyn Db, place: Place) -> Option<Place> {
    let library = db.project().library(db);
    (!library.iter().any(|file| file.id(db) == place.file())).then_some(place)
}

/// A demand as it stands; what is measured is asked of each production stage.
fn judge(db: &dyn Db, policy: Item, demand: &Demand, judged: &mut Vec<Judged>) {
    let demanded = own(db, demand.place);
    let whole = || Subject {
        words: format!("policy `{}`", policy.name(db)),
        place: policy.name_place(db),
        environment: None,
    };
    let verdict = match &demand.answer {
        Answer::Known(true) => Verdict::Holds,
        Answer::Known(false) => Verdict::Fails,
        Answer::Measured(condition) => {
            for (subject, holds) in measured(db, condition) {
                let verdict = if holds { Verdict::Holds } else { Verdict::Fails };
                judged.push(Judged { subject, demanded, verdict, about: About::Spec });
            }
            return;
        }
        Answer::Unknown => return,
        // What is wrong in the text itself was told where it was lowered.
        Answer::Undecided if !lower(db, demand.written_in).diagnostics.is_empty() => return,
        Answer::Undecided => Verdict::Undecided,
    };
    judged.push(Judged {
        subject: demand.subject.clone().unwrap_or_else(whole),
        demanded,
        verdict,
        about: About::Spec,
    });
}

/// How long the project keeps records, against how long it must.
fn keeping(db: &dyn Db, policy: Item, demanded: &Keep, judged: &mut Vec<Judged>) {
    let Some(records) = &demanded.records else { return };
    let place = own(db, records.place);
    // What is wrong with a retention may be what is demanded here.
    if retention::declared(db, db.project()).any(|retention| is_flawed(db, retention)) {
        return;
    }
    let kept = retention::kept(db, db.project());
    let mut of_kind = kept.iter().filter(|kept| kept.records == records.value).peekable();
    if of_kind.peek().is_none() {
        let words = format!("no `retention` of {}", records.value);
        let subject = Subject { words, place: policy.name_place(db), environment: None };
        judged.push(Judged {
            subject,
            demanded: place,
            verdict: Verdict::Fails,
            about: About::ShortRetention,
        });
    }
    for kept in of_kind {
        let (verdict, about) = match retention::fit(kept, demanded) {
            Fit::Fits => (Verdict::Holds, About::Spec),
            Fit::Short => (Verdict::Fails, About::ShortRetention),
            Fit::Long => (Verdict::Fails, About::LongRetention),
        };
        let words = format!("retention `{}` of {}", kept.retention.name(db), records.value);
        let subject = Subject { words, place: kept.place, environment: None };
        judged.push(Judged { subject, demanded: place, verdict, about });
    }
}

/// Every production stage whose gates are known, and whether they ask for a condition.
fn measured(db: &dyn Db, condition: &Condition) -> Vec<(Subject, bool)> {
    let mut found = Vec::new();
    for item in crate::query::releases(db, db.project()) {
        for stage in &release(db, *item).view.stages {
            let Some(environment) = &stage.environment else { continue };
            let place = clearway_model::environment(db, environment.value.item);
            if place.view.tier.as_ref().is_none_or(|tier| tier.value != "production") {
                continue;
            }
            if stage.gates.iter().any(|gate| is_flawed(db, gate.value.item)) {
                continue;
            }
            let gates = stage.gates.iter().map(|gate| clearway_model::instance(db, &gate.value));
            let asked: Vec<_> = gates
                .flat_map(|gate| views::of::<views::Gate>(gate).conditions)
                .filter_map(|required| Some(required.condition?.value))
                .collect();
            let subject = Subject {
                words: format!("stage `{}` of release `{}`", environment.value.name, item.name(db)),
                place: environment.place,
                environment: Some(environment.value.name.clone()),
            };
            found.push((subject, implied::by(&asked, condition)));
        }
    }
    found
}

/// The project's waivers.
struct Waivers {
    all: Vec<(Item, Waiver)>,
    now: Option<jiff::Timestamp>,
}

impl Waivers {
    fn of(db: &dyn Db, project: Project) -> Self {
        let declared = project.sources(db).iter().flat_map(|file| items(db, *file)).copied();
        let waivers = declared.filter(|item| item.kind(db) == "waiver" && !views::is_template(db, *item));
        let all = waivers.map(|item| (item, views::of::<Waiver>(lower(db, item)))).collect();
        Self { all, now: project.now(db) }
    }

    /// What a waiver makes of a control that a subject does not meet: one that has not expired lets it through.
    fn of_control(&self, control: &str, subject: &Subject) -> Option<Verdict> {
        let waives = |waiver: &Waiver| {
            let names = waiver.controls.iter().any(|waived| *waived.value == *control);
            let anywhere = waiver.environments.is_empty();
            let here =
                |environment: &SmolStr| waiver.environments.iter().any(|at| at.value.name == *environment);
            names && (anywhere || subject.environment.as_ref().is_some_and(here))
        };
        let (expired, counting): (Vec<_>, Vec<_>) = self
            .all
            .iter()
            .filter(|(_, waiver)| waives(waiver))
            .partition(|(_, waiver)| self.now.is_some_and(|now| has_expired(waiver, now)));
        match (counting.first(), expired.first()) {
            (Some((item, _)), _) => Some(Verdict::Waived(*item)),
            (None, Some((item, _))) => Some(Verdict::Expired(*item)),
            (None, None) => None,
        }
    }
}

/// Whether a waiver counts no longer. One whose end cannot be read never counts, which was told.
pub(crate) fn has_expired(waiver: &Waiver, now: jiff::Timestamp) -> bool {
    let ends = waiver.expires.as_ref().and_then(|expires| ends(&expires.value, waiver.timezone.as_ref()));
    ends.is_none_or(|ends| ends <= now)
}
