//! What a JSON text says, whatever the order of its keys.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::arena::Arena;
use super::fault::Fault;
use super::scan::Scanner;
use super::token::Token;

/// SHA-256 of a JSON text as compact JSON, the keys of each of its objects in the order of their UTF-8 bytes;
/// of the text as it is, where it is not JSON that the lake holds.
pub(crate) fn sorted_hash(text: &str) -> [u8; 32] {
    let mut sorted = String::with_capacity(text.len());
    match write_sorted(text.trim_ascii(), &mut sorted) {
        Ok(()) => Sha256::digest(sorted).into(),
        Err(_) => Sha256::digest(text).into(),
    }
}

/// Appends a value. No deeper than the scanner goes: the outermost call has seen the whole depth.
fn write_sorted(text: &str, out: &mut String) -> Result<(), Fault> {
    let mut scan = Scanner::new(text.as_bytes());
    match text.as_bytes().first() {
        Some(b'{') => {
            let members = sorted_members(&mut scan)?;
            out.push('{');
            for (place, (_, key, value)) in members.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                key.write_compact(out)?;
                out.push(':');
                write_sorted(value, out)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            scan.begin_array()?;
            let mut first = true;
            while scan.element(&mut first)? {
                if !out.ends_with('[') {
                    out.push(',');
                }
                write_sorted(slice(&mut scan)?, out)?;
            }
            out.push(']');
        }
        Some(b'"') => {
            let mut arena = Arena::default();
            let text = arena.compact(&mut scan)?;
            out.push_str(arena.get(text));
        }
        _ => out.push_str(text),
    }
    Ok(())
}

type Member<'a> = (Cow<'a, str>, Token<'a>, &'a str);

fn sorted_members<'a>(scan: &mut Scanner<'a>) -> Result<Vec<Member<'a>>, Fault> {
    let mut members = Vec::new();
    let mut first = true;
    scan.begin_object()?;
    while let Some(key) = scan.key(&mut first)? {
        members.push((key.text()?, key, slice(scan)?));
    }
    members.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    Ok(members)
}

fn slice<'a>(scan: &mut Scanner<'a>) -> Result<&'a str, Fault> {
    let bytes = scan.skip()?.trim_ascii_start();
    Ok(str::from_utf8(bytes).map_err(|_| crate::reason::Reason::NotUtf8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_order_of_keys_is_forgotten() {
        let of = sorted_hash(r#"{"b":[1.0,{"y":"é","x":null}],"a":{}}"#);
        for same in [
            r#"{"a":{},"b":[1.0,{"x":null,"y":"é"}]}"#,
            r#" { "a" : {} , "b" : [ 1.0 , { "x" : null , "y" : "\u00e9" } ] } "#,
        ] {
            assert_eq!(sorted_hash(same), of, "{same}");
        }
        for other in [
            r#"{"a":{},"b":[1,{"x":null,"y":"é"}]}"#,
            r#"{"a":{},"b":[{"x":null,"y":"é"},1.0]}"#,
            r#"{"a":{},"b":[1.0,{"x":null}]}"#,
            r#"{"a":{},"b":[1.0,{"x":null,"y":"é"}]"#,
            "",
        ] {
            assert_ne!(sorted_hash(other), of, "{other}");
        }
    }

    #[test]
    fn the_hash_is_that_of_the_sorted_text() {
        let want: [u8; 32] = Sha256::digest(r#"{"a":[],"b":[2,1],"é":""}"#).into();
        assert_eq!(sorted_hash(r#"{"é":"","b":[2,1],"a":[]}"#), want);
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let want: [u8; 32] = Sha256::digest(&deep).into();
        assert_eq!(sorted_hash(&deep), want);
    }
}
