//! Chat records (`GenerateAssistantResponse`) and the objects that they lie in.

use crate::day::Day;

use super::activity::{self, Session, Turn, TurnKind};
use super::log::{
    ALPHANUMERIC, Generation, KIRO_FROM, QDEVELOPER_TO, body, generation_of, list, object, place,
    quoted, text, tree_of,
};
use super::object::{GeneratedObject, iso, truncated_gzip};
use super::people::{CLIENTS, MODELS, Organisation, User};
use super::prose::{self, Topic};
use super::rng::Rng;

/// One record, as the client knows it. `None` is what was not said.
#[derive(Clone, Debug, Default)]
pub struct ChatRecord {
    /// `""` where the agent went on by itself.
    pub prompt: Option<String>,
    /// `MANUAL`, `INLINE_CHAT`, …
    pub trigger: Option<String>,
    /// Customisation in use.
    pub customization_arn: Option<String>,
    /// `d-xxxxxxxxxx.<uuid>`
    pub user_id: Option<String>,
    /// ISO-8601.
    pub time: Option<String>,
    /// As the log spells it.
    pub model_id: Option<String>,
    /// What came back.
    pub response: Option<String>,
    /// JSON: a string or a list of strings.
    pub followup_prompts: Option<String>,
    /// `conversationId` and `utteranceId`; the outer `None`: no metadata.
    pub metadata: Option<(Option<String>, Option<String>)>,
    /// JSON, one for each reference.
    pub code_references: Option<Vec<String>>,
    /// uri, title, snippet.
    pub web_links: Option<Vec<(String, String, String)>>,
    /// A uuid.
    pub request_id: Option<String>,
    /// Members that no schema knows: name and JSON, in the request half.
    pub unknown: Vec<(String, String)>,
}

impl ChatRecord {
    /// The record as JSON.
    pub fn to_json(&self, generation: Generation) -> String {
        let (prompt, trigger) = (text(self.prompt.as_ref()), text(self.trigger.as_ref()));
        let metadata = self.metadata.as_ref().map(|(conversation, utterance)| {
            object(
                &[
                    ("conversationId", text(conversation.as_ref())),
                    ("utteranceId", text(utterance.as_ref())),
                ],
                generation,
            )
        });
        let links = self.web_links.as_ref().map(|links| {
            let links: Vec<String> = links
                .iter()
                .map(|(uri, title, snippet)| {
                    format!(
                        r#"{{"uri":{},"title":{},"snippet":{}}}"#,
                        quoted(uri),
                        quoted(title),
                        quoted(snippet)
                    )
                })
                .collect();
            list(&links)
        });
        let mut request = vec![
            ("prompt", prompt),
            ("chatTriggerType", trigger),
            ("customizationArn", text(self.customization_arn.as_ref())),
            ("userId", text(self.user_id.as_ref())),
            ("timeStamp", text(self.time.as_ref())),
            ("modelId", text(self.model_id.as_ref())),
        ];
        request.extend(
            self.unknown
                .iter()
                .map(|(name, json)| (name.as_str(), Some(json.clone()))),
        );
        let response = [
            ("assistantResponse", text(self.response.as_ref())),
            ("followupPrompts", self.followup_prompts.clone()),
            ("messageMetadata", metadata),
            (
                "codeReferenceEvents",
                self.code_references.as_deref().map(list),
            ),
            ("supplementaryWebLinksEvent", links),
            ("requestId", text(self.request_id.as_ref())),
        ];
        format!(
            r#"{{"generateAssistantResponseEventRequest":{},"generateAssistantResponseEventResponse":{}}}"#,
            object(&request, generation),
            object(&response, generation)
        )
    }
}

/// The objects of the sessions that a user began on `day`. Those that go on past midnight, or are delivered after it,
/// lie in the next day's folder.
pub fn objects(organisation: &Organisation, user: &User, day: Day) -> Vec<GeneratedObject> {
    let mut rng = Rng::derived(
        organisation.seed,
        &[CHAT, user.number as u64, u64::from(day.0.unsigned_abs())],
    );
    let mut objects = Vec::new();
    for session in activity::sessions(organisation, user, day) {
        let topic = Topic::new(&mut rng, 1 + session.turns.len() % 5);
        let mut turns = session.turns.iter().peekable();
        while let Some(turn) = turns.next() {
            let delivered = turn.at + rng.between_i64(2, 240) * 1_000_000_000;
            let mut records = vec![record(&mut rng, organisation, user, &session, turn, &topic)];
            if rng.chance(10) {
                records.extend(
                    turns
                        .next_if(|next| next.at < delivered)
                        .map(|next| record(&mut rng, organisation, user, &session, next, &topic)),
                );
            }
            objects.extend(delivery(&mut rng, user, delivered, &records));
        }
    }
    objects
}

/// An object of two records, the second of which cannot be read (half a surrogate pair), and one whose gzip ends early.
pub fn broken(organisation: &Organisation, user: &User, day: Day) -> [GeneratedObject; 2] {
    let mut rng = Rng::derived(
        organisation.seed,
        &[BROKEN, u64::from(day.0.unsigned_abs())],
    );
    let topic = Topic::new(&mut rng, 1);
    let noon = i64::from(day.0) * Day::NANOS + Day::NANOS / 2;
    let mut one = || {
        ChatRecord {
            prompt: Some(prose::request(&mut rng, &topic)),
            user_id: Some(organisation.logged_id(user)),
            time: Some(iso(noon, 3)),
            response: Some(prose::answer(&mut rng, &topic)),
            request_id: Some(rng.uuid()),
            ..ChatRecord::default()
        }
        .to_json(Generation::Omitted)
    };
    let (good, bad) = (
        one(),
        one().replacen(r#""prompt":""#, r#""prompt":"\ud83d"#, 1),
    );
    let whole = body(&[one(), one(), one()]);
    let kept = whole.len() * 3 / 4;
    let tree = tree_of(day);
    [
        GeneratedObject {
            key: place(user, tree, KIND).log_key(noon, "Surrogate0000001"),
            body: body(&[good, bad]),
            gzip: true,
        },
        GeneratedObject {
            key: place(user, tree, KIND).log_key(noon, "Truncated0000001"),
            body: truncated_gzip(&whole, kept),
            gzip: false,
        },
    ]
}

/// One delivery: an object in the tree of its day, during the overlap at times in both (twins), and now and then once
/// more with an answer that is longer (a variant).
fn delivery(
    rng: &mut Rng,
    user: &User,
    delivered: i64,
    records: &[ChatRecord],
) -> Vec<GeneratedObject> {
    let day = Day::of_nanos(delivered);
    let both = (KIRO_FROM..=QDEVELOPER_TO).contains(&day) && rng.chance(40);
    let tree = tree_of(day);
    let generation = generation_of(rng, tree);
    let mut objects = vec![object_of(rng, user, delivered, tree, records, generation)];
    if both {
        let other = if tree == "KiroLogs" {
            "QDeveloperLogs"
        } else {
            "KiroLogs"
        };
        objects.push(object_of(
            rng,
            user,
            delivered,
            other,
            records,
            Generation::Nulls,
        ));
    }
    if rng.below(400) == 0 {
        let mut longer = records.to_vec();
        for record in &mut longer {
            record.response = record.response.take().map(|text| text + "\n\nDone.");
        }
        objects.push(object_of(rng, user, delivered, tree, &longer, generation));
    }
    objects
}

fn object_of(
    rng: &mut Rng,
    user: &User,
    delivered: i64,
    tree: &str,
    records: &[ChatRecord],
    generation: Generation,
) -> GeneratedObject {
    let records: Vec<String> = records.iter().map(|r| r.to_json(generation)).collect();
    let tail = rng.letters(16, ALPHANUMERIC);
    GeneratedObject {
        key: place(user, tree, KIND).log_key(delivered, &tail),
        body: body(&records),
        gzip: true,
    }
}

/// One turn as a record.
pub fn record(
    rng: &mut Rng,
    organisation: &Organisation,
    user: &User,
    session: &Session,
    turn: &Turn,
    topic: &Topic,
) -> ChatRecord {
    let digits = *rng.pick(&[9, 9, 9, 9, 9, 9, 6, 3, 0]);
    let (prompt, response) = match turn.kind {
        TurnKind::Router => (router_prompt(rng, topic), router_response(rng)),
        TurnKind::User => (user_prompt(rng, session, topic), prose::answer(rng, topic)),
        TurnKind::Tool => (String::new(), prose::step(rng, topic)),
    };
    let asked = turn.kind == TurnKind::User;
    let web_links = if asked && rng.chance(12) {
        (0..rng.between(1, 3))
            .map(|_| prose::web_page(rng, topic))
            .collect()
    } else {
        Vec::new()
    };
    let code_references = if asked && rng.chance(3) {
        vec![code_reference(rng, topic)]
    } else {
        Vec::new()
    };
    let model = if turn.kind == TurnKind::Router {
        "simple-task"
    } else {
        MODELS[session.model].0
    };
    let unknown = if rng.chance(2) {
        vec![
            (
                "agentMode".to_owned(),
                quoted(rng.pick::<&str>(&["vibe", "spec"])),
            ),
            (
                "contextUsage".to_owned(),
                format!(
                    r#"{{"tokens":{},"share":0.{:02}}}"#,
                    rng.between(800, 90_000),
                    rng.below(100)
                ),
            ),
        ]
    } else {
        Vec::new()
    };
    ChatRecord {
        prompt: Some(prompt),
        trigger: Some(
            if rng.chance(4) {
                "INLINE_CHAT"
            } else {
                "MANUAL"
            }
            .to_owned(),
        ),
        customization_arn: user.customization_arn.clone(),
        user_id: Some(organisation.logged_id(user)),
        time: Some(iso(turn.at, digits)),
        model_id: rng.chance(90).then(|| model.to_owned()),
        response: Some(response),
        followup_prompts: followup(rng, topic),
        metadata: rng
            .chance(20)
            .then(|| (None, rng.chance(50).then(|| rng.uuid()))),
        code_references: rng.chance(85).then_some(code_references),
        web_links: (!web_links.is_empty() || rng.chance(85)).then_some(web_links),
        request_id: Some(rng.uuid()),
        unknown,
    }
}

fn followup(rng: &mut Rng, topic: &Topic) -> Option<String> {
    match rng.below(10) {
        0..5 => Some(quoted("")),
        5 => Some(quoted(&prose::request(rng, topic))),
        6 => Some(format!(
            "[{}, {}]",
            quoted(&prose::request(rng, topic)),
            quoted("Show me the diff.")
        )),
        _ => None,
    }
}

fn user_prompt(rng: &mut Rng, session: &Session, topic: &Topic) -> String {
    let request = prose::request(rng, topic);
    let Topic { file, source, .. } = topic;
    match CLIENTS[session.client] {
        "KIRO_CLI" => format!(
            "--- CONTEXT ENTRY BEGIN ---\n[{file}]\n{source}--- CONTEXT ENTRY END ---\n\n\
             --- USER MESSAGE BEGIN ---\n{request}\n--- USER MESSAGE END ---"
        ),
        "KIRO_IDE" => format!(
            "{request}\n\n<EnvironmentContext>\n<OPEN-EDITOR-FILES>\n<file name=\"{file}\" />\n</OPEN-EDITOR-FILES>\n\
             <ACTIVE-EDITOR-FILE>\n{source}</ACTIVE-EDITOR-FILE>\n</EnvironmentContext>\n\n## Included Rules (style.md)\n\
             <user-rule id=\"style.md\">\nSmall functions, names that say what they do, a test for each bug.\n</user-rule>"
        ),
        _ => request,
    }
}

fn router_prompt(rng: &mut Rng, topic: &Topic) -> String {
    format!(
        "Say whether the message is chat, do or spec, as JSON with a confidence for each.\n\nMessage: {}",
        prose::request(rng, topic)
    )
}

fn router_response(rng: &mut Rng) -> String {
    let chat = rng.below(100);
    let todo = rng.below(100 - chat);
    let json = format!(
        r#"{{"chat": 0.{chat:02}, "do": 0.{todo:02}, "spec": 0.{:02}}}"#,
        99 - chat - todo
    );
    if rng.chance(40) {
        format!("```json\n{json}\n```")
    } else {
        json
    }
}

fn code_reference(rng: &mut Rng, topic: &Topic) -> String {
    let start = rng.between(10, 400);
    format!(
        r#"{{"licenseName":"MIT","repository":{},"recommendationContentSpan":{{"start":{start},"end":{}}},"score":1.50}}"#,
        quoted(&format!("example/{}-tools", topic.noun)),
        start + rng.between(20, 300)
    )
}

const KIND: &str = "GenerateAssistantResponse";
const CHAT: u64 = 3;
const BROKEN: u64 = 4;
