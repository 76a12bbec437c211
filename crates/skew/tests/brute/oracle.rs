//! The meaning of an instance, by looking at every state. It shares nothing with the crate but the words for how things move.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use clearway_skew::MoveKind;

use crate::instance::{Instance, Rule};

/// What is live of one group: a set of versions as bits; none may mean that it is only stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub versions: u8,
    pub stopped: bool,
}

impl Cell {
    pub fn of(versions: u8) -> Self {
        Self { versions, stopped: false }
    }

    fn absent(self) -> bool {
        self.versions == 0 && !self.stopped
    }
}

/// One group: its service, and the number it has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    pub service: usize,
    pub live: u8,
    pub target: u8,
}

/// One moment: what is live of each group, and what the paired ones see of one another.
#[derive(Debug, Clone)]
struct Moment {
    cells: Vec<Cell>,
    /// The services that are paired, with what they see.
    worlds: Option<(usize, usize, Vec<Vec<Cell>>)>,
}

/// What an instance comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Best {
    pub moves: u32,
    /// How many moves can be made before the first that cannot be undone.
    pub free: u32,
}

pub struct Oracle<'i> {
    pub instance: &'i Instance,
    without: &'i [u32],
    pub groups: Vec<Group>,
}

fn bits(versions: &[u8]) -> u8 {
    versions.iter().fold(0, |all, version| all | 1 << version)
}

fn each(versions: u8) -> impl Iterator<Item = u8> {
    (0..8).filter(move |version| versions & (1 << version) != 0)
}

impl<'i> Oracle<'i> {
    pub fn of(instance: &'i Instance, without: &'i [u32]) -> Self {
        let mut groups = Vec::new();
        for (service, svc) in instance.services.iter().enumerate() {
            for (live, target) in &svc.groups {
                groups.push(Group { service, live: bits(live), target: bits(target.as_slice()) });
            }
        }
        Self { instance, without, groups }
    }

    fn rules(&self) -> impl Iterator<Item = &Rule> {
        let kept = |at: &usize| !self.without.contains(&(*at as u32));
        self.instance.rules.iter().enumerate().filter(move |(at, _)| kept(at)).map(|(_, rule)| rule)
    }

    pub fn start(&self) -> Vec<Cell> {
        self.groups.iter().map(|group| Cell::of(group.live)).collect()
    }

    pub fn goal(&self) -> Vec<Cell> {
        self.groups.iter().map(|group| Cell::of(group.target)).collect()
    }

    fn of_service(&self, service: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.groups.len()).filter(move |group| self.groups[*group].service == service)
    }

    fn today(&self, service: usize, version: u8) -> bool {
        self.of_service(service).any(|group| self.groups[group].live & (1 << version) != 0)
    }

    fn moves_at_all(&self, service: usize) -> bool {
        self.of_service(service).any(|group| self.groups[group].live != self.groups[group].target)
    }

    fn joint(&self) -> Option<(usize, usize, bool)> {
        let (one, other, paired) = self.instance.together?;
        (self.moves_at_all(one) && self.moves_at_all(other)).then_some((one, other, paired))
    }

    /// Whether a moment breaks no rule that is not tolerated; in the end nothing is that touches what moves.
    fn is_compatible(&self, moment: &Moment, ended: bool) -> bool {
        let tolerated = |owner: usize, own: u8, target: usize, other: Option<u8>| {
            let stands = match other {
                Some(other) => self.today(target, other),
                None => !self.of_service(target).any(|group| self.groups[group].live != 0),
            };
            let released = self.moves_at_all(owner) || self.moves_at_all(target);
            stands && self.today(owner, own) && !(ended && released)
        };
        // The cells of two services as they see one another.
        let views = |owner: usize, target: usize| -> Vec<&[Cell]> {
            match &moment.worlds {
                Some((one, other, worlds))
                    if (owner, target) == (*one, *other) || (owner, target) == (*other, *one) =>
                {
                    worlds.iter().map(Vec::as_slice).collect()
                }
                _ => vec![moment.cells.as_slice()],
            }
        };
        let live = |cells: &[Cell], service: usize| {
            self.of_service(service).fold(0, |all, group| all | cells[group].versions)
        };
        let pairs = |owner: usize, target: usize, bad: &dyn Fn(u8, u8) -> bool| {
            views(owner, target).iter().all(|cells| {
                each(live(cells, owner)).all(|own| {
                    each(live(cells, target))
                        .all(|other| !bad(own, other) || tolerated(owner, own, target, Some(other)))
                })
            })
        };
        self.rules().all(|rule| match rule {
            Rule::Requires(owner, own, target, part, least, most, optional) => {
                let fits = |other: u8| {
                    let inside = |version: &u8| least <= version && version <= most;
                    let provided = &self.instance.services[*target].part[usize::from(other)];
                    if *part { provided.iter().any(inside) } else { inside(&other) }
                };
                let present = views(*owner, *target).iter().all(|cells| {
                    let gone = self.of_service(*target).all(|group| cells[group].absent());
                    let needed = live(cells, *owner) & (1 << own) != 0;
                    *optional || !needed || !gone || tolerated(*owner, *own, *target, None)
                });
                present && pairs(*owner, *target, &|one, other| one == *own && !fits(other))
            }
            Rule::Skew(owner, target, behind, ahead) if owner == target => {
                let most = behind.max(ahead);
                pairs(*owner, *target, &|one, other| one.abs_diff(other) > *most)
            }
            Rule::Skew(owner, target, behind, ahead) => pairs(*owner, *target, &|one, other| {
                if one < other { other - one > *behind } else { one - other > *ahead }
            }),
            Rule::NeverNewer(owner, target) => pairs(*owner, *target, &|one, other| one > other),
            Rule::Match(owner, target) => pairs(*owner, *target, &|one, other| one != other),
            Rule::Limit(services, most) => {
                let union = services.iter().fold(0, |all, service| all | live(&moment.cells, *service));
                let today = (0..self.groups.len())
                    .filter(|group| services.contains(&self.groups[*group].service))
                    .fold(0, |all, group| all | self.groups[group].live);
                let released = services.iter().any(|service| self.moves_at_all(*service));
                let as_today = union & !today == 0 && !(ended && released);
                union.count_ones() as usize <= *most || as_today
            }
            _ => true,
        })
    }

    /// What must not have begun while something else has not finished.
    fn precedences(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut found = Vec::new();
        let moving = |service: usize| -> Vec<usize> {
            self.of_service(service)
                .filter(|group| self.groups[*group].live != self.groups[*group].target)
                .collect()
        };
        let down = |group: &usize| {
            let Group { live, target, .. } = self.groups[*group];
            if target == 0 {
                return live != 0;
            }
            let target = target.trailing_zeros() as u8;
            each(live).any(|version| version > target) && !each(live).any(|version| version < target)
        };
        let mut add = |before: Vec<usize>, after: Vec<usize>, turns: bool| {
            let turned = turns && before.iter().chain(&after).any(down);
            found.push(if turned { (after, before) } else { (before, after) });
        };
        for rule in self.rules() {
            if let Rule::After(owner, target, always) = rule
                && self.moves_at_all(*owner)
                && self.moves_at_all(*target)
            {
                add(moving(*target), moving(*owner), !always);
            }
        }
        for (service, svc) in self.instance.services.iter().enumerate() {
            let groups: Vec<usize> = self.of_service(service).collect();
            if svc.ordered && groups.len() > 1 && !self.without.contains(&(1000 + service as u32)) {
                add(vec![groups[0]], vec![groups[1]], true);
            }
        }
        found
    }

    fn precedences_hold(&self, cells: &[Cell]) -> bool {
        let (start, goal) = (self.start(), self.goal());
        let joint = |group: usize| {
            self.joint().is_some_and(|(one, other, _)| [one, other].contains(&self.groups[group].service))
        };
        self.precedences().iter().all(|(before, after)| {
            before.iter().all(|first| {
                after.iter().all(|second| {
                    (joint(*first) && joint(*second))
                        || cells[*first] == goal[*first]
                        || cells[*second] == start[*second]
                })
            })
        })
    }

    fn step_is_allowed(&self, service: usize, from: u8, to: u8) -> bool {
        from == to
            || self.rules().all(|rule| match rule {
                Rule::Upgrade(owner, by) if *owner == service => {
                    // The last one that is written counts.
                    from.abs_diff(to) <= *by
                }
                Rule::NoDowngrade(owner) if *owner == service => to >= from,
                Rule::OnlyFrom(owner, own, least) if *owner == service && *own == to => {
                    let last = self
                        .rules()
                        .filter(|rule| matches!(rule, Rule::OnlyFrom(o, v, _) if o == owner && v == own))
                        .last();
                    !matches!(last, Some(Rule::OnlyFrom(_, _, last)) if last == least) || from >= *least
                }
                _ => true,
            })
    }

    fn next_of(&self, group: usize, cell: Cell) -> Vec<u8> {
        let Group { service, target, .. } = self.groups[group];
        let allowed = |to: u8| each(cell.versions).all(|from| self.step_is_allowed(service, from, to));
        if target == 0 {
            return vec![0];
        }
        let end = target.trailing_zeros() as u8;
        let towards = |to: u8| {
            to != end
                && cell.versions != 1 << to
                && each(cell.versions)
                    .all(|from| from == to || (from < to && to < end) || (from > to && to > end))
                && (cell.versions != 0 || to < end)
        };
        let bridges = self.instance.services[service].bridges.iter().copied().filter(|to| towards(*to));
        [end].into_iter().chain(bridges).filter(|to| allowed(*to)).map(|to| 1 << to).collect()
    }

    /// Each way to go on from here: which groups move, to what, and whether it cannot be undone.
    pub fn moves(&self, cells: &[Cell]) -> Vec<Vec<(usize, u8)>> {
        let goal = self.goal();
        let mut joints: Vec<Vec<usize>> = Vec::new();
        let joined = self.joint();
        let in_joint = |group: usize| {
            joined.is_some_and(|(one, other, _)| [one, other].contains(&self.groups[group].service))
        };
        joints.push(
            (0..cells.len()).filter(|group| in_joint(*group) && cells[*group] != goal[*group]).collect(),
        );
        joints.extend(
            (0..cells.len())
                .filter(|group| !in_joint(*group) && cells[*group] != goal[*group])
                .map(|group| vec![group]),
        );
        let mut all = Vec::new();
        for joint in joints.into_iter().filter(|joint| !joint.is_empty()) {
            let mut options: Vec<Vec<(usize, u8)>> = vec![Vec::new()];
            for group in joint {
                let next = self.next_of(group, cells[group]);
                options = options
                    .into_iter()
                    .flat_map(|prefix| {
                        next.iter().map(move |to| [prefix.clone(), vec![(group, *to)]].concat())
                    })
                    .collect();
            }
            all.extend(options);
        }
        all
    }

    pub fn is_final(&self, cells: &[Cell], step: &[(usize, u8)]) -> bool {
        step.iter().any(|(group, to)| {
            let service = self.groups[*group].service;
            let from = cells[*group].versions;
            let back = each(from).all(|from| each(*to).all(|to| self.step_is_allowed(service, to, from)));
            *to != 0 && (self.instance.services[service].finality.is_some() || !back)
        })
    }

    /// The moments of a step that is half-way, others being as they are.
    fn half(&self, cells: &[Cell], step: &[(usize, u8)]) -> Vec<Moment> {
        let services: BTreeSet<usize> = step.iter().map(|(group, _)| self.groups[*group].service).collect();
        let paired = self
            .joint()
            .filter(|(one, other, paired)| *paired && services.is_subset(&BTreeSet::from([*one, *other])));
        let mut lasts = false;
        // For each group what others may see, and what the old and the new world see.
        let mut parts: Vec<(usize, Vec<Cell>, Cell, Cell)> = Vec::new();
        for (group, to) in step {
            let (from, to) = (cells[*group], Cell::of(*to));
            let replaces = from.versions != 0 && to.versions != 0;
            parts.push(match self.instance.services[self.groups[*group].service].kind {
                MoveKind::Rolling if replaces => {
                    lasts = true;
                    (*group, vec![Cell::of(from.versions | to.versions)], from, to)
                }
                MoveKind::Recreate if replaces => {
                    lasts = true;
                    let stopped = Cell { versions: 0, stopped: true };
                    (*group, vec![stopped], stopped, stopped)
                }
                _ => (*group, vec![from, to], from, to),
            });
        }
        if !lasts {
            return Vec::new();
        }
        let mut all = vec![cells.to_vec()];
        for (group, seen, ..) in &parts {
            let with = |mut cells: Vec<Cell>, cell: Cell| {
                cells[*group] = cell;
                cells
            };
            all = all
                .into_iter()
                .flat_map(|cells| seen.iter().map(move |cell| with(cells.clone(), *cell)))
                .collect();
        }
        let worlds = paired.map(|(one, other, _)| {
            let (mut old, mut new) = (cells.to_vec(), cells.to_vec());
            for (group, _, from, to) in &parts {
                (old[*group], new[*group]) = (*from, *to);
            }
            (one, other, vec![old, new])
        });
        all.into_iter().map(|cells| Moment { cells, worlds: worlds.clone() }).collect()
    }

    /// Every moment of some steps of which each has not begun, is half-way or has finished is compatible.
    pub fn is_safe(&self, cells: &[Cell], steps: &[Vec<(usize, u8)>]) -> bool {
        let rests = |cells: &[Cell]| Moment { cells: cells.to_vec(), worlds: None };
        let mut moments = vec![rests(cells)];
        for step in steps {
            let mut next = Vec::new();
            for moment in moments {
                let mut after = moment.clone();
                step.iter().for_each(|(group, to)| after.cells[*group] = Cell::of(*to));
                let half = self.half(&moment.cells, step);
                // Only one step can be paired: there is one pair.
                let kept = moment.worlds.clone();
                next.extend(
                    half.into_iter()
                        .map(|half| Moment { worlds: half.worlds.or_else(|| kept.clone()), ..half }),
                );
                next.push(moment);
                next.push(after);
            }
            moments = next;
        }
        moments.iter().all(|moment| {
            let goal = self.goal();
            self.precedences_hold(&moment.cells) && self.is_compatible(moment, moment.cells == goal)
        })
    }

    /// The fewest moves, and of those the most before the first that cannot be undone. `None` when there is no order.
    pub fn best(&self) -> Option<Best> {
        let mut seen: BTreeMap<(Vec<Cell>, bool), (u32, u32)> = BTreeMap::new();
        let mut queue = VecDeque::from([(self.start(), false)]);
        seen.insert((self.start(), false), (0, 0));
        let goal = self.goal();
        let mut best: Option<(u32, u32)> = None;
        while let Some(state) = queue.pop_front() {
            let cost = seen[&state];
            let (cells, passed) = state;
            if cells == goal {
                if self.is_compatible(&Moment { cells, worlds: None }, true) {
                    best = Some(best.map_or(cost, |found| found.min(cost)));
                }
                continue;
            }
            for step in self.moves(&cells) {
                if !self.is_safe(&cells, std::slice::from_ref(&step)) {
                    continue;
                }
                let mut next = cells.clone();
                step.iter().for_each(|(group, to)| next[*group] = Cell::of(*to));
                let passed = passed || self.is_final(&cells, &step);
                let cost = (cost.0 + 1, cost.1 + u32::from(passed));
                let known = seen.get(&(next.clone(), passed)).copied();
                if known.is_none_or(|known| cost < known) {
                    seen.insert((next.clone(), passed), cost);
                    queue.push_back((next, passed));
                }
            }
        }
        best.map(|(moves, late)| Best { moves, free: moves - late })
    }

    /// Whether there is an order for two services when all others are as if they were not there.
    pub fn pair_alone(&self, one: usize, other: usize) -> bool {
        let mut smaller = self.instance.clone();
        for (at, svc) in smaller.services.iter_mut().enumerate() {
            if at != one && at != other {
                svc.groups = vec![(Vec::new(), None)];
            }
        }
        let within = |service: &usize| *service == one || *service == other;
        smaller.rules.retain(|rule| match rule {
            Rule::Requires(owner, _, target, ..)
            | Rule::Skew(owner, target, ..)
            | Rule::NeverNewer(owner, target)
            | Rule::Match(owner, target)
            | Rule::After(owner, target, _) => within(owner) && within(target),
            _ => true,
        });
        if smaller.together.is_some_and(|(a, b, _)| !within(&a) || !within(&b)) {
            smaller.together = None;
        }
        Oracle { instance: &smaller, without: &[], groups: Oracle::of(&smaller, &[]).groups }.best().is_some()
    }
}
