//! Which days of a table a statement can concern, from its predicates alone: `dt = event_date` always, and
//! `dt = date(event_ts)` where that is not NULL.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringViewArray,
    TimestampMillisecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use promptlake_datasets::day::Day;

/// Columns of which a day alone tells the value.
const EXACT: [&str; 2] = ["dt", "event_date"];
/// Columns of which it tells the range.
const RANGED: [&str; 2] = ["event_ts", "event_ts_nanos"];
const DAY_MS: i64 = 86_400_000;

/// Whether a predicate is decided by the day alone, so that no row has to be looked at.
pub(crate) fn is_exact(filter: &Expr) -> bool {
    only(filter, &EXACT)
}

/// Keeps the days that can hold a row for which all filters are true.
///
/// # Errors
/// If a filter that concerns days alone cannot be evaluated.
pub(crate) fn keep(
    session: &dyn Session,
    table: &Schema,
    days: &[Day],
    filters: &[Expr],
) -> Result<Vec<bool>> {
    let schema = schema_of_days(table);
    let df_schema = DFSchema::try_from(Arc::clone(&schema))?;
    let mut keep = vec![true; days.len()];
    let mut batch = None;
    for filter in filters {
        let kept = if is_exact(filter) {
            let batch = match &batch {
                Some(batch) => batch,
                None => batch.insert(exact_values(&schema, days)?),
            };
            let expr = session.create_physical_expr(filter.clone(), &df_schema)?;
            let values = expr.evaluate(batch)?.into_array(days.len())?;
            let values = values
                .as_any()
                .downcast_ref::<BooleanArray>()
                .ok_or_else(|| DataFusionError::Internal("a filter is no predicate".to_owned()))?
                .clone();
            values.iter().map(|value| value == Some(true)).collect()
        } else {
            let filter = by_day(filter.clone());
            if !only(&filter, &[EXACT, RANGED].concat()) {
                continue;
            }
            let expr = session.create_physical_expr(filter, &df_schema)?;
            let Ok(predicate) = PruningPredicateBuilder::new()
                .with_file_schema(Arc::clone(&schema))
                .try_build(expr)
            else {
                continue;
            };
            predicate.prune(&Days {
                schema: &schema,
                days,
            })?
        };
        for (keep, kept) in keep.iter_mut().zip(kept) {
            *keep &= kept;
        }
    }
    Ok(keep)
}

/// The columns of a table that depend on the day.
fn schema_of_days(table: &Schema) -> SchemaRef {
    let fields: Vec<Field> = EXACT
        .iter()
        .chain(&RANGED)
        .filter_map(|name| table.field_with_name(name).ok().cloned())
        .collect();
    Arc::new(Schema::new(fields))
}

/// The exact columns' values, a row a day; NULL in the others, which no exact filter looks at.
fn exact_values(schema: &SchemaRef, days: &[Day]) -> Result<RecordBatch> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "dt" => texts(days),
            "event_date" => dates(days),
            _ => arrow_array::new_null_array(field.data_type(), days.len()),
        })
        .collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

fn texts(days: &[Day]) -> ArrayRef {
    Arc::new(StringViewArray::from_iter_values(
        days.iter().map(ToString::to_string),
    ))
}

fn dates(days: &[Day]) -> ArrayRef {
    Arc::new(Date32Array::from_iter_values(days.iter().map(|day| day.0)))
}

/// Whether an expression has columns, and none but these.
fn only(expr: &Expr, names: &[&str]) -> bool {
    let columns = expr.column_refs();
    !columns.is_empty()
        && columns
            .iter()
            .all(|column| names.contains(&column.name.as_str()))
        && !is_volatile(expr)
}

fn is_volatile(expr: &Expr) -> bool {
    let mut volatile = false;
    let walked = expr.apply(|expr| {
        volatile |= expr.is_volatile_node()
            || matches!(
                expr,
                Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_)
            );
        Ok(TreeNodeRecursion::Continue)
    });
    volatile || walked.is_err()
}

/// Writes `event_date` for `CAST(event_ts AS date)` in comparisons that have to be true. Where `event_ts` is NULL, the
/// comparison is not true before and may be after: what is kept grows, never shrinks.
fn by_day(expr: Expr) -> Expr {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right })
            if matches!(op, Operator::And | Operator::Or) =>
        {
            Expr::BinaryExpr(BinaryExpr {
                left: Box::new(by_day(*left)),
                op,
                right: Box::new(by_day(*right)),
            })
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_comparison(op) => {
            Expr::BinaryExpr(BinaryExpr {
                left: Box::new(day_of(*left)),
                op,
                right: Box::new(day_of(*right)),
            })
        }
        Expr::Between(mut between) if !between.negated => {
            between.expr = Box::new(day_of(*between.expr));
            Expr::Between(between)
        }
        Expr::InList(mut list) if !list.negated => {
            list.expr = Box::new(day_of(*list.expr));
            Expr::InList(list)
        }
        other => other,
    }
}

fn is_comparison(op: Operator) -> bool {
    matches!(
        op,
        Operator::Eq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq
    )
}

fn day_of(expr: Expr) -> Expr {
    let instant = match &expr {
        Expr::Cast(cast) if *cast.field.data_type() == DataType::Date32 => Some(cast.expr.as_ref()),
        Expr::ScalarFunction(call) if call.func.name() == "date" && call.args.len() == 1 => {
            call.args.first()
        }
        _ => None,
    };
    match instant.and_then(column_in_utc) {
        Some(column) if column.name == "event_ts" => Expr::Column(Column {
            name: "event_date".to_owned(),
            ..column.clone()
        }),
        _ => expr,
    }
}

/// The column of an instant, through casts that leave its clock at UTC.
fn column_in_utc(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::Cast(cast) => match cast.field.data_type() {
            DataType::Timestamp(_, zone)
                if zone
                    .as_deref()
                    .is_none_or(|zone| matches!(zone, "UTC" | "+00:00")) =>
            {
                column_in_utc(&cast.expr)
            }
            _ => None,
        },
        other => other.try_as_col(),
    }
}

/// What is known of the rows of days.
struct Days<'a> {
    schema: &'a SchemaRef,
    days: &'a [Day],
}

impl Days<'_> {
    /// The least or greatest value of a column, a value a day.
    fn bound(&self, column: &Column, last: bool) -> Option<ArrayRef> {
        let field = self.schema.field_with_name(&column.name).ok()?;
        let ms = |day: &Day| {
            let first = i64::from(day.0).checked_mul(DAY_MS)?;
            Some(if last { first + (DAY_MS - 1) } else { first })
        };
        Some(match column.name.as_str() {
            "dt" => texts(self.days),
            "event_date" => dates(self.days),
            "event_ts" => {
                let values: TimestampMillisecondArray = self.days.iter().map(ms).collect();
                let DataType::Timestamp(_, zone) = field.data_type() else {
                    return None;
                };
                Arc::new(values.with_timezone_opt(zone.clone()))
            }
            "event_ts_nanos" => {
                let nanos = |day: &Day| {
                    let first = i64::from(day.0).checked_mul(Day::NANOS)?;
                    if last {
                        first.checked_add(Day::NANOS - 1)
                    } else {
                        Some(first)
                    }
                };
                let values: Int64Array = self.days.iter().map(nanos).collect();
                Arc::new(values)
            }
            _ => return None,
        })
    }
}

impl PruningStatistics for Days<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bound(column, false)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bound(column, true)
    }

    fn num_containers(&self) -> usize {
        self.days.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        // A time may be missing; a day never is.
        EXACT.contains(&column.name.as_str()).then(|| {
            let zeros: UInt64Array = vec![0; self.days.len()].into();
            let zeros: ArrayRef = Arc::new(zeros);
            zeros
        })
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
