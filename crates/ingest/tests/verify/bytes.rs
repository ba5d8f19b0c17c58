//! Parts whose bytes are not those that were written, and files that should not or should be there.

use std::fs;

use promptlake_ingest::verify::{Kind, Remedy};
use promptlake_lake::layout;
use promptlake_lake::source::Window;

use crate::lake::{Lake, day, lines};

const CHAT: &str = "tables/chat/dt=2025-12-02/part-00000.parquet";
const CHAT_AFTER: &str = "tables/chat/dt=2025-12-03/part-00000.parquet";
const ACTIVITY: &str = "tables/user_activity/dt=2025-12-02/part-00000.parquet";
const USAGE: &str = "tables/model_usage/dt=2025-12-02/part-00000.parquet";
const REJECTS: &str = "tables/rejects/dt=2025-12-01/part-00000.parquet";

#[test]
fn a_flipped_byte_is_found_wherever_it_is() {
    let lake = Lake::new();
    for path in [CHAT, USAGE, REJECTS] {
        let length = lake.clean[path].len();
        // Magic, the first page header, pages, page index, footer, length of the footer, magic.
        let mut places: Vec<usize> = (0..16).map(|part| length * part / 16).collect();
        places.extend([
            4,
            5,
            6,
            length - 200,
            length - 9,
            length - 8,
            length - 5,
            length - 1,
        ]);
        for place in places {
            lake.edit(path, |bytes| bytes[place] ^= 0x40);
            let findings = lake.verify();
            assert!(
                findings
                    .iter()
                    .any(|found| found.path == path && found.kind == Kind::Inventory),
                "byte {place}: {}",
                lines(&findings)
            );
            assert!(
                findings
                    .iter()
                    .all(|found| found.path == path || found.kind == Kind::Child),
                "byte {place}: {}",
                lines(&findings)
            );
            lake.edit(path, |bytes| bytes[place] ^= 0x40);
            lake.assert_clean();
        }
        for place in [4, length / 3, length / 2, length - 100] {
            lake.edit(path, |bytes| bytes[place] ^= 0x40);
            lake.found_and_mended(path, Kind::Inventory);
        }
    }
}

#[test]
fn a_flipped_byte_that_no_time_tells_of_is_found_and_mended() {
    let lake = Lake::new();
    lake.edit_unseen(CHAT, |bytes| bytes[100] ^= 1);
    // A run sees nothing of it, and the finding says so.
    assert_eq!(lake.run(Lake::nightly(), false).exit.code, 0);
    let findings = lake.verify();
    assert!(!findings.is_empty());
    assert!(
        findings
            .iter()
            .all(|found| found.path == CHAT && found.remedy == Remedy::RunWithoutIndex),
        "{}",
        lines(&findings)
    );
    lake.found_and_mended(CHAT, Kind::Inventory);
    // A rebuild writes what is not there as it should be, whatever the index says.
    lake.edit_unseen(CHAT, |bytes| bytes[100] ^= 1);
    assert_eq!(lake.run(Window::ALL, true).exit.code, 0);
    lake.assert_clean();
    assert!(lake.tables() == lake.clean);
}

#[test]
fn a_part_that_was_cut_or_emptied_is_found() {
    let lake = Lake::new();
    for path in [CHAT, ACTIVITY, USAGE, REJECTS] {
        for left in [0, 8, 1000, lake.clean[path].len() - 1] {
            lake.edit(path, |bytes| bytes.truncate(left));
            let findings = lake.verify();
            assert!(
                findings
                    .iter()
                    .any(|found| found.path == path && found.kind == Kind::Damaged),
                "{}",
                lines(&findings)
            );
            lake.found_and_mended(path, Kind::Inventory);
        }
    }
}

#[test]
fn exchanged_parts_are_found() {
    let lake = Lake::new();
    lake.exchange(CHAT, CHAT_AFTER);
    let findings = lake.verify();
    for path in [CHAT, CHAT_AFTER] {
        for kind in [Kind::Inventory, Kind::Dt] {
            assert!(
                findings
                    .iter()
                    .any(|found| found.path == path && found.kind == kind),
                "{}",
                lines(&findings)
            );
        }
    }
    lake.found_and_mended(CHAT, Kind::Dt);
    lake.exchange(ACTIVITY, CHAT);
    lake.found_and_mended(ACTIVITY, Kind::Damaged);
    let inventory = |path: &str| {
        path.replace("tables", "_promptlake/inventory")
            .replace("/part-00000.parquet", "")
    };
    lake.exchange(CHAT, CHAT_AFTER);
    lake.exchange(&inventory(CHAT), &inventory(CHAT_AFTER));
    lake.found_and_mended(&inventory(CHAT_AFTER), Kind::Damaged);
}

#[test]
fn a_removed_part_is_found() {
    let lake = Lake::new();
    for path in [CHAT, ACTIVITY, USAGE, REJECTS] {
        lake.remove(path);
        lake.found_and_mended(path, Kind::Missing);
    }
    let dt = day("2025-12-02");
    for table in ["chat", "user_activity", "model_usage"] {
        lake.remove(&layout::part(table, dt));
        lake.remove(&layout::inventory(table, dt));
        lake.found_and_mended(&layout::part(table, dt), Kind::Missing);
    }
    // The index does not know of it any more; the ledger does.
    for table in ["model_usage", "chat"] {
        lake.remove(&layout::part(table, dt));
        lake.remove(&layout::inventory(table, dt));
        lake.remove(layout::LEDGER_INDEX);
        let findings = lake.verify();
        assert!(
            findings.iter().any(|found| found.kind == Kind::Ledger),
            "{}",
            lines(&findings)
        );
        lake.mend(&findings);
        lake.assert_clean();
        assert!(lake.tables() == lake.clean);
    }
}

#[test]
fn foreign_files_are_found_and_left_to_people() {
    let lake = Lake::new();
    for path in [
        "tables/chat/dt=2025-12-02/part-00001.parquet",
        "tables/chat/notes.txt",
        "tables/.DS_Store",
        "_promptlake/inventory/chat/dt=2025-12-02.bak",
        "_promptlake/lake.json~",
        "dims/readme",
    ] {
        let at = lake.path(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(&at, "").unwrap();
        let findings = lake.verify();
        assert_eq!(findings.len(), 1, "{}", lines(&findings));
        assert_eq!(findings[0].remedy, Remedy::Remove);
        lake.found_and_mended(path, Kind::Foreign);
    }
    let later = "tables/new_table/dt=2025-12-02/part-00000.parquet";
    fs::create_dir_all(lake.path(later).parent().unwrap()).unwrap();
    fs::write(lake.path(later), "").unwrap();
    let findings = lake.verify();
    assert_eq!((findings.len(), findings[0].remedy), (1, Remedy::Newer));
    assert_eq!(findings[0].path, later);
    fs::remove_file(lake.path(later)).unwrap();
    // What lies beside our folders is none of our business.
    fs::write(lake.path("README.md"), "").unwrap();
    lake.assert_clean();
}

#[test]
fn since_is_dt() {
    let lake = Lake::new();
    lake.edit(CHAT, |bytes| bytes[100] ^= 1);
    lake.edit(CHAT_AFTER, |bytes| bytes[100] ^= 1);
    let paths = |since| -> Vec<String> {
        let found = lake.verify_since(Some(day(since)));
        found.into_iter().map(|found| found.path).collect()
    };
    assert!(paths("2025-12-02").iter().any(|path| path == CHAT));
    let later = paths("2025-12-03");
    assert!(
        !later.is_empty() && later.iter().all(|path| path == CHAT_AFTER),
        "{later:?}"
    );
    assert!(paths("2025-12-04").is_empty());
}

#[test]
fn a_copy_of_a_lake_is_clean_though_no_version_fits() {
    let lake = Lake::new();
    let paths: Vec<String> = lake.clean.keys().cloned().collect();
    for path in paths {
        let bytes = fs::read(lake.path(&path)).unwrap();
        lake.remove(&path);
        fs::write(lake.path(&path), bytes).unwrap();
    }
    lake.assert_clean();
}
