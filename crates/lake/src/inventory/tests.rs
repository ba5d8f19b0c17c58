use proptest::prelude::*;

use super::*;

const DT: Day = Day(20_462);

fn header(rows: u64) -> Header {
    Header {
        version: VERSION,
        table: "chat".to_owned(),
        dt: DT,
        part: Part {
            sha256: "00ff".repeat(16),
            size: 12_345,
            rows,
            schema_version: 1,
            writer_version: 2,
            encoding_version: 3,
            version: Some(Version("1-2-3".to_owned())),
        },
    }
}

fn object(day: Day, name: &str, rows: u64) -> Object {
    Object {
        day,
        object: name.to_owned(),
        etag: "e-1".to_owned(),
        size: 7,
        rows,
        account: Some("111122223333".to_owned()),
        region: None,
    }
}

fn twin(day: Day, name: &str, index: u64) -> Twin {
    Twin {
        day,
        object: name.to_owned(),
        index,
        account: None,
        region: Some("us-east-1".to_owned()),
        source: Some("kiro".to_owned()),
        report_ts: Some(-1),
        row: 3,
        key: "0f".repeat(16),
    }
}

fn write(header: &Header, lines: &[Line]) -> Result<Vec<u8>, StateError> {
    let mut writer = LinesWriter::new(Vec::new(), &header.table, header.dt);
    for line in lines {
        match line {
            Line::Object(object) => writer.object(object)?,
            Line::Twin(twin) => writer.twin(twin)?,
        }
    }
    let mut inventory = InventoryWriter::new(Vec::new(), header)?;
    inventory.append(writer.output().as_slice())?;
    inventory.finish()
}

fn read(bytes: &[u8]) -> Result<(Header, Vec<Line>), StateError> {
    let reader = InventoryReader::new(bytes, "chat", DT)?;
    let header = reader.header().clone();
    Ok((header, reader.collect::<Result<_, _>>()?))
}

prop_compose! {
    fn lines()(
        objects in proptest::collection::btree_map((0_i32..50_000, ".{0,40}"), (any::<u64>(), proptest::option::of("[0-9]{12}")), 0..40),
        twins in proptest::collection::btree_set((0_i32..50_000, ".{0,40}", any::<u64>()), 0..20),
        report_ts in any::<Option<i64>>(),
    ) -> Vec<Line> {
        let objects = objects.into_iter().map(|((day, name), (rows, account))| {
            Line::Object(Object { account, ..object(Day(day), &name, rows) })
        });
        let twins = twins.into_iter().map(|(day, name, index)| {
            Line::Twin(Twin { report_ts, ..twin(Day(day), &name, index) })
        });
        objects.chain(twins).collect()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(lines in lines(), rows in any::<u64>()) {
        let header = header(rows);
        let bytes = write(&header, &lines).unwrap();
        prop_assert_eq!(&bytes, &write(&header, &lines).unwrap());
        prop_assert_eq!(read(&bytes).unwrap(), (header, lines));
    }

    #[test]
    fn damage_is_an_error(lines in lines(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = write(&header(1), &lines).unwrap();
        let at = at.index(bytes.len());
        let cut = read(&bytes[..at]);
        prop_assert!(cut.as_ref().is_err_and(StateError::is_damage), "{cut:?}");
        let whole = read(&bytes).unwrap();
        bytes[at] ^= 1 << bit;
        // A flipped bit may turn out to carry nothing (an unused bit of the frame's header); it never changes what is read.
        match read(&bytes) {
            Ok(read) => prop_assert_eq!(read, whole),
            Err(e) => prop_assert!(e.is_damage(), "{e:?}"),
        }
    }
}

#[test]
fn canonical_order_is_held() {
    let (a, b) = (Day(1), Day(2));
    for lines in [
        vec![
            Line::Object(object(b, "a", 1)),
            Line::Object(object(a, "b", 1)),
        ],
        vec![
            Line::Object(object(a, "a", 1)),
            Line::Object(object(a, "a", 1)),
        ],
        vec![Line::Twin(twin(a, "a", 1)), Line::Object(object(b, "b", 1))],
        vec![Line::Twin(twin(a, "a", 1)), Line::Twin(twin(a, "a", 0))],
    ] {
        let error = write(&header(1), &lines).unwrap_err();
        assert!(matches!(error, StateError::OutOfOrder { .. }), "{error:?}");
    }
    let fine = [
        Line::Object(object(a, "b", 1)),
        Line::Object(object(b, "a", 1)),
        Line::Twin(twin(a, "a", 1)),
        Line::Twin(twin(a, "a", 1)),
    ];
    assert!(write(&header(1), &fine).is_ok());
}

#[test]
fn another_partition_and_a_later_version_are_no_inventory_of_this_one() {
    let bytes = write(&header(1), &[]).unwrap();
    let error = InventoryReader::new(bytes.as_slice(), "chat", Day(1)).unwrap_err();
    assert!(error.is_damage(), "{error:?}");

    let mut lines = LineWriter::new("x", Vec::new()).unwrap();
    lines
        .put(&serde_json::json!({"version": 9, "table": ["new"]}))
        .unwrap();
    let error = read(&lines.finish().unwrap()).unwrap_err();
    assert!(
        matches!(error, StateError::Newer { found: 9, .. }),
        "{error:?}"
    );
}

#[test]
fn lines_that_are_none_are_damage() {
    for line in [
        "",
        "7",
        r#"{"object": {}}"#,
        r#"{"other": {"day": "2026-01-09"}}"#,
        r#"{"object": {"day": "2026-02-30", "object": "a", "etag": "", "size": 1, "rows": 1}}"#,
        r#"{"object": {"day": "2026-01-09", "object": "a", "etag": "", "size": -1, "rows": 1}}"#,
    ] {
        let mut text = serde_json::to_string(&header(1)).unwrap();
        text.push('\n');
        text.push_str(line);
        text.push('\n');
        let bytes = zstd::encode_all(text.as_bytes(), 1).unwrap();
        let error = read(&bytes).unwrap_err();
        assert!(
            matches!(error, StateError::Damaged { line: 2, .. }),
            "{line}: {error:?}"
        );
    }
}
