//! Ways into an environment: who asks, who agrees, who deploys.

use std::collections::BTreeSet;

use crate::chain::{Chain, Name};
use crate::search::{Refusal, staff};

/// Which of the three must be different people: each of those that are named from each other, and approvers of different steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Separation {
    /// Whoever asked for the change or wrote it.
    pub author: bool,
    /// Whoever agrees to a step.
    pub approver: bool,
    /// Whoever deploys it.
    pub deployer: bool,
}

/// A way into an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// Who must agree; nobody where there are no steps.
    pub chain: Chain,
    /// What is kept apart.
    pub separation: Separation,
    /// Who asks for the change, where that is known already.
    pub author: Option<Name>,
    /// Somebody has to ask for it; going back, nobody has.
    pub is_asked_for: bool,
}

impl Way {
    /// The chain, without those who must not agree.
    pub fn eligible(&self) -> Chain {
        let is_out = |person: &Name| {
            self.separation.author && self.separation.approver && self.author.as_ref() == Some(person)
        };
        self.chain.without(is_out)
    }
}

/// The fewest people who together can go a way: those who agree, who asks, and who deploys. Anybody may ask and deploy whom nothing
/// keeps from it.
///
/// # Errors
///
/// There are not enough people who may agree.
pub fn fewest(way: &Way) -> Result<u32, Refusal> {
    let chain = way.eligible();
    let agreeing = staff(&chain)?;
    let Separation { author, approver, deployer } = way.separation;
    if !way.is_asked_for {
        return Ok(if approver && deployer { agreeing + 1 } else { agreeing.max(1) });
    }
    Ok(match (approver, author, deployer) {
        (true, true, true) => agreeing + 2,
        (true, true, false) | (true, false, true) => agreeing + 1,
        _ => {
            // Whoever asks may agree too: it is one more only where they are of no use.
            let with_author = match &way.author {
                Some(author) => with(&chain, author, agreeing),
                None => agreeing.max(1),
            };
            if author && deployer { with_author.max(2) } else { with_author }
        }
    })
}

/// The fewest people who fill a chain, one of whom is a certain one, who need not agree.
fn with(chain: &Chain, person: &Name, agreeing: u32) -> u32 {
    let rest = chain.without(|other| other == person);
    let rounds = chain.rounds();
    let used = rounds.iter().filter_map(|round| {
        let own: BTreeSet<&(usize, usize)> =
            round.iter().filter(|place| chain.seat(**place).people.contains(person)).collect();
        let mut rest = rest.clone();
        for (step, seat) in own.iter().copied() {
            let seat = &mut rest.steps[*step].seats[*seat];
            seat.need = seat.need.saturating_sub(1);
        }
        (!own.is_empty()).then(|| staff(&rest).ok()).flatten()
    });
    used.min().map_or(agreeing, |used| used.min(agreeing)) + 1
}
