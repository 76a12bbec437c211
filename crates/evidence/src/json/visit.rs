//! Visitors over lists and objects that keep nothing by themselves.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use smol_str::SmolStr;

use super::refuse;
use crate::refusal::{Code, Refusal};

/// Something that reads the fields of an object as they come.
pub(crate) trait Fields {
    /// What the object is, for the message when something else stands there: `a SARIF log`.
    const WHAT: &'static str;

    /// Reads the value of a key. `false` when the key means nothing here; then the value must not have been read.
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;

    /// Reads a list that stands in the object's place.
    fn list<'de, A: SeqAccess<'de>>(&mut self, _: A) -> Result<(), A::Error> {
        Err(A::Error::invalid_type(Unexpected::Seq, &Self::WHAT))
    }

    /// All fields of one object were read.
    fn done(&mut self) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Visits an object. A key that [`Fields`] reads may stand only once. `null` is an object without fields.
pub(crate) struct Object<'f, F>(pub &'f mut F);

impl<'de, F: Fields> DeserializeSeed<'de> for Object<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: Fields> Visitor<'de> for Object<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(F::WHAT)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen: Vec<SmolStr> = Vec::new();
        while let Some(key) = map.next_key::<SmolStr>()? {
            if seen.contains(&key) {
                return Err(refuse(Refusal::new(
                    Code::DuplicateKey,
                    format!("the key `{key}` stands twice"),
                )));
            }
            if self.0.field(&key, &mut map)? {
                seen.push(key);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        self.0.done().map_err(refuse)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.0.list(list)
    }
}

/// Visits a list of objects with the same reader of fields. `null` is no list: it gives `None`, a list the number of its items.
pub(crate) struct Objects<'f, F>(pub &'f mut F);

impl<'de, F: Fields> DeserializeSeed<'de> for Objects<'_, F> {
    type Value = Option<u64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u64>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: Fields> Visitor<'de> for Objects<'_, F> {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list, each of it {}", F::WHAT)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<u64>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<u64>, A::Error> {
        let mut count = 0;
        while list.next_element_seed(Object(&mut *self.0))?.is_some() {
            count += 1;
        }
        Ok(Some(count))
    }
}

/// Visits a list, item by item. `null` is no list: it gives `None`, a list the number of its items.
pub(crate) struct Each<T, F> {
    with: F,
    item: PhantomData<T>,
}

impl<T, F> Each<T, F> {
    pub const fn new(with: F) -> Self {
        Self { with, item: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Refusal>> DeserializeSeed<'de> for Each<T, F> {
    type Value = Option<u64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u64>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Refusal>> Visitor<'de> for Each<T, F> {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<u64>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Option<u64>, A::Error> {
        let mut count = 0;
        while let Some(item) = list.next_element::<T>()? {
            (self.with)(item).map_err(refuse)?;
            count += 1;
        }
        Ok(Some(count))
    }
}

/// The first item of a list of any length. `null` and an empty list have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct First<T>(pub Option<T>);

impl<T> Default for First<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = First<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_unit<E: Error>(self) -> Result<First<T>, E> {
                Ok(First(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<First<T>, A::Error> {
                let first = list.next_element()?;
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(first))
            }
        }
        deserializer.deserialize_any(Only(PhantomData))
    }
}

/// A word, whatever it is written as: tools write numbers and truth values as texts and as themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number or a truth value")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Word, E> {
                Ok(Word(text.to_owned()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }

            fn visit_unit<E: Error>(self) -> Result<Word, E> {
                Ok(Word(String::new()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A value that `null` leaves out, as a missing one is.
pub(crate) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
