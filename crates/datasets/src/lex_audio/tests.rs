//! Objects that are told as audio, and their rows.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type};

use super::{AUDIO, DATASET};
use crate::day::Day;
use crate::input::End;
use crate::key::{Class, KeyContext, classify};
use crate::object::Object;
use crate::sniff;
use crate::trial::{self, Trial};

fn object(key: &str, size: u64) -> Object {
    let context = KeyContext {
        name: "calls".to_owned(),
        lex: true,
        region: Some("us-east-1".to_owned()),
        ..KeyContext::default()
    };
    match classify(&context, key, size) {
        Class::Object(object) => *object,
        class => panic!("{key} is {class:?}"),
    }
}

fn decode(object: &Object, bytes: &[u8]) -> Trial {
    trial::decode(&DATASET, object, bytes, &End::Clean, None)
}

#[test]
fn a_row_is_made_of_key_and_size_alone() {
    let object = object("p/aws/lex/BOT/ALIAS/3/2026/05/06/x.PCM", 4096);
    assert_eq!(object.dataset, Some(&DATASET));
    assert!(!DATASET.reads_content());
    let trial = decode(&object, b"");
    assert_eq!(trial, decode(&object, b"RIFF"));
    let [batch] = trial.rows.as_slice() else {
        panic!("one batch")
    };
    assert_eq!(batch.num_rows(), 1);
    let text = |name| {
        batch
            .column(AUDIO.index_of(name))
            .as_string::<i32>()
            .value(0)
            .to_owned()
    };
    assert_eq!(text("bot_id"), "BOT");
    assert_eq!(text("bot_alias_id"), "ALIAS");
    assert_eq!(text("bot_version"), "3");
    assert_eq!(text("content_type"), "audio/lpcm");
    assert_eq!(text("source"), "lex");
    assert_eq!(text("region"), "us-east-1");
    assert_eq!(
        text("source_object"),
        "calls/p/aws/lex/BOT/ALIAS/3/2026/05/06/x.PCM"
    );
    assert!(batch.column(AUDIO.index_of("account_id")).is_null(0));
    let number = |name| {
        batch
            .column(AUDIO.index_of(name))
            .as_primitive::<Int64Type>()
            .value(0)
    };
    assert_eq!((number("object_bytes"), number("record_index")), (4096, 0));
    let day = batch
        .column(AUDIO.index_of("event_date"))
        .as_primitive::<Date32Type>()
        .value(0);
    assert_eq!(Day(day).to_string(), "2026-05-06");
}

#[test]
fn without_bytes_there_is_no_row() {
    assert_eq!(
        decode(&object("x.wav", 0), b"").outcome,
        crate::output::Outcome::default()
    );
}

#[test]
fn audio_without_an_ending_is_told_by_its_content() {
    let lex = &crate::lex::DATASET;
    for (key, head, want) in [
        ("recordings/42", &b"RIFF\0\0\0\0WAVEfmt "[..], "lex_audio"),
        ("recordings/42", b"\0\x01\x02", "lex"),
        ("aws/lex/B/A/1/42", b"\0\x01\x02", "lex_audio"),
        ("aws/lex/B/A/1/42", b"{\"messageVersion\":\"1.0\"", "lex"),
    ] {
        let object = object(key, 9);
        assert_eq!(object.dataset, Some(lex), "{key}");
        assert_eq!(
            sniff::of_log(lex, &object.source_object, head).name,
            want,
            "{key} {head:?}"
        );
    }
    let chat = &crate::chat::DATASET;
    assert_eq!(
        sniff::of_log(chat, "aws/lex/B/A/1/42", b"RIFF\0\0\0\0WAVE"),
        chat
    );
}
