//! Conversations with two bots, as the service logs them.

use serde_json::{Map, Value, json};

use super::super::object::iso;
use super::super::rng::Rng;
use crate::day::Day;

/// A bot and where it stands.
#[derive(Debug)]
pub struct Bot {
    /// Its name.
    pub name: &'static str,
    /// Its id; the first generation has none.
    pub id: &'static str,
    /// Alias id.
    pub alias_id: &'static str,
    /// Alias.
    pub alias: &'static str,
    /// Version.
    pub version: &'static str,
    /// Locale.
    pub locale: &'static str,
}

/// The bot of the second generation: asks where parcels are.
pub static PARCELS: Bot = Bot {
    name: "ParcelDesk",
    id: "PD7Q2M9XKA",
    alias_id: "TSTALIASID",
    alias: "prod",
    version: "7",
    locale: "en_GB",
};

/// The bot of the first generation: sells flowers.
pub static FLOWERS: Bot = Bot {
    name: "FlowerShop",
    id: "",
    alias_id: "",
    alias: "live",
    version: "12",
    locale: "en-US",
};

/// What the service logs of one turn, or what something else logs beside it.
#[derive(Clone, Debug)]
pub struct Logged {
    /// When, in nanoseconds since the epoch.
    pub at: i64,
    /// The message.
    pub message: String,
    /// Whether it is a Lex entry.
    pub is_entry: bool,
}

/// The `number`-th call of a day, and the audio that it left: key below the bucket, and bytes.
pub(super) fn call(
    seed: u64,
    day: Day,
    number: u64,
    speech: bool,
) -> (Vec<Logged>, Option<(String, usize)>) {
    let mut rng = Rng::derived(seed, &[CALLS, u64::from(day.0.unsigned_abs()), number]);
    let mut at = i64::from(day.0) * Day::NANOS + rng.between_i64(6 * HOUR, 24 * HOUR - 1);
    let session = rng.uuid();
    let original = rng.uuid();
    let audio = speech.then(|| {
        let (y, m, d) = day.ymd();
        let Bot {
            id,
            alias_id,
            version,
            ..
        } = PARCELS;
        let key = format!(
            "aws/lex/{id}/{alias_id}/{version}/{y:04}/{m:02}/{d:02}/{}.pcm",
            rng.uuid()
        );
        (key, rng.between(4_000, 9_000))
    });
    let turns = rng.between(2, 6);
    let mut logged = Vec::new();
    let mut number_slot = None;
    for turn in 0..turns {
        let missed = rng.chance(15);
        if !missed && turn > 0 {
            number_slot = Some(format!("PX{:06}", rng.below(1_000_000)));
        }
        let turn = Turn {
            session: &session,
            original: &original,
            at,
            number: turn,
            is_last: turn + 1 == turns,
            missed,
            parcel: number_slot.as_deref(),
            audio: audio
                .as_ref()
                .filter(|_| turn == 0)
                .map(|(key, _)| key.as_str()),
            speech,
        };
        if turn.number == 1 {
            let note = format!("START RequestId: {} Version: $LATEST", rng.uuid());
            logged.push(Logged {
                at: at - 5_000_000,
                message: note,
                is_entry: false,
            });
        }
        let entry = parcel_entry(&turn, &mut rng);
        logged.push(Logged {
            at,
            message: entry.to_string(),
            is_entry: true,
        });
        if turn.number == 1 && rng.chance(40) {
            // The same request, once more: what it takes is long in coming.
            let mut waiting = entry.clone();
            waiting["responseReason"] = "StillWaiting".into();
            waiting["timestamp"] = iso(at + 2_000_000_000, 3).into();
            logged.push(Logged {
                at: at + 2_000_000_000,
                message: waiting.to_string(),
                is_entry: true,
            });
        }
        at += rng.between_i64(4, 40) * SECOND;
    }
    (logged, audio)
}

struct Turn<'t> {
    session: &'t str,
    original: &'t str,
    at: i64,
    number: usize,
    is_last: bool,
    missed: bool,
    parcel: Option<&'t str>,
    audio: Option<&'t str>,
    speech: bool,
}

fn parcel_entry(turn: &Turn<'_>, rng: &mut Rng) -> Value {
    let said = match (turn.missed, turn.number, turn.parcel) {
        (true, ..) => *rng.pick(&["erm", "can I speak to a human – please", "wie bitte?"]),
        (_, 0, _) => *rng.pick(&["where is my parcel", "I want to change the address"]),
        (_, _, Some(_)) => "it is {ParcelNumber}",
        _ => "tomorrow",
    };
    let intent = if turn.missed {
        "FallbackIntent"
    } else {
        "TrackParcel"
    };
    let state = match (turn.missed, turn.is_last) {
        (true, _) => "Failed",
        (_, true) => "Fulfilled",
        _ => "InProgress",
    };
    let action = match (turn.is_last, turn.number) {
        (true, _) => json!({"type": "Close"}),
        (_, 0) => json!({"type": "ElicitSlot", "slotToElicit": "ParcelNumber"}),
        (_, 1) => {
            json!({"type": "ElicitSlot", "slotToElicit": "Address", "subSlotToElicit": {"name": "Street"}})
        }
        _ => json!({"type": "ElicitSlot", "slotToElicit": "Days"}),
    };
    let mood = *rng.pick(&["NEUTRAL", "NEUTRAL", "NEGATIVE", "POSITIVE", "MIXED"]);
    let mut entry = json!({
        "messageVersion": "2.0",
        "timestamp": iso(turn.at, 3),
        "requestId": rng.uuid(),
        "sessionId": turn.session,
        "bot": {"id": PARCELS.id, "name": PARCELS.name, "aliasId": PARCELS.alias_id, "aliasName": PARCELS.alias,
            "localeId": PARCELS.locale, "version": PARCELS.version},
        "inputMode": if turn.speech { "Speech" } else { "Text" },
        "operationName": if turn.speech { "StartConversation" } else { "RecognizeText" },
        "responseReason": "UtteranceResponse",
        "inputTranscript": said,
        "missedUtterance": turn.missed,
        "sessionState": {
            "originatingRequestId": turn.original,
            "sessionAttributes": {"PhoneNumber": "+44 1632 960017", "CustomerName": "Ines Haddad", "tier": "gold"},
            "intent": {"name": intent, "state": state, "confirmationState": "None", "slots": slots(turn, rng)},
            "dialogAction": action,
        },
        "interpretations": [
            {"intent": {"name": "ChangeAddress", "slots": {}}, "nluConfidence": "0.41", "interpretationSource": "Lex"},
            {"intent": {"name": intent}, "interpretationSource": "Lex",
             "sentimentResponse": {"sentiment": mood, "sentimentScore": {"positive": "0.1", "negative": "0.2", "neutral": "0.65", "mixed": "0.05"}}},
        ],
        "utteranceContext": {},
        "requestAttributes": {},
    });
    if !turn.missed {
        let confidence = format!("0.{}", rng.between(52, 99));
        entry["interpretations"][1]["nluConfidence"] = if rng.chance(80) {
            confidence.into()
        } else {
            json!({"score": 0.75})
        };
        entry["messages"] = json!([{"contentType": "PlainText", "content": "One moment."}, {"contentType": "PlainText", "content": "Anything else?"}]);
    }
    if turn.speech {
        entry["transcriptions"] = json!([{"transcription": said, "transcriptionConfidence": if rng.chance(50) { json!("0.93") } else { json!(1) }}]);
        entry["bargeIn"] = "false".into();
    }
    if let Some(key) = turn.audio {
        entry["audioProperties"] = json!({"contentType": "audio/lpcm; sample-rate=8000; sample-size-bits=16; channel-count=1", "s3Path": key,
            "duration": {"total": 2480, "voice": 1620, "silence": 860}});
    }
    entry
}

/// The parcel's number is obfuscated, as the bot is set to do.
fn slots(turn: &Turn<'_>, rng: &mut Rng) -> Value {
    if turn.missed {
        return json!({});
    }
    let scalar = |text: &str| json!({"shape": "Scalar", "value": {"originalValue": text, "interpretedValue": text, "resolvedValues": [text]}});
    let mut slots = Map::new();
    let parcel = turn
        .parcel
        .map_or(Value::Null, |_| scalar("{ParcelNumber}"));
    slots.insert("ParcelNumber".to_owned(), parcel);
    let street = if turn.number > 1 {
        scalar(rng.pick::<&str>(&["Elm Street", "Quai d’Orsay"]))
    } else {
        Value::Null
    };
    let address = json!({"shape": "Composite", "subSlots": {"Street": street, "Zip": null}});
    slots.insert("Address".to_owned(), address);
    let days = if turn.number > 2 {
        json!({"shape": "List", "values": [scalar("Monday"), scalar("Friday")]})
    } else {
        Value::Null
    };
    slots.insert("Days".to_owned(), days);
    Value::Object(slots)
}

/// An order of flowers, in the words of the first generation.
pub(super) fn order(seed: u64, day: Day, number: u64) -> Vec<Logged> {
    let mut rng = Rng::derived(seed, &[ORDERS, u64::from(day.0.unsigned_abs()), number]);
    let mut at = i64::from(day.0) * Day::NANOS + rng.between_i64(6 * HOUR, 23 * HOUR);
    let (session, user) = (
        rng.uuid(),
        format!("web-{}", rng.letters(8, b"abcdef0123456789")),
    );
    let mut logged = Vec::new();
    let turns = rng.between(2, 4);
    for turn in 0..turns {
        let missed = rng.chance(12);
        let state = match (missed, turn + 1 == turns, turn) {
            (true, ..) => "ElicitIntent",
            (_, true, _) => "Fulfilled",
            (_, _, 1) => "ConfirmIntent",
            _ => "ElicitSlot",
        };
        let score = format!(
            "{{Positive: 0.{},Negative: 0.01, Neutral: 0.5,Mixed: 1.0E-4}}",
            rng.between(10, 49)
        );
        let entry = json!({
            "messageVersion": "1.0", "botName": FLOWERS.name, "botAlias": FLOWERS.alias, "botVersion": FLOWERS.version,
            "inputTranscript": if missed { "mumble" } else { "two roses, please" },
            "botResponse": if missed { Value::Null } else { "Which day?".into() },
            "intent": if missed { Value::Null } else { "OrderFlowers".into() },
            "nluIntentConfidence": if rng.chance(50) { json!({"score": 0.9}) } else { json!("0.88") },
            "slots": if missed { Value::Null } else { json!({"FlowerType": "roses", "PickupDate": null, "Phone": "{Phone}"}) },
            "alternativeIntents": [{"intent": "AMAZON.FallbackIntent", "nluIntentConfidence": null, "slots": {}}],
            "developerOverride": "false", "missedUtterance": missed, "inputDialogMode": "Text",
            "requestId": rng.uuid(), "s3PathForAudio": null, "userId": user, "sessionId": session,
            "sentimentResponse": {"sentimentLabel": "NEUTRAL", "sentimentScore": score},
            "slotToElicit": if state == "ElicitSlot" { "PickupDate".into() } else { Value::Null },
            "dialogState": state, "responseCard": null, "locale": FLOWERS.locale, "timestamp": iso(at, 3),
            "kendraResponse": null, "sessionAttributes": {"Phone": "+44 1632 960018"}, "requestAttributes": {},
        });
        logged.push(Logged {
            at,
            message: entry.to_string(),
            is_entry: true,
        });
        at += rng.between_i64(5, 30) * SECOND;
    }
    logged
}

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * SECOND;
const CALLS: u64 = 20;
const ORDERS: u64 = 21;
