//! What holds of any key.

use proptest::prelude::*;

use super::*;

/// Keys out of the words that the grammar is made of, in any order.
fn keys() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "AWSLogs",
        "111122223333",
        "KiroLogs",
        "QDeveloperLogs",
        "GenerateAssistantResponse",
        "user_report",
        "us-east-1",
        "2026",
        "02",
        "30",
        "09",
        "00",
        "z.gz",
        "",
        ".",
        "..",
        "dt=2026-01-02",
        "KIRO_IDE_111122223333_user_report_202609090000.csv",
        "é%\u{0}",
        "111122223333_GenerateAssistantResponse_202607272303_a1b2c3d4e5f60718.json.gz",
        "x.json",
        "x.csv",
        "_111122223333_",
        "_202607272303",
        "user_report_é",
    ]);
    let tree = (0..3_u8, prop::collection::vec(word.clone(), 1..4)).prop_map(|(n, tail)| {
        let folder = ["2026/09/09", "2026/09/09/00", "2026/02/30"][usize::from(n)];
        format!(
            "p/AWSLogs/111122223333/KiroLogs/user_report/us-east-1/{folder}/{}",
            tail.join("/")
        )
    });
    prop_oneof![
        tree,
        prop::collection::vec(word.clone(), 0..12).prop_map(|words| words.join("/")),
        prop::collection::vec(word, 0..4).prop_map(|words| words.concat()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn the_source_day_is_a_function_of_the_source_object(
        key in keys(), root in keys(), name in "AWSLogs|2026-01-01|b", lex: bool, size in 0_u64..300,
    ) {
        let context = KeyContext { name, root, lex, ..KeyContext::default() };
        if let Class::Object(object) = classify_by(DATASETS, &context, &key, size) {
            let day = source_day_by(DATASETS, &object.source_object, lex);
            prop_assert_eq!(day, (object.day, object.dated));
            prop_assert!(object.dated || object.day == Day::UNDATED);
        }
        let _ = source_day(&key, lex);
    }

    #[test]
    fn an_object_in_the_tree_is_the_same_through_another_source(key in keys(), root in "[a-z/]{0,9}") {
        let here = context("/data");
        let there = KeyContext { name: "other".to_owned(), root, ..KeyContext::default() };
        if source_object::of(&here, &key).starts_with("AWSLogs/") {
            prop_assert_eq!(source_object::of(&here, &key), source_object::of(&there, &key));
            prop_assert_eq!(classified(&here, &key, 1), classified(&there, &format!("mirror/{key}"), 1));
        }
    }
}
