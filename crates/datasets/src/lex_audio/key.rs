//! What the key of an audio object tells.

/// Endings of audio objects and what they hold.
const ENDINGS: [(&str, &str); 6] = [
    ("wav", "audio/wav"),
    ("pcm", "audio/lpcm"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/opus"),
    ("flac", "audio/flac"),
];

/// What an object holds by the ending of its key, compared without case; `None`: that is not one of audio.
pub(crate) fn content_type(source_object: &str) -> Option<&'static str> {
    let (_, file) = source_object
        .rsplit_once('/')
        .unwrap_or(("", source_object));
    let (_, ending) = file.rsplit_once('.')?;
    ENDINGS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(ending))
        .map(|(_, content_type)| *content_type)
}

/// Bot, alias and version of an object under `aws/lex/<bot>/<alias>/<version>/`, where the service puts audio unless it
/// is told otherwise. The last such place counts.
pub(crate) fn bot(source_object: &str) -> Option<[&str; 3]> {
    let segments: Vec<&str> = source_object.split('/').collect();
    segments.windows(6).rev().find_map(|window| match window {
        ["aws", "lex", bot, alias, version, _]
            if [bot, alias, version]
                .iter()
                .all(|folder| !folder.is_empty()) =>
        {
            Some([*bot, *alias, *version])
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell() {
        for (key, want) in [
            ("b/x.wav", Some("audio/wav")),
            ("b/x.tar.PCM", Some("audio/lpcm")),
            ("b.wav/x", None),
            ("wav", None),
            ("b/.wav", Some("audio/wav")),
            ("b/x.wav.gz", None),
        ] {
            assert_eq!(content_type(key), want, "{key}");
        }
    }

    #[test]
    fn the_place_tells_the_bot() {
        for (key, want) in [
            ("s/aws/lex/B/A/1/x.wav", Some(["B", "A", "1"])),
            (
                "s/p/aws/lex/B/A/DRAFT/2026/05/06/x",
                Some(["B", "A", "DRAFT"]),
            ),
            ("s/aws/lex/B/A/1/aws/lex/C/D/2/x", Some(["C", "D", "2"])),
            ("s/aws/lex/B/A/x", None),
            ("s/aws/lex/B//1/x", None),
            ("s/aws-lex/B/A/1/x", None),
        ] {
            assert_eq!(bot(key), want, "{key}");
        }
    }
}
