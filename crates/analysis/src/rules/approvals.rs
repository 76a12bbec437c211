//! Chains that the people there are cannot give, and ways into production that one person can go alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::{self, Approval, At, Release};
use clearway_model::{Db, Item, Project, Reference, instance, release};
use clearway_quorum::{Refusal, Shortage, fewest, staff};
use jiff::civil::Date;
use smol_str::SmolStr;

use crate::approvals::{Asked, Direction, Staffed, Used, is_production, need_place, separation, ways};
use crate::groups;
use crate::query::{is_flawed, people, releases};

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    // Where some people cannot be read, nobody knows who is there.
    let Some(everybody) = people(db, project) else { return Vec::new() };
    let away = groups::away(db);
    let mut found: Vec<Found> = Vec::new();
    for item in releases(db, project) {
        let view = &release(db, *item).view;
        if is_flawed(db, *item) {
            continue;
        }
        for used in ways(view) {
            let Some(chain) = &used.chain else {
                found.extend(unasked(db, view, &used));
                continue;
            };
            if is_sound(instance(db, &chain.value)) {
                let case = Case { db, view, used: &used, chain, everybody: everybody.len(), away: &away };
                found.extend(case.judge());
            }
        }
    }
    tell(found)
}

fn is_sound(lowered: &clearway_model::Lowered) -> bool {
    !lowered.broken && !lowered.diagnostics.iter().any(Diagnostic::is_error)
}

/// A finding, and where the chain is used.
struct Found {
    told: Diagnostic,
    uses: Vec<(Place, String)>,
}

/// The same in several stages and releases is told once, with all of them.
fn tell(found: Vec<Found>) -> Vec<Diagnostic> {
    let mut told: Vec<Found> = Vec::new();
    for one in found {
        match told.iter_mut().find(|known| known.told == one.told) {
            Some(known) => known.uses.extend(one.uses),
            None => told.push(one),
        }
    }
    let with_uses = |Found { told, uses }: Found| {
        let mut seen = BTreeSet::new();
        let uses = uses.into_iter().filter(|(place, _)| seen.insert(*place));
        uses.fold(told, |told, (place, what)| told.related(place, what))
    };
    told.into_iter().map(with_uses).collect()
}

/// A chain on one way.
struct Case<'a> {
    db: &'a dyn Db,
    view: &'a Release,
    used: &'a Used,
    chain: &'a At<Arc<Reference>>,
    /// How many people the spec knows.
    everybody: usize,
    away: &'a BTreeMap<SmolStr, At<Date>>,
}

impl Case<'_> {
    fn judge(&self) -> Vec<Found> {
        let staffed = self.staffed(|_| false);
        let told = match staff(&staffed.way.eligible()) {
            Ok(_) => match self.due() {
                Some(told) => vec![told],
                None => self.control(&staffed),
            },
            Err(Refusal::Short(shortages)) => shortages
                .iter()
                .map(|shortage| self.short(&staffed, shortage, "can never be given"))
                .collect(),
            Err(Refusal::Unknown) => vec![self.unknown()],
        };
        let way = match self.used.direction {
            Direction::Release => "the release",
            Direction::Emergency => "the emergency",
            Direction::Rollback => "the way back",
        };
        let uses = vec![(self.chain.place, format!("asked on {way}"))];
        told.into_iter().map(|told| Found { told, uses: uses.clone() }).collect()
    }

    fn staffed(&self, is_away: impl Fn(&SmolStr) -> bool) -> Staffed {
        Staffed::of(self.db, self.view, self.used.direction, Some(&self.chain.value), is_away)
    }

    /// A chain that can be given, and not while some people are away.
    fn due(&self) -> Option<Diagnostic> {
        let now = self.db.project().now(self.db)?;
        let today = clearway_schedule::Zone::utc().local(now).date();
        let is_away =
            |day: Date| move |person: &SmolStr| self.away.get(person).is_some_and(|until| until.value >= day);
        let shortages = |day: Date| {
            let staffed = self.staffed(is_away(day));
            match staff(&staffed.way.eligible()) {
                Err(Refusal::Short(shortages)) => Some((staffed, shortages)),
                _ => None,
            }
        };
        let (staffed, found) = shortages(today)?;
        let mut ends: Vec<Date> =
            self.away.values().map(|until| until.value).filter(|until| *until >= today).collect();
        ends.sort_unstable();
        let until = ends.into_iter().find(|end| end.tomorrow().is_ok_and(|day| shortages(day).is_none()))?;
        let mut told =
            self.short(&staffed, found.first()?, &format!("cannot be given before {until} is over"));
        let whole = self.staffed(|_| false);
        let concerned: BTreeSet<&SmolStr> = found
            .iter()
            .flat_map(|shortage| &shortage.seats)
            .filter_map(|(step, seat)| whole.way.chain.steps.get(*step)?.seats.get(*seat))
            .flat_map(|seat| &seat.people)
            .collect();
        for (person, end) in
            self.away.iter().filter(|(person, end)| concerned.contains(person) && end.value >= today)
        {
            told = told.related(end.place, format!("`{person}` is away until {}", end.value));
        }
        Some(told.due(now))
    }

    /// How a shortage is told.
    fn short(&self, staffed: &Staffed, shortage: &Shortage, verdict: &str) -> Diagnostic {
        let name = &self.chain.value.name;
        let steps: Vec<usize> = {
            let mut steps: Vec<usize> = shortage.seats.iter().map(|(step, _)| *step).collect();
            steps.dedup();
            steps
        };
        let step_name = |step: usize| {
            let name = staffed.steps[step].name.as_ref();
            name.map(|name| name.value.to_string()).unwrap_or_default()
        };
        let first = &staffed.steps[steps[0]];
        let people: Vec<&str> = shortage.people.iter().map(SmolStr::as_str).collect();
        let there = match people.as_slice() {
            [] => "nobody may agree".to_owned(),
            [one] => format!("only `{one}` may agree"),
            some => format!("only {} may agree: {}", some.len(), some.join(", ")),
        };
        let whom = |(step, seat): &(usize, usize)| match &staffed.asked[*step][*seat] {
            Asked::Group(group) => format!("`{}`", group.name(self.db)),
            Asked::Nobody(service) => format!("the owner of `{service}`"),
        };
        let nobody = shortage.seats.iter().find_map(|(step, seat)| match &staffed.asked[*step][*seat] {
            Asked::Nobody(service) => Some(service),
            Asked::Group(_) => None,
        });
        let need = shortage.need;
        let what = match (nobody, shortage.seats.as_slice()) {
            (Some(service), _) => {
                format!("step `{}` asks the owners, and `{service}` has none", step_name(steps[0]))
            }
            (None, [only]) => {
                format!("step `{}` needs {need} of {}, and {there}", step_name(steps[0]), whom(only))
            }
            (None, several) => {
                let groups: Vec<String> = several.iter().map(whom).collect();
                let names: Vec<String> = steps.iter().map(|step| format!("`{}`", step_name(*step))).collect();
                let (are, need_word) = if names.len() == 1 { ("step", "needs") } else { ("steps", "need") };
                format!(
                    "{are} {} {need_word} {need} different people of {}, and {there}",
                    and(&names),
                    and(&groups)
                )
            }
        };
        let missing = shortage.missing;
        let more = if missing == 1 {
            "1 person is missing".to_owned()
        } else {
            format!("{missing} people are missing")
        };
        let message = format!("`{name}` {verdict}: {what}");
        let mut told = Diagnostic::new(catalogue::UNSATISFIABLE_APPROVAL, message, need_place(first), more);
        for step in &steps[1..] {
            told = told.related(need_place(&staffed.steps[*step]), "and these must be others");
        }
        let mut groups: Vec<Item> = Vec::new();
        for (step, seat) in &shortage.seats {
            if let Asked::Group(group) = &staffed.asked[*step][*seat]
                && !groups.contains(group)
            {
                groups.push(*group);
            }
        }
        for group in &groups {
            let members: Vec<SmolStr> = groups::members(self.db, *group).into_iter().collect();
            let who = if members.is_empty() { "it has no members".to_owned() } else { members.join(", ") };
            told = told.related(group.name_place(self.db), who);
        }
        if let Some(author) = &self.view.requested_by
            && groups.iter().any(|group| groups::members(self.db, *group).contains(&author.value))
            && staffed.way.separation.author
            && staffed.way.separation.approver
        {
            told = told
                .related(author.place, format!("`{}` asks for it, and must not agree as well", author.value));
        }
        match (nobody, groups.as_slice()) {
            (Some(service), _) => told.help(format!("say who owns `{service}`: `owner = …`")),
            (None, groups) => {
                let names: Vec<String> =
                    groups.iter().map(|group| format!("`{}`", group.name(self.db))).collect();
                let who = if missing == 1 { "somebody".to_owned() } else { format!("{missing} people") };
                told.help(format!("add {who} to {}, or need fewer", or(&names)))
            }
        }
    }

    fn unknown(&self) -> Diagnostic {
        let name = &self.chain.value.name;
        let message = format!(
            "nobody can tell whether there are people enough for `{name}`: too many of them are in too many groups"
        );
        Diagnostic::new(catalogue::UNSATISFIABLE_APPROVAL, message, self.chain.place, "this chain")
            .help("ask teams that share fewer people in one step")
    }

    /// A chain that can be given, by fewer people than it looks.
    fn control(&self, staffed: &Staffed) -> Vec<Diagnostic> {
        let name = &self.chain.value.name;
        let environment = self.used.environment.value.name(self.db);
        let Ok(count) = fewest(&staffed.way) else { return Vec::new() };
        let mut told = Vec::new();
        if !is_production(self.db, self.used.environment.value) {
            return told;
        }
        let place = self.chain.value.item.name_place(self.db);
        if self.used.direction != Direction::Rollback && count == 1 {
            let message = format!("by `{name}` one person alone can bring a change to `{environment}`");
            told.push(
                Diagnostic::new(
                    catalogue::ONE_PERSON,
                    message,
                    place,
                    "who asks, who agrees and who deploys may be the same",
                )
                .help("keep them apart: `separate author, approver, deployer`"),
            );
        }
        if count as usize > self.everybody {
            let message =
                format!("`{name}` takes {count} different people, and this project knows {}", self.everybody);
            told.push(
                Diagnostic::new(
                    catalogue::NOBODY_LEFT,
                    message,
                    place,
                    "whoever asks and whoever deploys must be others than those who agree",
                )
                .help("name those who deploy in a team or role, or keep fewer duties apart"),
            );
        }
        told.extend(self.weaker());
        told
    }

    /// What the usual way into the environment keeps apart, and this one does not.
    fn weaker(&self) -> Option<Diagnostic> {
        let of = |chain: &Reference| separation(Some(&views::of::<Approval>(instance(self.db, chain))));
        let own_stage = |stage: &&views::Stage| {
            stage.environment.as_ref().is_some_and(|at| at.value.item == self.used.environment.value)
        };
        let usual = self.view.stages.iter().find(own_stage)?.approval.as_ref()?;
        let (usual_apart, own) = (of(&usual.value), of(&self.chain.value));
        // Going back, nobody asks for a change.
        let asks = self.used.direction != Direction::Rollback;
        let pairs = [
            (
                "author",
                "approver",
                usual_apart.author && usual_apart.approver && asks,
                own.author && own.approver,
            ),
            (
                "author",
                "deployer",
                usual_apart.author && usual_apart.deployer && asks,
                own.author && own.deployer,
            ),
            (
                "approver",
                "deployer",
                usual_apart.approver && usual_apart.deployer,
                own.approver && own.deployer,
            ),
        ];
        let lost: Vec<String> = pairs
            .iter()
            .filter(|(_, _, before, now)| *before && !now)
            .map(|(one, other, ..)| format!("{one} and {other}"))
            .collect();
        if lost.is_empty() {
            return None;
        }
        let (name, usual_name) = (&self.chain.value.name, &usual.value.name);
        let message = format!("`{name}` lets one person be {}, which `{usual_name}` keeps apart", or(&lost));
        let place = self.chain.value.item.name_place(self.db);
        Some(
            Diagnostic::new(catalogue::WEAKER_WAY, message, place, "this chain keeps fewer duties apart")
                .related(usual.value.item.name_place(self.db), "the usual way"),
        )
    }
}

/// A way back from production that asks nobody, beside a way there that asks somebody.
fn unasked(db: &dyn Db, view: &Release, used: &Used) -> Option<Found> {
    let own_stage = |stage: &&views::Stage| {
        stage.environment.as_ref().is_some_and(|at| at.value.item == used.environment.value)
    };
    let usual = view.stages.iter().find(own_stage)?.approval.as_ref()?;
    if used.direction != Direction::Rollback || !is_production(db, used.environment.value) {
        return None;
    }
    let environment = used.environment.value.name(db);
    let message = format!("nobody is asked on the way back from `{environment}`");
    let told = Diagnostic::new(
        catalogue::UNAPPROVED_ROLLBACK,
        message,
        used.environment.place,
        "no `rollback { approval = … }`",
    )
    .related(usual.place, "somebody is asked on the way there")
    .help("name a chain that is quick to give: `rollback { approval = … }`");
    Some(Found { told, uses: Vec::new() })
}

fn and(names: &[String]) -> String {
    joined(names, "and")
}

fn or(names: &[String]) -> String {
    joined(names, "or")
}

fn joined(names: &[String], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {word} {last}", most.join(", ")),
    }
}
