//! A ledger as one file, and back.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod common;

use clearway_plan::PathKind;
use clearway_runtime::ledger::Ledger;
use common::{Shop, subjects};

#[test]
fn a_ledger_goes_into_a_file_and_back() {
    let shop = Shop::adopted();
    for run in ["1", "2"] {
        shop.pass(run, PathKind::Release, &subjects());
    }
    let mut file = Vec::new();
    let count = shop.ledger.export(&mut file).unwrap();
    assert_eq!(count, shop.ledger.log().unwrap().records().len());
    let empty = || {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path().to_str().unwrap()).unwrap();
        (folder, ledger)
    };
    let (_folder, copy) = empty();
    let imported = copy.import(&file).unwrap();
    assert_eq!((imported.added, imported.known), (count, 0));
    assert_eq!(copy.log().unwrap(), shop.ledger.log().unwrap());
    assert_eq!((copy.import(&file).unwrap().added, copy.import(&file).unwrap().known), (0, count));
    // What was written since is added; a ledger with other records takes nothing.
    shop.pass("3", PathKind::Release, &subjects());
    let mut longer = Vec::new();
    let more = shop.ledger.export(&mut longer).unwrap();
    assert_eq!(copy.import(&longer).unwrap().added, more - count);
    let other = Shop::default();
    other.pass("1", PathKind::Release, &subjects());
    let before = other.ledger.log().unwrap();
    assert!(other.ledger.import(&file).unwrap_err().what.contains("is another than that of the file"));
    assert_eq!(other.ledger.log().unwrap(), before);
    // A file of which a byte was changed, or a line is missing or moved, is not taken over in part.
    let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
    let mut changed = file.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let without_first = lines[1..].concat();
    let mut swapped = lines.clone();
    swapped.swap(1, 2);
    for bad in [changed, without_first, swapped.concat(), file[..file.len() - 10].to_vec()] {
        let (_folder, ledger) = empty();
        assert!(ledger.import(&bad).is_err());
        assert_eq!(ledger.log().unwrap().records().len(), 0);
    }
}
