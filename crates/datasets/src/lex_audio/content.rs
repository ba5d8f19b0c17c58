//! How the content of audio is told from that of a log.

use super::key::bot;

/// How audio may begin, and what follows at which place.
const MAGIC: [&[u8]; 6] = [b"OggS", b"fLaC", b"ID3", b".snd", b"#!AMR", b"caff"];

/// Whether an object of a source of logs is audio, by its first inflated bytes: it begins as audio does, or it is no text
/// and lies where audio is put.
pub(crate) fn is_audio(source_object: &str, head: &[u8]) -> bool {
    has_magic(head) || (!head.is_empty() && !is_text(head) && bot(source_object).is_some())
}

fn has_magic(head: &[u8]) -> bool {
    let is_wave = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE");
    // A frame of MPEG audio, layer III: eleven set bits, a version, two bits for the layer.
    let is_mpeg = matches!(head, [0xff, second, ..] if second & 0xe6 == 0xe2);
    is_wave || is_mpeg || MAGIC.iter().any(|magic| head.starts_with(magic))
}

/// Whether bytes, cut off somewhere, are text as logs hold it.
fn is_text(head: &[u8]) -> bool {
    let is_utf8 = match str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t'..=b'\r' | 0x1b);
    is_utf8 && !head.iter().any(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_begins_as_audio_does() {
        for (head, want) in [
            (&b"RIFF\x24\x08\0\0WAVEfmt "[..], true),
            (b"ID3\x03\0", true),
            (b"\xff\xfb\x90\x44", true),
            (b"OggS\0", true),
            (b"\xff\xfe{\0", false),
            (b"{\"messageVersion\":\"2.0\"", false),
            (b"\0\x01\0\x02", false),
            (b"", false),
        ] {
            assert_eq!(is_audio("s/2026/05/06/x", head), want, "{head:?}");
        }
    }

    #[test]
    fn where_audio_is_put_what_is_no_text_is_audio() {
        let key = "s/aws/lex/B/A/1/x";
        assert!(is_audio(key, b"\0\x01\0\x02"));
        assert!(is_audio(key, b"\x80\x81\x82\x83"));
        for head in [
            &b"2021-06-18T16:41:50.920Z {"[..],
            b"\xef\xbb\xbf{}",
            "caf\u{e9}".as_bytes().split_last().unwrap().1,
            b"",
        ] {
            assert!(!is_audio(key, head), "{head:?}");
        }
    }
}
