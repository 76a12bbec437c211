//! Flags as configuration of flagd, which OpenFeature's providers ask: one file for each share of the users, so that whoever ramps a
//! flag puts a reviewed file in place and makes none up.

use clearway_plan::{Flag, Plan};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};

use crate::File;

/// Where they are written.
const FOLDER: &str = ".clearway/flags";

/// The file of a flag for a share of the users.
pub(crate) fn file(flag: &str, share: Decimal) -> String {
    format!("{FOLDER}/{flag}/{}.json", share.normalize())
}

/// The files of a plan's flags; none where it has no flag.
pub(crate) fn files(plan: &Plan) -> Vec<File> {
    let mut files = Vec::new();
    let written = |flags: Map<String, Value>| {
        let schema = "https://flagd.dev/schema/v0/flags.json";
        serde_json::to_string_pretty(&json!({ "$schema": schema, "flags": flags })).unwrap_or_default() + "\n"
    };
    let mut all = Map::new();
    for (name, flag) in &plan.flags {
        all.insert(name.clone(), definition(flag, Decimal::ZERO));
        for share in flag.shares() {
            let one = Map::from_iter([(name.clone(), definition(flag, share))]);
            files.push(File::new(file(name, share), written(one)));
        }
    }
    if !all.is_empty() {
        // What nobody has ramped, for where all flags are loaded at once.
        files.push(File::new(format!("{FOLDER}/flags.json"), written(all)));
    }
    files
}

/// A flag of which a share of the users gets the other answer than the default one.
fn definition(flag: &Flag, share: Decimal) -> Value {
    let word = |on: bool| if on { "on" } else { "off" };
    let (usual, other) = (word(flag.default), word(!flag.default));
    let hundred = Decimal::ONE_HUNDRED;
    let answer = if share >= hundred { other } else { usual };
    let mut definition = json!({
        "state": "ENABLED",
        "variants": { "on": true, "off": false },
        "defaultVariant": answer,
    });
    if share > Decimal::ZERO && share < hundred {
        // Weights are whole numbers.
        let scale = Decimal::from(10_u64.pow(share.normalize().scale().min(9)));
        let weight = |part: Decimal| (part * scale).round().to_u64().unwrap_or_default();
        definition["targeting"] =
            json!({ "fractional": [[other, weight(share)], [usual, weight(hundred - share)]] });
    }
    definition
}

#[cfg(test)]
mod tests {
    use clearway_plan::{Flag, Origin};
    use rust_decimal::Decimal;

    use super::definition;

    fn flag(default: bool) -> Flag {
        let origin = Origin::new("flag", "f");
        Flag { origin, service: "s".to_owned(), default, ramp: None, expires: None }
    }

    #[test]
    fn a_share_of_the_users_gets_the_other_answer() {
        let of = |default, share: &str| definition(&flag(default), share.parse::<Decimal>().unwrap());
        assert_eq!(of(false, "0")["defaultVariant"], "off");
        assert!(of(false, "0").get("targeting").is_none());
        assert_eq!(of(false, "100")["defaultVariant"], "on");
        assert_eq!(of(true, "100")["defaultVariant"], "off");
        let half_a_percent = of(false, "0.50");
        let expected = serde_json::json!({ "fractional": [["on", 5], ["off", 995]] });
        assert_eq!(half_a_percent["targeting"], expected);
        assert_eq!(half_a_percent["defaultVariant"], "off");
    }
}
