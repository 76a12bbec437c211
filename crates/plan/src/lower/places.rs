//! Environments.

use clearway_model::{Db, Item, ValueKind, environment};

use super::seconds::seconds;
use crate::ir::{Credentials, Environment};

/// An environment, with what holds for every deployment there.
pub(super) fn place(db: &dyn Db, item: Item) -> Environment {
    let declared = environment(db, item);
    let view = &declared.view;
    Environment {
        tier: view.tier.as_ref().map(|tier| tier.value.to_string()).unwrap_or_default(),
        opening: clearway_analysis::opening(db, item),
        lock: view.lock.as_ref().map_or(&declared.name, |lock| &lock.value).to_string(),
        credentials: view.credentials.as_ref().and_then(|call| {
            let argument =
                |name: &str| call.value.args.iter().find(|(arg, _)| arg == name).map(|(_, value)| value);
            let ValueKind::Text(role) = &argument("role")?.kind else { return None };
            let ttl = match argument("ttl").map(|value| (&value.kind, value.place)) {
                Some((ValueKind::Quantity(amount, unit), place)) => {
                    let value = clearway_model::views::Quantity { amount: *amount, unit: unit.clone() };
                    seconds(Some(&clearway_model::views::At { value, place }))
                }
                _ => None,
            };
            Some(Credentials { role: role.to_string(), ttl: ttl? })
        }),
        monitoring: view.monitoring.as_ref().and_then(|call| match &call.value.args.first()?.1.kind {
            ValueKind::Text(url) => Some(url.to_string()),
            _ => None,
        }),
    }
}
