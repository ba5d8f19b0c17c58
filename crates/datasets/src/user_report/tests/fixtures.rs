//! Reports as they are seen: `fixtures/<case>.csv`, and in `<case>.txt` its key and what it becomes.
//! `PROMPTLAKE_BLESS=1 cargo test -p promptlake-datasets fixtures` writes what it becomes; the key stays.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::decoded::{decode, decode_pieces, object};
use crate::input::End;

#[test]
fn fixtures_become_what_stands_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/user_report/fixtures");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let bytes = fs::read(&case).unwrap();
        let expected_path = case.with_extension("txt");
        let expected = fs::read_to_string(&expected_path).unwrap();
        let key = expected.lines().next().unwrap();
        let object = object(key);
        let decoded = decode(&object, &bytes, End::Clean);
        assert_eq!(decode_pieces(&object, &bytes, End::Clean, vec![1]), decoded);

        let mut text = format!("{key}\n");
        for (table, rows) in &decoded.tables {
            writeln!(text, "\n{table}").unwrap();
            for row in rows {
                writeln!(text, "  {row}").unwrap();
            }
        }
        text.push_str("\ndrift\n");
        for (_, kind, name, seen) in decoded.drift.iter() {
            writeln!(text, "  {} {name} {}", kind.as_str(), seen.count).unwrap();
        }
        if std::env::var_os("PROMPTLAKE_BLESS").is_some() {
            fs::write(&expected_path, &text).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap();
        assert_eq!(text, expected, "{}", case.display());
    }
}
