//! Times as text.

use chrono::{DateTime, Utc};
use promptlake_datasets::day::Day;
use promptlake_datasets::instant::{check_range, event_day, floor_millis, parse};
use promptlake_datasets::object::Object;

/// Reads a text as a time: as another reader does, where that takes the text; and a time that is written out again is
/// read as the same.
pub fn instant(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = parse(&text);
    if let Some(nanos) = by_another(&text) {
        assert_eq!(read.ok(), Some(Some(nanos)), "{text:?}");
    }
    if let Ok(day) = text.parse::<Day>() {
        assert_eq!(day.to_string(), text, "a day is written as it is read");
    }
    let Ok(Some(nanos)) = read else {
        return;
    };
    let written = DateTime::<Utc>::from_timestamp_nanos(nanos);
    let written = written.format("%Y-%m-%dT%H:%M:%S%.9fZ").to_string();
    assert_eq!(parse(&written), Ok(Some(nanos)), "{text:?}, {written}");
    let day = Day::of_nanos(nanos);
    assert_eq!(day.to_string(), written[..10], "{text:?}");
    assert_eq!(day.to_string().parse(), Ok(day), "{text:?}");
    let millis = i128::from(floor_millis(nanos)) * 1_000_000;
    assert!((0..1_000_000).contains(&(i128::from(nanos) - millis)));
    for (source_day, dated) in [(day, true), (Day::UNDATED, false)] {
        let object = Object {
            source_object: String::new(),
            dataset: None,
            size: 0,
            day: source_day,
            dated,
            account_id: None,
            region: None,
            product: None,
            client: None,
            report_ts: None,
        };
        let told = event_day(Some(nanos), &object);
        let may = check_range(day, source_day, dated).map(|()| day);
        assert_eq!(told, may, "{text:?}");
    }
}

/// What RFC 3339 says of a text, where it and the sources' notation are one.
fn by_another(text: &str) -> Option<i64> {
    let fraction = text.split_once('.').map_or("", |(_, rest)| rest);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let leap = text.get(17..19) == Some("60");
    // More digits, leap seconds and small letters are of RFC 3339 alone; so are some zones.
    if !text.is_ascii() || text.bytes().any(|b| b.is_ascii_lowercase()) || digits > 9 || leap {
        return None;
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    time.timestamp_nanos_opt()
}
