//! Files beside the code, and what they must give.

use std::path::Path;

use super::shown::shown;
use super::{decode, object};
use crate::input::End;

/// Each `<case>.json` and `<case>.log` in `fixtures` gives what `<case>.want` says; with `BLESS=1` the answers are written.
#[test]
fn fixtures_give_their_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lex/fixtures");
    let mut cases: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "want"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 10);
    for case in cases {
        let name = case.file_stem().unwrap().to_str().unwrap();
        let object = object(true);
        let bytes = std::fs::read(&case).unwrap();
        let whole = decode(&object, &bytes, &End::Clean, None);
        for size in [1, 3, 7, 100] {
            let pieces = decode(&object, &bytes, &End::Clean, Some(size));
            assert_eq!(shown(&whole), shown(&pieces), "{name} in pieces of {size}");
            assert_eq!(whole, pieces, "{name}");
        }
        let answer = case.with_extension("want");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&answer, shown(&whole)).unwrap();
        }
        let want = std::fs::read_to_string(&answer).unwrap();
        assert_eq!(shown(&whole), want, "{name}");
    }
}
