use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Float64Type, Int64Type};
use arrow_array::{Array as _, RecordBatch};

use super::*;
use crate::day::Day;

fn texts(batch: &RecordBatch, column: &str) -> Vec<Option<String>> {
    let column = batch.column_by_name(column).unwrap().as_string::<i32>();
    column.iter().map(|cell| cell.map(str::to_owned)).collect()
}

fn days(batch: &RecordBatch, column: &str) -> Vec<String> {
    let column = batch.column_by_name(column).unwrap();
    let column = column.as_primitive::<Date32Type>();
    column
        .values()
        .iter()
        .map(|day| Day(*day).to_string())
        .collect()
}

#[test]
fn the_calendar_has_no_gap_and_knows_its_months_and_weeks() {
    let calendar = calendar();
    let dates = days(&calendar, "event_date");
    assert_eq!(dates.len(), 7_670);
    assert_eq!(
        (dates[0].as_str(), dates[7_669].as_str()),
        ("2019-01-01", "2039-12-31")
    );
    let of = |date: &str| dates.iter().position(|day| day == date).unwrap();
    let leap = of("2024-02-29");
    assert_eq!(days(&calendar, "month_start")[leap], "2024-02-01");
    assert_eq!(days(&calendar, "month_end")[leap], "2024-02-29");
    assert_eq!(days(&calendar, "week_start")[leap], "2024-02-26");
    assert_eq!(days(&calendar, "month_end")[of("2026-12-31")], "2026-12-31");
    let count = |name: &str, row: usize| {
        calendar
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Int64Type>()
            .value(row)
    };
    assert_eq!(count("weekday", leap), 4);
    assert_eq!(count("weekday", of("2026-03-01")), 7);
    assert_eq!(
        days(&calendar, "week_start")[of("2026-03-01")],
        "2026-02-23"
    );
    assert_eq!(count("days_in_month", leap), 29);
    assert_eq!(count("calendar_quarter", of("2026-10-01")), 4);
    let weekend = calendar.column_by_name("is_weekend").unwrap().as_boolean();
    assert!(weekend.value(of("2026-03-01")) && !weekend.value(leap));
}

#[test]
fn plans_that_nobody_gave_are_the_five() {
    let plans = built_in_plans();
    let tiers: Vec<_> = texts(&plans, "tier").into_iter().flatten().collect();
    assert_eq!(tiers, ["FREE", "PRO", "PRO_PLUS", "PRO_MAX", "POWER"]);
    let credits = plans.column_by_name("credits").unwrap();
    assert_eq!(
        credits.as_primitive::<Float64Type>().values().to_vec(),
        [50.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0]
    );
}

#[test]
fn plans_of_a_file_are_bound_by_their_headers() {
    let plans = read_plans(
        b"\xef\xbb\xbfCredits,Tier,Note,RANK,usd per month,valid_from\n\n1500,\"ProPlus\",x,2,45,2026-03-01\r\n1000,pro plus,,2,40,\n",
    )
    .unwrap();
    assert_eq!(
        texts(&plans, "tier"),
        [Some("PRO_PLUS".to_owned()), Some("PRO_PLUS".to_owned())]
    );
    assert_eq!(days(&plans, "valid_from"), ["2019-01-01", "2026-03-01"]);
    let overage = plans.column_by_name("overage_usd_per_credit").unwrap();
    assert_eq!(overage.null_count(), 2);
}

#[test]
fn a_file_that_cannot_be_used_says_where_and_not_what() {
    let plans = |text: &str| read_plans(text.as_bytes()).unwrap_err().to_string();
    let head = "tier,rank,usd_per_month,credits\n";
    assert_eq!(
        plans("tier,rank,credits\n"),
        "line 1: the header has no column usd_per_month"
    );
    assert_eq!(plans(""), "line 1: the header has no column tier");
    assert_eq!(
        plans(&format!("{head}PRO,1,20,1000\npro,2,1,1")),
        "line 3: another row has the same tier and valid_from"
    );
    assert_eq!(
        plans(&format!("{head}secret,1,secret,1")),
        "line 2: usd_per_month is not a number of 0 or more"
    );
    assert_eq!(
        plans(&format!("{head}PRO,1,,1")),
        "line 2: usd_per_month is blank"
    );
    assert_eq!(
        plans(&format!("{head}PRO,1,1,1,secret")),
        "line 2: the row is longer than the header"
    );
    assert_eq!(
        plans("tier,Tier,rank,usd_per_month,credits\n"),
        "line 1: the header has the column tier twice"
    );
    let users = |bytes: &[u8]| read_users(bytes).unwrap_err().to_string();
    assert_eq!(
        users(b"name\nx"),
        "line 1: the header has no column user_id"
    );
    assert_eq!(
        users(b"user_id\na\nd-1234567890.a"),
        "line 3: another row has the same user_id"
    );
    assert_eq!(users(b"user_id\n\xff"), "line 2: it is not UTF-8");
}

#[test]
fn users_are_known_by_the_ids_of_tables() {
    let users = read_users(
        b"UUID,Email,Display Name,cost center\nd-1234567890.b,B@Example.COM,\"Bee, the \"\"2nd\"\"\",7\n'a',,,",
    )
    .unwrap();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(texts(&users, "user_id"), [some("a"), some("b")]);
    assert_eq!(texts(&users, "email"), [None, some("b@example.com")]);
    assert_eq!(
        texts(&users, "display_name"),
        [None, some("Bee, the \"2nd\"")]
    );
    assert_eq!(texts(&users, "cost_centre"), [None, some("7")]);
    assert_eq!(texts(&users, "team"), [None, None]);
    assert_eq!(no_users().num_rows(), 0);
}
