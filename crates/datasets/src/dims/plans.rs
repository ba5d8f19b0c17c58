//! The rows of `dim_plan`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};

use super::DIM_PLAN;
use super::file::{DimFile, DimFileError, Problem};
use crate::day::Day;
use crate::user_report::tier;

/// Tier, US dollars a month, credits, in the order of ranks.
const BUILT_IN: [(&str, f64, f64); 5] = [
    ("FREE", 0.0, 50.0),
    ("PRO", 20.0, 1_000.0),
    ("PRO_PLUS", 40.0, 2_000.0),
    ("PRO_MAX", 100.0, 5_000.0),
    ("POWER", 200.0, 10_000.0),
];
/// US dollars of a credit beyond the plan.
const OVERAGE: f64 = 0.04;

const COLUMNS: &[&str] = &[
    "tier",
    "rank",
    "usd_per_month",
    "credits",
    "overage_usd_per_credit",
    "valid_from",
];

/// A row, by (tier, first day).
type Plans = BTreeMap<(i64, String, Day), (f64, f64, Option<f64>)>;

/// The plans as they are sold when nobody says otherwise.
pub fn built_in_plans() -> RecordBatch {
    let plans = (1..).zip(BUILT_IN).map(|(rank, (tier, usd, credits))| {
        (
            (rank, tier.to_owned(), Day::UNDATED),
            (usd, credits, Some(OVERAGE)),
        )
    });
    batch(&plans.collect())
}

/// Plans from a CSV with the columns of `dim_plan`; `overage_usd_per_credit` and `valid_from` (2019-01-01) may be left out.
/// Tiers are spelled as reports are read.
///
/// # Errors
/// If a column is missing, a cell is not what its column holds, or a tier has two rows from one day on.
pub fn read_plans(bytes: &[u8]) -> Result<RecordBatch, DimFileError> {
    let file = DimFile::read(bytes, COLUMNS, &[])?;
    for column in 0..4 {
        file.require(column)?;
    }
    let mut plans = Plans::new();
    for row in &file.rows {
        let tier = tier::normalise(file.text(row, 0)?).0.into_owned();
        let Ok(rank) = file.text(row, 1)?.parse::<i64>() else {
            return Err(row.error(Problem::Number(COLUMNS[1])));
        };
        let amount = |column: usize| {
            file.number(row, column)?
                .ok_or_else(|| row.error(Problem::Blank(COLUMNS[column])))
        };
        let valid_from = match file.cell(row, 5) {
            None => Day::UNDATED,
            Some(cell) => cell
                .parse()
                .map_err(|_| row.error(Problem::Day(COLUMNS[5])))?,
        };
        let taken = plans
            .keys()
            .any(|(_, other, day)| *other == tier && *day == valid_from);
        if taken {
            return Err(row.error(Problem::Twice("tier and valid_from")));
        }
        let values = (amount(2)?, amount(3)?, file.number(row, 4)?);
        plans.insert((rank, tier, valid_from), values);
    }
    Ok(batch(&plans))
}

fn batch(plans: &Plans) -> RecordBatch {
    let tiers = plans.keys().map(|(_, tier, _)| tier);
    let ranks: Int64Array = plans.keys().map(|(rank, _, _)| Some(*rank)).collect();
    let usd: Float64Array = plans.values().map(|(usd, _, _)| Some(*usd)).collect();
    let credits: Float64Array = plans
        .values()
        .map(|(_, credits, _)| Some(*credits))
        .collect();
    let overage: Float64Array = plans.values().map(|(_, _, overage)| *overage).collect();
    let days: Date32Array = plans.keys().map(|(_, _, day)| Some(day.0)).collect();
    DIM_PLAN.batch(vec![
        Arc::new(StringArray::from_iter_values(tiers)),
        Arc::new(ranks),
        Arc::new(usd),
        Arc::new(credits),
        Arc::new(overage),
        Arc::new(days),
    ])
}
