//! Inline suggestion records (`GenerateCompletions`) and the objects that they lie in.

use crate::day::Day;

use super::activity::{self, TurnKind};
use super::code;
use super::log::{
    ALPHANUMERIC, Generation, KIRO_FROM, QDEVELOPER_TO, body, documented_region, flat,
    generation_of, list, object, place, quoted, text, tree_of,
};
use super::object::{GeneratedObject, Place, iso};
use super::people::{CLIENTS, Organisation, User};
use super::prose::Topic;
use super::rng::Rng;

/// A suggestion that an editor asked for.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// When, in nanoseconds since the epoch.
    pub at: i64,
    /// Index into [`CLIENTS`].
    pub client: usize,
    /// Lines that were accepted of it, 0 for most.
    pub accepted_lines: usize,
    /// Tells it from the others of that user and day.
    number: u64,
}

/// One record, as the editor knows it. `None` is what was not said.
#[derive(Clone, Debug, Default)]
pub struct InlineRecord {
    /// Text before the cursor.
    pub left_context: Option<String>,
    /// Text after the cursor, at times `""`.
    pub right_context: Option<String>,
    /// Bare name of the file.
    pub file_name: Option<String>,
    /// Customisation in use.
    pub customization_arn: Option<String>,
    /// `d-xxxxxxxxxx.<uuid>`
    pub user_id: Option<String>,
    /// ISO-8601.
    pub time: Option<String>,
    /// What came back.
    pub completions: Option<Vec<String>>,
    /// Whether a completion is an object with its `content` instead of a text.
    pub as_objects: bool,
    /// A uuid.
    pub request_id: Option<String>,
}

impl InlineRecord {
    /// The record as JSON.
    pub fn to_json(&self, generation: Generation) -> String {
        let completions = self.completions.as_ref().map(|completions| {
            let completions: Vec<String> = completions
                .iter()
                .map(|completion| {
                    if self.as_objects {
                        format!(r#"{{"content":{}}}"#, quoted(completion))
                    } else {
                        quoted(completion)
                    }
                })
                .collect();
            list(&completions)
        });
        let request = [
            ("leftContext", text(self.left_context.as_ref())),
            ("rightContext", text(self.right_context.as_ref())),
            ("fileName", text(self.file_name.as_ref())),
            ("customizationArn", text(self.customization_arn.as_ref())),
            ("userId", text(self.user_id.as_ref())),
            ("timeStamp", text(self.time.as_ref())),
        ];
        let response = [
            ("completions", completions),
            ("requestId", text(self.request_id.as_ref())),
        ];
        format!(
            r#"{{"generateCompletionsEventRequest":{},"generateCompletionsEventResponse":{}}}"#,
            object(&request, generation),
            object(&response, generation)
        )
    }
}

/// The suggestions of the sessions that a user began on `day`: those in an editor have a few around each prompt.
pub fn suggestions(organisation: &Organisation, user: &User, day: Day) -> Vec<Suggestion> {
    let mut rng = derived(organisation, user, day, SUGGESTIONS);
    let mut suggestions = Vec::new();
    for session in activity::sessions(organisation, user, day) {
        if !matches!(CLIENTS[session.client], "KIRO_IDE" | "PLUGIN") {
            continue;
        }
        let prompts = session.turns.iter().filter(|t| t.kind == TurnKind::User);
        for prompt in prompts {
            let mut at = prompt.at;
            for _ in 0..rng.between(1, 4) {
                at += rng.between_i64(1, 20) * 1_000_000_000 + rng.between_i64(0, 999_999_999);
                suggestions.push(Suggestion {
                    at,
                    client: session.client,
                    accepted_lines: if rng.chance(30) { rng.between(1, 6) } else { 0 },
                    number: suggestions.len() as u64,
                });
            }
        }
    }
    suggestions
}

/// The objects of the suggestions of [`suggestions`]: one or two records each; during the overlap some in both trees,
/// some copied into a flat folder.
pub fn objects(organisation: &Organisation, user: &User, day: Day) -> Vec<GeneratedObject> {
    let mut rng = derived(organisation, user, day, INLINE);
    let suggestions = suggestions(organisation, user, day);
    let topic = Topic::new(&mut rng, 2);
    let mut objects = Vec::new();
    let mut rest = suggestions.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(if rng.chance(10) { 2 } else { 1 }));
        rest = later;
        let records: Vec<InlineRecord> = now
            .iter()
            .map(|one| record(&mut rng, organisation, user, one, &topic))
            .collect();
        let delivered = now[now.len() - 1].at + rng.between_i64(2, 240) * 1_000_000_000;
        let day = Day::of_nanos(delivered);
        let tree = tree_of(day);
        let generation = generation_of(&mut rng, tree);
        let object = delivery(&mut rng, user, tree, delivered, &records, generation);
        if (KIRO_FROM..=QDEVELOPER_TO).contains(&day) && rng.chance(30) {
            let other = if tree == "KiroLogs" {
                "QDeveloperLogs"
            } else {
                "KiroLogs"
            };
            let twin = delivery(
                &mut rng,
                user,
                other,
                delivered,
                &records,
                Generation::Nulls,
            );
            objects.push(twin);
        }
        if object.gzip && rng.chance(3) {
            objects.push(flat(&object));
        }
        objects.push(object);
    }
    objects
}

/// Keys in all their forms: regions as both spell them, no hour, the documentation's two segments.
fn delivery(
    rng: &mut Rng,
    user: &User,
    tree: &str,
    delivered: i64,
    records: &[InlineRecord],
    generation: Generation,
) -> GeneratedObject {
    let records: Vec<String> = records.iter().map(|r| r.to_json(generation)).collect();
    let tail = rng.letters(16, ALPHANUMERIC);
    let documented = documented_region(user);
    let place = place(user, tree, KIND);
    let place = Place {
        region: if tree == "QDeveloperLogs" && rng.chance(20) {
            &documented
        } else {
            place.region
        },
        ..place
    };
    let key = place.log_key(delivered, &tail);
    let folder = place.folder(Day::of_nanos(delivered));
    let (key, gzip) = match rng.below(40) {
        0 => {
            let file = key.rsplit('/').next().unwrap_or_default();
            (format!("{folder}/{file}"), true)
        }
        1 => (format!("{folder}/{tail}.gz/{tail}.json"), false),
        2 => (key.trim_end_matches(".gz").to_owned(), false),
        _ => (key, true),
    };
    GeneratedObject {
        key,
        body: body(&records),
        gzip,
    }
}

fn record(
    rng: &mut Rng,
    organisation: &Organisation,
    user: &User,
    suggestion: &Suggestion,
    topic: &Topic,
) -> InlineRecord {
    let mut numbers = Rng::derived(
        organisation.seed,
        &[
            INLINE,
            user.number as u64,
            suggestion.at.unsigned_abs(),
            suggestion.number,
        ],
    );
    let source: Vec<&str> = topic.source.lines().collect();
    let cursor = rng.below(source.len());
    let bare = topic.file.rsplit('/').next().unwrap_or_default();
    let file_name = match rng.below(20) {
        0 => "Makefile".to_owned(),
        1 => ".env".to_owned(),
        2 => bare.to_uppercase(),
        _ => bare.to_owned(),
    };
    let count = if suggestion.accepted_lines > 0 {
        1
    } else {
        *rng.pick(&[0, 0, 1, 1, 2, 3])
    };
    let completions = (0..count)
        .map(|_| {
            let function = code::function(&mut numbers, topic.language, topic.noun);
            let lines = if suggestion.accepted_lines > 0 {
                suggestion.accepted_lines
            } else {
                3
            };
            function.lines().take(lines).collect::<Vec<_>>().join("\n")
        })
        .collect();
    InlineRecord {
        left_context: Some(source[..cursor].join("\n")),
        right_context: Some(if rng.chance(30) {
            String::new()
        } else {
            source[cursor..].join("\n")
        }),
        file_name: Some(file_name),
        customization_arn: user.customization_arn.clone(),
        user_id: Some(organisation.logged_id(user)),
        time: Some(iso(suggestion.at, *rng.pick(&[9, 9, 9, 6, 3, 0]))),
        completions: Some(completions),
        as_objects: rng.chance(10),
        request_id: Some(numbers.uuid()),
    }
}

fn derived(organisation: &Organisation, user: &User, day: Day, what: u64) -> Rng {
    let parts = [what, user.number as u64, u64::from(day.0.unsigned_abs())];
    Rng::derived(organisation.seed, &parts)
}

const KIND: &str = "GenerateCompletions";
const INLINE: u64 = 7;
const SUGGESTIONS: u64 = 8;
