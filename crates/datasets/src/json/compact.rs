//! Writes JSON again as short as it can be: no white space, keys in source order, shortest escapes, numbers as written.

use std::ops::Range;

use super::arena::{Arena, Text};
use super::fault::Fault;
use super::scan::{Events, Scanner};
use super::token::Token;
use crate::reason::Reason;

/// How many places for keys stay allocated from one record to the next.
const KEEP: usize = 1 << 12;

/// Keys of the objects that are open in a compact text, by their place in it. Compact keys are equal where their texts are.
#[derive(Default)]
pub(super) struct Keys {
    ranges: Vec<Range<usize>>,
    /// Where the keys of each open object begin in `ranges`.
    objects: Vec<usize>,
}

impl Keys {
    pub(super) fn clear(&mut self) {
        if self.ranges.capacity() > KEEP {
            self.ranges = Vec::new();
        }
        self.ranges.clear();
        self.objects.clear();
    }

    /// An object opens.
    pub(super) fn open(&mut self) {
        self.objects.push(self.ranges.len());
    }

    /// The object that opened last has this key.
    pub(super) fn add(&mut self, key: Range<usize>) {
        self.ranges.push(key);
    }

    /// The object that opened last ends; [`Reason::RepeatedKey`] if one of its keys stands twice.
    pub(super) fn close(&mut self, text: &str) -> Result<(), Reason> {
        let start = self.objects.pop().unwrap_or_default();
        let keys = &mut self.ranges[start..];
        keys.sort_unstable_by(|a, b| text[a.clone()].cmp(&text[b.clone()]));
        let repeated = keys
            .windows(2)
            .any(|pair| text[pair[0].clone()] == text[pair[1].clone()]);
        self.ranges.truncate(start);
        if repeated {
            return Err(Reason::RepeatedKey);
        }
        Ok(())
    }
}

impl Arena {
    /// Reads any value and gives its compact text.
    ///
    /// Beside what the scanner finds: [`Reason::RepeatedKey`] in any object, [`Reason::NotUtf8`] and
    /// [`Reason::LoneSurrogate`] in any text.
    pub(crate) fn compact(&mut self, scan: &mut Scanner<'_>) -> Result<Text<'static>, Fault> {
        let start = self.text.len();
        scan.walk(self)?;
        Ok(Text::Arena(start, self.text.len()))
    }

    /// As [`Arena::compact`] of an array, whose elements are counted.
    pub(crate) fn compact_list(
        &mut self,
        scan: &mut Scanner<'_>,
    ) -> Result<(Text<'static>, i64), Fault> {
        let start = self.text.len();
        let mut count = 0;
        let mut first = true;
        scan.begin_array()?;
        self.text.push('[');
        while scan.element(&mut first)? {
            if count > 0 {
                self.text.push(',');
            }
            scan.walk(self)?;
            count += 1;
        }
        self.text.push(']');
        Ok((Text::Arena(start, self.text.len()), count))
    }
}

impl Events for Arena {
    fn open(&mut self, object: bool) {
        if object {
            self.keys.open();
        }
        self.text.push(if object { '{' } else { '[' });
    }

    fn close(&mut self, object: bool) -> Result<(), Fault> {
        if object {
            self.keys.close(&self.text)?;
        }
        self.text.push(if object { '}' } else { ']' });
        Ok(())
    }

    fn comma(&mut self) {
        self.text.push(',');
    }

    fn key(&mut self, key: Token<'_>) -> Result<(), Fault> {
        let start = self.text.len();
        key.write_compact(&mut self.text)?;
        self.keys.add(start..self.text.len());
        self.text.push(':');
        Ok(())
    }

    fn text(&mut self, text: Token<'_>) -> Result<(), Fault> {
        Ok(text.write_compact(&mut self.text)?)
    }

    fn scalar(&mut self, raw: &[u8]) -> Result<(), Fault> {
        self.text
            .push_str(str::from_utf8(raw).map_err(|_| Reason::NotUtf8)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compact(source: &str) -> Result<String, Reason> {
        let mut arena = Arena::default();
        match arena.compact(&mut Scanner::new(source.as_bytes())) {
            Ok(text) => Ok(arena.get(text).to_owned()),
            Err(Fault::Bad(defect)) => Err(defect.reason),
            Err(fault) => panic!("not JSON: {fault:?}"),
        }
    }

    #[test]
    fn only_white_space_and_long_escapes_go() {
        for (source, want) in [
            (
                " { \"b\" : [ 1.0 , -0 , 1E+2 ] ,\n\"a\":null} ",
                r#"{"b":[1.0,-0,1E+2],"a":null}"#,
            ),
            (
                r#"["\/\u0041\u00e9\ud83d\ude00","\u001f\u000a\u0022\u005c\u2028"]"#,
                "[\"/Aé😀\",\"\\u001f\\n\\\"\\\\\u{2028}\"]",
            ),
            (
                r#"{"\u006bey":true,"Key":false}"#,
                r#"{"key":true,"Key":false}"#,
            ),
            (r#"[{},[],""]"#, r#"[{},[],""]"#),
        ] {
            assert_eq!(compact(source).as_deref(), Ok(want), "{source}");
        }
    }

    #[test]
    fn what_the_lake_does_not_hold_is_found_at_any_depth() {
        for (source, reason) in [
            (r#"[{"a":{"k":1,"j":2,"\u006b":3}}]"#, Reason::RepeatedKey),
            (r#"["\ud83d"]"#, Reason::LoneSurrogate),
            (r#"["\ude00\ud83d"]"#, Reason::LoneSurrogate),
            (r#"["\ud83d\ud83d"]"#, Reason::LoneSurrogate),
            (r#"["\ud83dA"]"#, Reason::LoneSurrogate),
            (r#"["\ud83dA"]"#, Reason::LoneSurrogate),
            (r#"{"\udfff":1}"#, Reason::LoneSurrogate),
            (
                &format!("{}{}", "[".repeat(129), "]".repeat(129)),
                Reason::TooDeep,
            ),
        ] {
            assert_eq!(compact(source), Err(reason), "{source}");
        }
        let deepest = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert_eq!(compact(&deepest), Ok(deepest));
    }

    #[test]
    fn many_keys_are_compared_quickly() {
        let keys: Vec<String> = (0..100_000).map(|n| format!("\"{n}\":{n}")).collect();
        let source = format!("{{{}}}", keys.join(","));
        assert_eq!(compact(&source).as_deref(), Ok(source.as_str()));
        let repeated = format!("{{{},\"77\":0}}", keys.join(","));
        assert_eq!(compact(&repeated), Err(Reason::RepeatedKey));
    }
}
