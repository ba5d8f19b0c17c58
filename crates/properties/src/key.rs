//! Keys of objects.

use promptlake_datasets::day::Day;
use promptlake_datasets::key::{Class, KeyContext, classify, folder_day, source_day};
use promptlake_datasets::object::Object;

use crate::draws::Draws;

/// Takes the first line for the path of a source, and the rest for a key in it: what `source_object` is, decides the
/// source day; an object in the services' tree is the same through every source.
pub fn key(bytes: &[u8]) {
    let mut draws = Draws::of(bytes);
    let text = String::from_utf8_lossy(bytes);
    let (root, key) = text.split_once('\n').unwrap_or(("", &text));
    let lex = draws.once_in(3);
    let context = KeyContext {
        name: "source".to_owned(),
        root: root.to_owned(),
        lex,
        ..KeyContext::default()
    };
    let size = draws.below(300) as u64;
    if let Some(day) = folder_day(key) {
        assert_eq!(day.to_string().parse(), Ok(day));
    }
    // Must not fail, whatever it says.
    let _ = source_day(key, lex);
    let Class::Object(object) = classify(&context, key, size) else {
        return;
    };
    let day = source_day(&object.source_object, lex);
    assert_eq!(day, (object.day, object.dated));
    assert!(object.dated || object.day == Day::UNDATED);
    assert!(object.source_object.len() <= context.name.len() + root.len() + 1 + key.len());
    if let Some(account) = &object.account_id {
        assert!(account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()));
    }
    if object.source_object.starts_with("AWSLogs/") {
        same_elsewhere(&context, &object);
    }
}

/// The object lies in the tree: another source that shows it by its whole path shows the same.
fn same_elsewhere(context: &KeyContext, object: &Object) {
    let elsewhere = KeyContext {
        name: "other".to_owned(),
        root: "/mirror/".to_owned(),
        ..context.clone()
    };
    let moved = format!("a/{}", object.source_object);
    match classify(&elsewhere, &moved, object.size) {
        Class::Object(other) => assert_eq!(format!("{object:?}"), format!("{other:?}")),
        class => panic!("{moved:?} is {class:?}"),
    }
}
