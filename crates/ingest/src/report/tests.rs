use promptlake_datasets::day::Day;
use promptlake_datasets::drift::{Drift, DriftKind};

use super::*;

fn report() -> RunReport {
    let window = Window {
        from: Some(Day(20_460)),
        to: Some(Day(20_463)),
    };
    let mut report = RunReport::new("20260110T020000Z-7", "0.1.0", window);
    report.lake = "/lake".to_owned();
    report.sources.push(SourceLine {
        name: "mirror".to_owned(),
        place: "/data/mirror".to_owned(),
    });
    report.objects = ObjectCounts {
        listed: 1_204,
        strays: 3,
        unrecognised: 1,
        selected: 1_200,
        read: 180,
        skipped: 1_020,
        ..ObjectCounts::default()
    };
    report.unrecognised.push("mirror/new\u{1b}kind".to_owned());
    *report.records_of("chat") = RecordCounts {
        read: 360,
        accepted: 358,
        rejected: 2,
        ..RecordCounts::default()
    };
    *report.table("chat") = TableCounts {
        rows_before: 1_000,
        rows_replaced: 10,
        rows_new: 358,
        twins_new: 8,
        twins_back: 1,
        rows_after: 1_341,
        partitions_written: 2,
        bytes_written: 3 << 20,
        ..TableCounts::default()
    };
    report
}

#[test]
fn a_run_without_anything_wrong_is_clean() {
    let mut report = report();
    assert_eq!(report.finish(Tolerance::default()), Exit::Clean);
    assert_eq!(report.exit, ExitLine::default());
    assert_eq!(report.bytes.written, 3 << 20);
}

#[test]
fn the_exit_code_follows_what_happened_and_says_why() {
    let case = |change: fn(&mut RunReport), tolerance: Tolerance| {
        let mut report = report();
        change(&mut report);
        let exit = report.finish(tolerance);
        assert_eq!(report.exit.code, exit.code());
        assert_eq!(report.exit.because.is_empty(), exit == Exit::Clean);
        exit
    };
    let rejects: fn(&mut RunReport) = |r| {
        r.new_rejects.insert("syntax".to_owned(), 2);
    };
    let drift: fn(&mut RunReport) = |r| {
        let mut drift = Drift::default();
        drift.note("chat", DriftKind::Field, "novel", "object");
        r.set_drift(&drift);
    };
    let allow = |max_rejects| Tolerance {
        max_rejects,
        strict: false,
    };
    let strict = Tolerance {
        strict: true,
        ..Tolerance::default()
    };
    let missing: fn(&mut RunReport) = |r| r.missing_reports.push(MissingReport::default());
    assert_eq!(case(rejects, allow(1)), Exit::Failed);
    assert_eq!(case(rejects, allow(2)), Exit::Clean);
    assert_eq!(case(drift, allow(0)), Exit::Clean);
    assert_eq!(case(drift, strict), Exit::Failed);
    assert_eq!(case(missing, allow(0)), Exit::ReportMissing);
    assert_eq!(case(|r| r.stopped = true, allow(0)), Exit::Failed);
    let both: fn(&mut RunReport) = |r| {
        r.missing_reports.push(MissingReport::default());
        r.fail("object", "key", "not found".to_owned());
    };
    assert_eq!(case(both, allow(0)), Exit::Failed);
}

#[test]
fn counts_that_do_not_balance_are_a_failure() {
    let changes: [fn(&mut RunReport); 4] = [
        |r| r.objects.listed += 1,
        |r| r.objects.read -= 1,
        |r| r.records_of("chat").rejected = 0,
        |r| r.table("chat").rows_after += 1,
    ];
    for change in changes {
        let mut report = report();
        change(&mut report);
        assert_eq!(report.imbalances().len(), 1);
        assert_eq!(report.finish(Tolerance::default()), Exit::Failed);
        assert_eq!(report.failures[0].kind, "balance");
    }
}

#[test]
fn lists_are_bounded_and_counts_are_not() {
    let mut report = report();
    for n in 0..MAX_LISTED + 5 {
        report.fail("object", &format!("key {n}"), "not found".to_owned());
    }
    report.notice("once".to_owned());
    report.notice("once".to_owned());
    report.finish(Tolerance::default());
    assert_eq!(report.failures.len(), MAX_LISTED);
    assert_eq!(report.failure_count, MAX_LISTED as u64 + 5);
    assert_eq!(report.notices.len(), 1);
    assert!(report.summary().contains("and 100 more"));
}

#[test]
fn json_is_read_back_as_it_was() {
    let mut report = report();
    report.seconds.insert("total".to_owned(), 1.25);
    report.finish(Tolerance::default());
    let json = report.to_json();
    assert_eq!(serde_json::from_str::<RunReport>(&json).unwrap(), report);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["format"], FORMAT);
    assert_eq!(value["window"]["from"], "2026-01-07");
}

#[test]
fn the_summary_says_it_in_words() {
    let mut report = report();
    report.seconds.insert("total".to_owned(), 1.25);
    report.new_rejects.insert("syntax".to_owned(), 2);
    report.finish(Tolerance::default());
    assert_eq!(
        report.summary(),
        "run     20260110T020000Z-7: source days 2026-01-07 to 2026-01-10 of mirror\n\
         objects 1,204 listed: 180 read, 1,020 unchanged, 3 strays, 1 unrecognised\n\
         records 360 read (chat 360): 358 accepted, 2 rejected\n\
         tables  chat 358 rows (8 twins), 2 partitions written\n\
         rejects 2 new: syntax 2 (promptlake rejects list shows them)\n\
         unknown 1 objects are of no known kind, such as mirror/new\\u{1b}kind\n\
         time    1.2 s; 0 B read, 0 B inflated, 3.0 MiB written\n\
         exit    1: 2 new rejects, 0 allowed\n"
    );
}

#[test]
fn requests_are_told_where_there_are_any() {
    let mut report = report();
    assert!(!report.summary().contains("s3 "), "{}", report.summary());
    report.requests.sources = Stats {
        lists: 12,
        gets: 6_000,
        heads: 1,
        retries: 3,
        ..Stats::default()
    };
    report.requests.lake = Stats {
        puts: 14,
        throttles: 1,
        ..Stats::default()
    };
    let line = "s3      sources 12 LIST, 6,000 GET, 1 HEAD; lake 14 PUT; 3 repeated, 1 throttled\n";
    assert!(report.summary().contains(line), "{}", report.summary());
}
