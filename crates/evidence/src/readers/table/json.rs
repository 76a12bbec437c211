//! Tables as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Meaning, Rows};
use crate::json::{self, Fields, Object};
use crate::limits::short;
use crate::refusal::{Code, Refusal};
use crate::source::Source;

pub(super) fn read(source: Source<'_>, out: &mut Rows<'_, '_>) -> Result<(), Refusal> {
    let (limits, path) = (out.limits, out.mapping.rows.clone());
    let mut table = Table { rows: out, path: &path, found: false };
    json::read(source, limits, Object(&mut table))?;
    if !table.found {
        let place = if path.is_empty() {
            "at the top".to_owned()
        } else {
            format!("at `{}`", short(&path.join(".")))
        };
        return Err(Refusal::new(Code::WrongFormat, format!("there is no list of rows {place}")));
    }
    Ok(())
}

/// Follows the path of keys to the list of rows.
struct Table<'t, 'm, 'p> {
    rows: &'t mut Rows<'m, 'p>,
    path: &'t [String],
    found: bool,
}

impl Fields for Table<'_, '_, '_> {
    const WHAT: &'static str = "a table";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match self.path.split_first() {
            Some((key, rest)) if key == name => {
                let mut inner = Table { rows: &mut *self.rows, path: rest, found: false };
                map.next_value_seed(Object(&mut inner))?;
                self.found = inner.found;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn list<'de, A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        if !self.path.is_empty() {
            return Err(A::Error::custom("a list stands where the path to the rows goes on"));
        }
        self.found = true;
        let wanted: Vec<(Meaning, Vec<String>)> = self
            .rows
            .mapping
            .columns
            .iter()
            .map(|(meaning, name)| (*meaning, name.split('.').map(str::to_owned).collect()))
            .collect();
        loop {
            let mut values = BTreeMap::new();
            let row = Row {
                wanted: wanted.iter().map(|(meaning, path)| (*meaning, path.as_slice())).collect(),
                out: &mut values,
            };
            if list.next_element_seed(row)?.is_none() {
                return Ok(());
            }
            // A column that no row has is a mistake in the mapping; in one row it may be left out.
            self.rows.row(&values).map_err(json::refuse)?;
        }
    }
}

/// Reads the wanted values of a row: each with what is left of its path.
struct Row<'w, 'o> {
    wanted: Vec<(Meaning, &'w [String])>,
    out: &'o mut BTreeMap<Meaning, Vec<String>>,
}

impl Row<'_, '_> {
    fn value(self, text: &str) {
        for (meaning, path) in self.wanted {
            if path.is_empty() {
                self.out.entry(meaning).or_default().push(text.to_owned());
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Row<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of a table")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.value(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.value(&value.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.value(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.value(&value.to_string());
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.value(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Row { wanted: self.wanted.clone(), out: &mut *self.out })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen: Vec<String> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let wanted: Vec<(Meaning, &[String])> = self
                .wanted
                .iter()
                .filter_map(|(meaning, path)| {
                    path.split_first().filter(|(first, _)| **first == key).map(|(_, rest)| (*meaning, rest))
                })
                .collect();
            if wanted.is_empty() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if seen.contains(&key) {
                return Err(json::refuse(Refusal::new(
                    Code::DuplicateKey,
                    format!("the key `{}` stands twice in a row", short(&key)),
                )));
            }
            seen.push(key);
            map.next_value_seed(Row { wanted, out: &mut *self.out })?;
        }
        Ok(())
    }
}
