//! Inventories, ledgers, the index and lake.json: lost, damaged, lying.

use std::fs;

use promptlake_datasets::day::Day;
use promptlake_ingest::verify::{Kind, Remedy};
use promptlake_lake::inventory::Line;
use promptlake_lake::layout;
use promptlake_lake::ledger::LedgerEntry;
use promptlake_lake::source::Window;

use crate::lake::{Lake, day, lines};

fn dt() -> Day {
    day("2025-12-02")
}

#[test]
fn an_inventory_that_is_lost_or_damaged_is_made_anew() {
    let lake = Lake::new();
    for table in ["chat", "model_usage", "user_activity"] {
        let path = layout::inventory(table, dt());
        lake.remove(&path);
        lake.found_and_mended(&path, Kind::Missing);
        for part in [0, 1, 4, 7] {
            lake.edit(&path, |bytes| {
                let place = bytes.len() * part / 8;
                bytes[place] ^= 0x10;
            });
            lake.found_and_mended(&path, Kind::Damaged);
        }
        for left in [0, 1, 7] {
            lake.edit(&path, |bytes| bytes.truncate(bytes.len() * left / 8));
            lake.found_and_mended(&path, Kind::Damaged);
        }
    }
}

#[test]
fn an_inventory_that_lies_of_its_part_is_found() {
    let lake = Lake::new();
    for table in ["chat", "model_usage"] {
        let (part, path) = (layout::part(table, dt()), layout::inventory(table, dt()));
        lake.edit_inventory(table, dt(), |header, _| header.part.rows += 1);
        lake.found_and_mended(&path, Kind::Inventory);
        lake.edit_inventory(table, dt(), |header, _| header.part.schema_version += 1);
        lake.found_and_mended(&path, Kind::Inventory);
        lake.edit_inventory(table, dt(), |header, _| {
            header.part.sha256.replace_range(..4, "0000");
        });
        lake.found_and_mended(&part, Kind::Inventory);
        lake.edit_inventory(table, dt(), |header, _| header.part.size -= 1);
        lake.found_and_mended(&part, Kind::Inventory);
    }
}

#[test]
fn an_inventory_that_lies_of_its_objects_is_found() {
    let lake = Lake::new();
    for table in ["chat", "model_usage", "rejects"] {
        let dt = if table == "rejects" {
            day("2025-12-01")
        } else {
            dt()
        };
        let path = layout::inventory(table, dt);
        let object = |line: &Line| match line {
            Line::Object(object) if object.rows > 0 => Some(object.clone()),
            _ => None,
        };
        lake.edit_inventory(table, dt, |_, lines| {
            if let Line::Object(object) = &mut lines[0] {
                object.rows += 1;
            }
        });
        lake.found_and_mended(&path, Kind::Object);
        lake.edit_inventory(table, dt, |_, lines| {
            let at = lines
                .iter()
                .position(|line| object(line).is_some())
                .unwrap();
            lines.remove(at);
        });
        lake.found_and_mended(&path, Kind::Object);
        lake.edit_inventory(table, dt, |_, lines| {
            let mut more = lines.iter().find_map(object).unwrap();
            more.object.insert(0, '!');
            lines.insert(0, Line::Object(more));
        });
        lake.found_and_mended(&path, Kind::Object);
        lake.edit_inventory(table, dt, |_, lines| {
            if let Line::Object(object) = &mut lines[0] {
                object.account = Some("000000000000".to_owned());
            }
        });
        lake.found_and_mended(&path, Kind::Object);
    }
}

#[test]
fn an_inventory_that_lies_of_its_twins_is_found() {
    let lake = Lake::new();
    let path = layout::inventory("chat", dt());
    let twins = |edit: &dyn Fn(&mut Vec<Line>, usize)| {
        lake.edit_inventory("chat", dt(), |_, lines| {
            let at = lines.iter().position(|line| matches!(line, Line::Twin(_)));
            edit(lines, at.expect("the bucket has twins"));
        });
        lake.found_and_mended(&path, Kind::Twin);
    };
    twins(&|lines, at| {
        if let Line::Twin(twin) = &mut lines[at] {
            twin.row = u64::from(twin.row == 0);
        }
    });
    twins(&|lines, at| {
        if let Line::Twin(twin) = &mut lines[at] {
            twin.row = 1 << 40;
        }
    });
    twins(&|lines, at| {
        if let Line::Twin(twin) = &mut lines[at] {
            twin.key.replace_range(..1, "x");
        }
    });
    // Twins of one record each, so that the object is left with nothing.
    twins(&|lines, at| lines.truncate(at));
}

/// Changes an entry, given which of its feeds is that of the partition.
type Lie<'a> = &'a dyn Fn(&mut LedgerEntry, usize);

#[test]
fn a_ledger_that_lies_is_found() {
    let lake = Lake::new();
    for (dataset, table) in [("chat", "chat"), ("user_report", "model_usage")] {
        let path = layout::ledger_day(dataset, dt());
        let place_of = |entry: &LedgerEntry| {
            entry
                .feeds
                .iter()
                .position(|feed| feed.table == table && feed.dt == dt())
        };
        // One of the entries that feed the partition, and where it says so.
        let lie = |lies: Lie<'_>| {
            lake.edit_ledger(dataset, dt(), |entries| {
                let mut entries = entries.iter_mut();
                let entry = entries.find(|entry| place_of(entry).is_some()).unwrap();
                let at = place_of(entry).unwrap();
                lies(entry, at);
            });
        };
        let lies: [Lie<'_>; 7] = [
            &|entry, at| entry.feeds[at].rows += 1,
            &|entry, _| entry.etag.push('0'),
            &|entry, _| entry.accepted += 1,
            &|entry, _| entry.records += 1,
            &|entry, _| entry.skipped += 1,
            &|entry, _| entry.control = u64::MAX,
            &|entry, at| {
                let mut feed = entry.feeds[at].clone();
                feed.dt = day("2025-12-04");
                entry.feeds.push(feed);
                entry.feeds.sort();
            },
        ];
        for lies in lies {
            lie(lies);
            lake.found_and_mended(&path, Kind::Ledger);
        }
        // What the ledger forgot shows in the inventory.
        lie(&|entry, at| drop(entry.feeds.remove(at)));
        lake.found_and_mended(&layout::inventory(table, dt()), Kind::Ledger);
        lake.edit_ledger(dataset, dt(), |entries| {
            let at = entries
                .iter()
                .position(|entry| place_of(entry).is_some())
                .unwrap();
            entries.remove(at);
        });
        lake.found_and_mended(&layout::inventory(table, dt()), Kind::Ledger);
        lake.remove(&path);
        lake.found_and_mended(&layout::inventory(table, dt()), Kind::Ledger);
        lake.edit(&path, |bytes| bytes.truncate(bytes.len() - 1));
        lake.found_and_mended(&path, Kind::Damaged);
        lake.edit(&path, |bytes| bytes[10] ^= 1);
        lake.found_and_mended(&path, Kind::Damaged);
    }
}

#[test]
fn state_that_is_lost_is_found_and_made_anew() {
    let lake = Lake::new();
    lake.edit(layout::LEDGER_INDEX, |bytes| bytes[12] ^= 1);
    lake.found_and_mended(layout::LEDGER_INDEX, Kind::Index);

    let settings = fs::read(lake.path(layout::SETTINGS)).unwrap();
    lake.remove(layout::SETTINGS);
    lake.found_and_mended(layout::SETTINGS, Kind::Settings);
    assert!(fs::read(lake.path(layout::SETTINGS)).unwrap() == settings);
    lake.edit(layout::SETTINGS, |bytes| bytes[0] = b'x');
    lake.found_and_mended(layout::SETTINGS, Kind::Settings);

    fs::remove_dir_all(lake.path("_promptlake/ledger")).unwrap();
    lake.found_and_mended("_promptlake/ledger", Kind::Missing);
    fs::remove_dir_all(lake.path("_promptlake/inventory")).unwrap();
    lake.found_and_mended(&layout::inventory("chat", dt()), Kind::Missing);
    fs::remove_dir_all(lake.path("_promptlake")).unwrap();
    lake.found_and_mended("_promptlake/ledger", Kind::Missing);
}

#[test]
fn what_cannot_be_read_again_is_named_and_left_alone() {
    let lake = Lake::new();
    let path = layout::part("chat", dt());
    // One of the objects that the part holds is gone.
    let inventory = lake.path(&layout::inventory("chat", dt()));
    let reader = promptlake_lake::inventory::InventoryReader::new(
        fs::File::open(inventory).unwrap(),
        "chat",
        dt(),
    );
    let gone = reader
        .unwrap()
        .map(Result::unwrap)
        .find_map(|line| match line {
            Line::Object(object) if object.rows > 0 => Some(object.object),
            _ => None,
        })
        .unwrap();
    let key = walk(&lake.bucket())
        .into_iter()
        .find(|path| path.to_str().unwrap().ends_with(&gone))
        .unwrap();
    fs::remove_file(key).unwrap();
    lake.edit(&path, |bytes| bytes.truncate(100));
    let spoiled = fs::read(lake.path(&path)).unwrap();
    let findings = lake.verify();
    assert!(
        findings
            .iter()
            .any(|found| found.path == path && found.remedy == Remedy::Run),
        "{}",
        lines(&findings)
    );
    let report = lake.run(Lake::nightly(), false);
    assert_eq!(report.exit.code, 1, "{}", report.summary());
    assert!(report.summary().contains(&path), "{}", report.summary());
    assert!(fs::read(lake.path(&path)).unwrap() == spoiled);
    assert!(!lake.verify().is_empty());
    // Accepting the loss.
    let report = lake.run(Window::ALL, true);
    assert_eq!(report.exit.code, 0, "{}", report.summary());
    let left = lake.verify();
    assert!(left.is_empty(), "{}", lines(&left));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
