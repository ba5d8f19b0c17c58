//! Where an object of a history lies, and its bytes.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::generate::kit::{KITS, Kit, Record, Spot};
use promptlake_datasets::key::KeyContext;

use crate::history::{Damage, Slot};

/// What a source says of its keys.
pub(crate) fn context(name: &str) -> KeyContext {
    KeyContext {
        name: name.to_owned(),
        lex: name == "lex",
        ..KeyContext::default()
    }
}

/// The source of a slot, and its key there.
pub(crate) fn place(slot: &Slot) -> (usize, String) {
    let kit = &KITS[slot.kit];
    let source = if kit.lex {
        2
    } else {
        usize::from(slot.spot.account) % 2
    };
    (source, (kit.key)(&slot.spot))
}

/// An object as it is stored.
pub(crate) fn bytes(kit: &Kit, spot: &Spot, records: &[Record], damage: Damage) -> Vec<u8> {
    let object = kit.object(spot, records);
    let cut = |bytes: Vec<u8>, sixteenths: u8| {
        let kept = bytes.len() * usize::from(sixteenths) / 16;
        bytes[..kept].to_vec()
    };
    match damage {
        Damage::Empty => return Vec::new(),
        Damage::Garbage => return b"\xff\xfe neither this nor that".to_vec(),
        Damage::CutGzip(at) => return cut(gzip(&object.body), at),
        Damage::None | Damage::Cut(_) => {}
    }
    let body = match damage {
        Damage::Cut(at) => cut(object.body, at),
        _ => object.body,
    };
    if object.gzip { gzip(&body) } else { body }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
