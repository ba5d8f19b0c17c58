//! The bucket of a call centre whose two bots log: every shape in which text logs reach S3, and audio.
//!
//! A bot of the second generation takes calls on every day asked for; one of the first generation sold flowers until its
//! service ended. What is in it on purpose: entries that came through two shapes, one without a request id among them;
//! gzip in gzip, members without names; control messages, lines of functions, a code hook's event; a line that is cut;
//! obfuscated slots; audio with and without an ending. Names and numbers of people are invented.

mod talk;
#[cfg(test)]
mod tests;
mod wrap;

pub use talk::{Bot, FLOWERS, Logged, PARCELS};

use super::object::{GeneratedObject, digits};
use super::rng::Rng;
use crate::day::Day;

/// The account of the call centre.
pub const ACCOUNT: &str = "777788889999";

/// The last day on which the service of the first generation ran.
const LAST_DAY_OF_V1: (i32, u32, u32) = (2025, 9, 14);

const GROUP: &str = "/aws/lex/ParcelDesk";
const STREAM: &str = "aws/lex/PD7Q2M9XKA/TSTALIASID/7";

/// Every object of the bucket, day after day, for a source with `kind=lex`; the same for the same arguments.
/// No two keys are equal.
pub fn lex(seed: u64, from_day: Day, days: u32) -> impl Iterator<Item = GeneratedObject> {
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let strays = (days > 0).then(|| {
        object(
            "exports/aws-logs-write-test",
            b"Permission Check Successful".to_vec(),
            false,
        )
    });
    let daily = (0..days).flat_map(move |offset| {
        let mut objects = calls(seed, from_day.plus(offset), offset);
        objects.extend(orders(seed, from_day, days, offset));
        objects
    });
    strays.into_iter().chain(daily)
}

fn object(key: impl Into<String>, body: Vec<u8>, gzip: bool) -> GeneratedObject {
    GeneratedObject {
        key: key.into(),
        body,
        gzip,
    }
}

/// A day of the bot that takes calls.
fn calls(seed: u64, day: Day, offset: i32) -> Vec<GeneratedObject> {
    let mut rng = Rng::derived(seed, &[DAYS, u64::from(day.0.unsigned_abs())]);
    let mut objects = Vec::new();
    let mut sessions = Vec::new();
    for number in 0..u64::try_from(rng.between(5, 9)).unwrap_or(5) {
        let speech = number % 3 == 0;
        let (logged, audio) = talk::call(seed, day, number, speech);
        sessions.push(logged);
        if let Some((key, bytes)) = audio {
            // Silence: as good as any other sound.
            objects.push(object(key, vec![0; bytes], false));
        }
    }
    let mut events: Vec<&Logged> = sessions.iter().flatten().collect();
    let nameless = nameless(&mut rng, day);
    events.push(&nameless);
    events.sort_by_key(|event| event.at);
    objects.extend(firehose(&mut rng, day, &events));
    // The export covers the morning's half, which the stream has brought too; what it writes has no date in its key.
    let (morning, _) = events.split_at(events.len() / 2);
    if offset % 2 == 0 {
        let key = format!(
            "exports/{}/{}/000000.gz",
            rng.uuid(),
            STREAM.replace('/', "-")
        );
        objects.push(object(key, wrap::export(morning), true));
    }
    if offset % 7 == 0 {
        objects.extend(odd(&mut rng, day, &events));
    }
    let entries: Vec<&Logged> = events
        .iter()
        .copied()
        .filter(|event| event.is_entry)
        .take(4)
        .collect();
    let key = format!("extracted/dt={day}/part-{}.json.gz", rng.uuid());
    objects.push(object(key, wrap::bare(&entries), true));
    objects
}

/// An entry without a request id.
fn nameless(rng: &mut Rng, day: Day) -> Logged {
    let at = i64::from(day.0) * Day::NANOS + 7 * 3_600_000_000_000;
    let message = format!(
        r#"{{"messageVersion":"2.0","timestamp":"{}","sessionId":"{}","bot":{{"name":"{}","aliasName":"prod"}},"missedUtterance":true,"inputTranscript":"hello?"}}"#,
        super::object::iso(at, 3),
        rng.uuid(),
        PARCELS.name
    );
    Logged {
        at,
        message,
        is_entry: true,
    }
}

/// What the stream has delivered of a day's events, in three ways of compressing.
fn firehose(rng: &mut Rng, day: Day, events: &[&Logged]) -> Vec<GeneratedObject> {
    let (y, m, d) = day.ymd();
    let mut objects = Vec::new();
    for (part, events) in events.chunks(events.len().div_ceil(3).max(1)).enumerate() {
        let hour = 8 + 6 * part;
        let key = format!(
            "firehose/{y:04}/{m:02}/{d:02}/{hour:02}/lex-to-bucket-1-{y:04}-{m:02}-{d:02}-{hour:02}-00-07-{}",
            rng.uuid()
        );
        let mut envelopes: Vec<String> = events
            .chunks(5)
            .map(|events| wrap::envelope(ACCOUNT, (GROUP, STREAM), events))
            .collect();
        if part == 0 {
            envelopes.insert(0, wrap::control(i64::from(day.0) * Day::NANOS));
        }
        let members = || {
            envelopes
                .iter()
                .flat_map(|text| wrap::stored_gzip(text.as_bytes()))
                .collect()
        };
        objects.push(match part {
            0 => object(key, envelopes.concat().into_bytes(), true),
            1 => object(key, members(), false),
            // Compressed by the subscription, and once more by the stream.
            _ => object(key, members(), true),
        });
    }
    objects
}

/// Once a week: the form that a function is given, other things in the log group, a cut line, audio without an ending.
fn odd(rng: &mut Rng, day: Day, events: &[&Logged]) -> Vec<GeneratedObject> {
    let few: Vec<&Logged> = events.iter().copied().take(3).collect();
    let envelope = wrap::envelope(ACCOUNT, (GROUP, STREAM), &few);
    let (y, m, d) = day.ymd();
    let event = object(
        format!("events/{y:04}/{m:02}/{d:02}/{}.json", rng.uuid()),
        wrap::event_form(&envelope),
        false,
    );
    let hook = r#"{"messageVersion":"1.0","invocationSource":"DialogCodeHook","bot":{"name":"ParcelDesk"},"inputMode":"Text"}"#;
    let report = format!("REPORT RequestId: {}\tDuration: 12.61 ms", rng.uuid());
    let trace = "Traceback (most recent call last):\n  File \"/var/task/hook.py\", line 12, in handler\nKeyError: 'slots'";
    let cut = r#"{"messageVersion":"2.0","bot":{"name":"ParcelDesk"},"inputTranscript":"where is"#;
    let at = i64::from(day.0) * Day::NANOS + 9 * 3_600_000_000_000;
    let others: Vec<Logged> = [
        hook,
        &report,
        trace,
        r#"{"level":"INFO","message":"slot filled"}"#,
        cut,
    ]
    .into_iter()
    .map(|message| Logged {
        at,
        message: message.to_owned(),
        is_entry: false,
    })
    .collect();
    let others: Vec<&Logged> = others.iter().collect();
    let mixed = object(
        format!("exports/{}/{}/2/000000.gz", rng.uuid(), digits(day)),
        wrap::export(&others),
        true,
    );
    let mut wave = b"RIFF\x24\x08\0\0WAVEfmt ".to_vec();
    wave.resize(2_100, 0);
    let Bot {
        id,
        alias_id,
        version,
        ..
    } = PARCELS;
    let key = format!(
        "aws/lex/{id}/{alias_id}/{version}/{y:04}-{m:02}-{d:02}/{}",
        rng.uuid()
    );
    vec![event, mixed, object(key, wave, false)]
}

/// A day of the bot that sold flowers: as many days as are asked for, the last ones of its service.
fn orders(seed: u64, from_day: Day, days: i32, offset: i32) -> Vec<GeneratedObject> {
    let (y, m, d) = LAST_DAY_OF_V1;
    let last = Day::from_ymd(y, m, d).unwrap_or(from_day);
    let day = from_day.plus(offset).min(last.plus(offset + 1 - days));
    let mut rng = Rng::derived(seed, &[DAYS, u64::from(day.0.unsigned_abs()), 1]);
    let sessions: Vec<Vec<Logged>> = (0..3)
        .map(|number| talk::order(seed, day, number))
        .collect();
    let events: Vec<&Logged> = sessions.iter().flatten().collect();
    let export = object(
        format!("flowers/exports/{}/FlowerShop-live/000000.gz", rng.uuid()),
        wrap::export_millis(&events),
        true,
    );
    let envelope = wrap::envelope(
        ACCOUNT,
        ("/lex/flowers", "live/12"),
        &events[..events.len() / 2],
    );
    let (y, m, d) = day.ymd();
    let stream = object(
        format!(
            "flowers/{y:04}/{m:02}/{d:02}/23/flowers-1-{y:04}-{m:02}-{d:02}-23-10-00-{}",
            rng.uuid()
        ),
        envelope.into_bytes(),
        true,
    );
    vec![export, stream]
}

/// Tells the numbers of a day from those of its calls.
const DAYS: u64 = 22;
