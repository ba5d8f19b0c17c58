use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// 2025-12-04, in the weeks of both trees.
fn from() -> Day {
    Day::from_ymd(2025, 12, 4).unwrap()
}

fn bucket() -> Vec<GeneratedObject> {
    organisation(7, from(), 9, 10).collect()
}

/// The records of a chat object, if its JSON can be read.
fn records(object: &GeneratedObject) -> Vec<serde_json::Value> {
    let value: serde_json::Value = match serde_json::from_slice(&object.body) {
        Ok(value) => value,
        Err(_) => return Vec::new(),
    };
    value["records"].as_array().cloned().unwrap_or_default()
}

fn chats(bucket: &[GeneratedObject]) -> impl Iterator<Item = &GeneratedObject> {
    bucket
        .iter()
        .filter(|o| o.key.contains("/GenerateAssistantResponse/"))
}

#[test]
fn the_same_arguments_give_the_same_bucket_and_another_seed_another() {
    assert_eq!(bucket(), bucket());
    let other: Vec<_> = organisation(8, from(), 9, 10).collect();
    assert_ne!(bucket(), other);
}

#[test]
fn no_two_keys_are_equal() {
    let bucket = bucket();
    let keys: BTreeSet<&str> = bucket.iter().map(|o| o.key.as_str()).collect();
    assert_eq!(keys.len(), bucket.len());
}

#[test]
fn nobody_and_no_day_give_no_data() {
    assert_eq!(
        chats(&organisation(7, from(), 3, 0).collect::<Vec<_>>()).count(),
        0
    );
    assert!(organisation(7, from(), 0, 3).all(|o| o.key.contains("/KiroLogs/")));
}

#[test]
fn about_three_quarters_of_the_prompts_are_empty() {
    let bucket = bucket();
    let prompts: Vec<bool> = chats(&bucket)
        .flat_map(records)
        .map(|r| r["generateAssistantResponseEventRequest"]["prompt"] == "")
        .collect();
    let share = prompts.iter().filter(|empty| **empty).count() * 100 / prompts.len();
    assert!((68..=84).contains(&share), "{share} % of {}", prompts.len());
}

#[test]
fn one_object_has_a_lone_surrogate_and_one_a_gzip_that_ends_early() {
    let bucket = bucket();
    let of_day = |name: &str| {
        bucket
            .iter()
            .find(|o| o.key.contains(name) && o.key.contains("/2025/12/04/"))
            .expect("is there")
    };
    let surrogate = of_day("Surrogate");
    assert!(records(surrogate).is_empty(), "no JSON reader takes it");
    let text = std::str::from_utf8(&surrogate.body).unwrap();
    assert_eq!(text.matches("\\ud83d").count(), 1);
    let truncated = of_day("Truncated");
    assert!(!truncated.gzip && truncated.body.starts_with(&[0x1f, 0x8b]));
}

#[test]
fn both_trees_are_there_with_twins_across_them() {
    let bucket = bucket();
    let mut trees: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for object in chats(&bucket) {
        for record in records(object) {
            let id = &record["generateAssistantResponseEventResponse"]["requestId"];
            let kiro = object.key.contains("/KiroLogs/");
            trees.entry(id.to_string()).or_default().insert(kiro);
        }
    }
    let of = |want: &[bool]| trees.values().filter(|t| t.iter().eq(want)).count();
    assert!(of(&[true]) > 50 && of(&[false]) > 50 && of(&[false, true]) > 50);
}

#[test]
fn some_records_lie_in_the_folder_of_the_day_after_them() {
    let bucket = bucket();
    let straddles = chats(&bucket)
        .flat_map(|o| records(o).into_iter().map(move |r| (o, r)))
        .filter(|(object, record)| {
            let time = &record["generateAssistantResponseEventRequest"]["timeStamp"];
            let day = time.as_str().unwrap()[..10].replace('-', "/");
            !object.key.contains(&format!("/{day}/"))
        })
        .count();
    assert!(straddles > 5, "{straddles}");
}

#[test]
fn reports_count_the_prompts_of_the_logs() {
    let organisation = Organisation::new(7, from(), 10);
    let day = from().plus(5);
    let reported: usize = people::ACCOUNTS
        .iter()
        .flat_map(|a| (0..people::CLIENTS.len()).map(move |c| (a, c)))
        .flat_map(|(a, c)| user_report::usage(&organisation, a, c, day))
        .map(|u| u.messages.values().sum::<usize>())
        .sum();
    let logged = organisation
        .users
        .iter()
        .flat_map(|u| [day.plus(-1), day].map(|d| activity::sessions(&organisation, u, d)))
        .flatten()
        .flat_map(|s| s.turns)
        .filter(|t| t.kind == activity::TurnKind::User && Day::of_nanos(t.at) == day)
        .count();
    assert!(reported > 0);
    assert_eq!(reported, logged);
}

#[test]
fn every_generation_of_the_report_parts_and_a_later_export_are_there() {
    let bucket: Vec<_> = organisation(7, from(), 40, 12).collect();
    let reports: Vec<&GeneratedObject> = bucket
        .iter()
        .filter(|o| o.key.contains("/user_report/"))
        .collect();
    let headers: BTreeSet<(bool, bool, bool, bool)> = reports
        .iter()
        .map(|o| {
            let text = String::from_utf8(o.body.clone()).unwrap();
            let header = text.lines().next().unwrap().to_owned();
            let has = |name: &str| header.contains(name);
            let models = header.matches("_messages").count() > 0;
            (
                models,
                has("New_User"),
                has("User_Email"),
                has("Usage_Limit"),
            )
        })
        .collect();
    for generation in [
        (false, false, false, false),
        (true, false, false, false),
        (true, true, false, false),
        (true, true, true, false),
        (true, true, true, true),
    ] {
        assert!(headers.contains(&generation), "{generation:?}");
    }
    let named = |part: &str| reports.iter().any(|o| o.key.contains(part));
    assert!(named("_part_2.csv") && named("0415.csv"));
}

/// What the key grammar says of each object that it takes for one of a dataset.
fn told(bucket: &[GeneratedObject]) -> Vec<(&GeneratedObject, Box<crate::object::Object>)> {
    let context = crate::key::KeyContext {
        name: "demo".to_owned(),
        ..crate::key::KeyContext::default()
    };
    bucket
        .iter()
        .filter_map(
            |o| match crate::key::classify(&context, &o.key, o.body.len() as u64) {
                crate::key::Class::Object(object) => Some((o, object)),
                crate::key::Class::Stray => None,
                crate::key::Class::Unrecognised { .. } => panic!("{} is nothing", o.key),
            },
        )
        .collect()
}

#[test]
fn every_dataset_and_every_form_of_key_is_there() {
    let bucket: Vec<_> = organisation(7, from(), 40, 24).collect();
    let told = told(&bucket);
    // Logs of bots are in a bucket of their own.
    let of_people = |dataset: &&&crate::dataset::Dataset| !dataset.name.starts_with("lex");
    for dataset in crate::dataset::DATASETS.iter().filter(of_people) {
        let of_dataset = |o: &crate::object::Object| o.dataset == Some(*dataset);
        assert!(told.iter().any(|(_, o)| of_dataset(o)), "{}", dataset.name);
    }
    let has = |name: &str, holds: &dyn Fn(&str, &crate::object::Object) -> bool| {
        told.iter()
            .any(|(g, o)| o.dataset.is_some_and(|d| d.name == name) && holds(&g.key, o))
    };
    for name in ["inline_completion", "by_user_analytic"] {
        for (form, holds) in [
            (
                "kiro",
                (|key, _| key.contains("/KiroLogs/")) as fn(&str, &crate::object::Object) -> bool,
            ),
            ("q", |key, _| key.contains("/QDeveloperLogs/")),
            ("upper case", |key, _| key.contains("/US-EAST-1/")),
            ("flat", |key, o| {
                key.starts_with("mirror/") && o.dated && o.region.is_none()
            }),
        ] {
            assert!(has(name, &holds), "{name}: {form}");
        }
    }
    let inline = |holds: fn(&str) -> bool| has("inline_completion", &|key, _| holds(key));
    assert!(inline(|key| key.contains(".gz/")), "two segments");
    assert!(inline(|key| !key.contains(".gz")), "not compressed");
    assert!(
        inline(|key| key.starts_with(log::PREFIX) && key.split('/').count() == 10),
        "without an hour"
    );
    for form in [
        "_part_1_report.csv",
        "_report_part_2.csv",
        "_part_2.csv",
        "0415",
        "/02/",
    ] {
        assert!(
            has("by_user_analytic", &|key, _| key.contains(form)),
            "{form}"
        );
    }
}

#[test]
fn every_generation_of_the_legacy_report_is_there_and_counts_the_suggestions_of_the_logs() {
    let bucket: Vec<_> = organisation(7, from(), 30, 12).collect();
    let mut columns = BTreeSet::new();
    for (report, object) in told(&bucket) {
        if object.dataset.is_some_and(|d| d.name == "by_user_analytic") {
            let text = String::from_utf8(report.body.clone()).unwrap();
            let header = text.lines().next().unwrap().to_owned();
            columns.insert((
                header.split(',').count(),
                header.contains("InlineChat_EventCount"),
            ));
        }
    }
    let all = [(8, false), (41, false), (46, false), (46, true)];
    assert!(columns.iter().eq(all.iter()), "{columns:?}");

    let organisation = Organisation::new(7, from(), 24);
    let mut total = 0;
    for day in (0..10).map(|days| from().plus(days)) {
        let reported: usize = people::ACCOUNTS
            .iter()
            .flat_map(|account| by_user_analytic::user_days(&organisation, account, day))
            .map(|row| row.suggestions)
            .sum();
        let logged = organisation
            .users
            .iter()
            .flat_map(|u| [day.plus(-1), day].map(|d| inline::suggestions(&organisation, u, d)))
            .flatten()
            .filter(|s| people::CLIENTS[s.client] == "PLUGIN" && Day::of_nanos(s.at) == day)
            .count();
        assert_eq!(reported, logged);
        total += reported;
    }
    assert!(total > 0);
}

#[test]
fn what_is_generated_is_read_without_a_reject() {
    let bucket: Vec<_> = organisation(7, from(), 20, 10).collect();
    for (generated, object) in told(&bucket) {
        let dataset = object.dataset.expect("a generated key tells its dataset");
        if ["Surrogate", "Truncated"]
            .iter()
            .any(|broken| generated.key.contains(broken))
        {
            continue;
        }
        let trial = crate::trial::decode(
            dataset,
            &object,
            &generated.body,
            &crate::input::End::Clean,
            None,
        );
        assert_eq!(trial.outcome.rejected, 0, "{}", generated.key);
        assert!(trial.outcome.accepted > 0, "{}", generated.key);
    }
}
