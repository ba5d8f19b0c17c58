//! `/dev` records (`StartTaskAssistCodeGeneration`). Nobody has shown one: these are what could be.

use crate::day::Day;

use super::activity::{self, TurnKind};
use super::log::{ALPHANUMERIC, body, generation_of, object, place, quoted, tree_of};
use super::object::{GeneratedObject, iso};
use super::people::{Organisation, User};
use super::prose::{self, Topic};
use super::rng::Rng;

/// The objects of the tasks that a user began on `day`, one record each: in some sessions the first prompt was one.
pub fn objects(organisation: &Organisation, user: &User, day: Day) -> Vec<GeneratedObject> {
    let parts = [
        DEV_TASK,
        user.number as u64,
        u64::from(day.0.unsigned_abs()),
    ];
    let mut rng = Rng::derived(organisation.seed, &parts);
    let mut objects = Vec::new();
    for session in activity::sessions(organisation, user, day) {
        let first = session.turns.iter().find(|t| t.kind == TurnKind::User);
        if let Some(turn) = first.filter(|_| rng.chance(12)) {
            let delivered = turn.at + rng.between_i64(2, 240) * 1_000_000_000;
            let tree = tree_of(Day::of_nanos(delivered));
            let record = record(&mut rng, organisation, user, turn.at, tree);
            let tail = rng.letters(16, ALPHANUMERIC);
            objects.push(GeneratedObject {
                key: place(user, tree, KIND).log_key(delivered, &tail),
                body: body(&[record]),
                gzip: true,
            });
        }
    }
    objects
}

fn record(rng: &mut Rng, organisation: &Organisation, user: &User, at: i64, tree: &str) -> String {
    let generation = generation_of(rng, tree);
    let topic = Topic::new(rng, 1);
    let prompt = *rng.pick(&["prompt", "prompt", "userPrompt", "task", "description"]);
    let request = [
        (prompt, Some(quoted(&prose::request(rng, &topic)))),
        ("customizationArn", None),
        ("userId", Some(quoted(&organisation.logged_id(user)))),
        ("timeStamp", Some(quoted(&iso(at, 9)))),
    ];
    let request = object(&request, generation);
    if rng.chance(30) {
        return format!(r#"{{"startTaskAssistCodeGenerationEventRequest":{request}}}"#);
    }
    let response = [
        ("requestId", Some(quoted(&rng.uuid()))),
        (
            "conversationId",
            rng.chance(50).then(|| quoted(&rng.uuid())),
        ),
    ];
    let response = object(&response, generation);
    format!(
        r#"{{"startTaskAssistCodeGenerationEventRequest":{request},"startTaskAssistCodeGenerationEventResponse":{response}}}"#
    )
}

const KIND: &str = "StartTaskAssistCodeGeneration";
const DEV_TASK: u64 = 9;
