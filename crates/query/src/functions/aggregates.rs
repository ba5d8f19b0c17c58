//! `count_if`, `max_by`, `min_by` and `arbitrary`.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::mem::size_of;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::{DataType, Field, FieldRef};
use arrow_select::filter::prep_null_mask_filter;
use datafusion::common::{Result, ScalarValue};
use datafusion::functions_aggregate::first_last::first_value_udaf;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
};

pub(super) fn functions() -> Vec<AggregateUDF> {
    let by = |name, wanted| {
        AggregateUDF::new_from_impl(By {
            name,
            wanted,
            signature: Signature::any(2, Volatility::Immutable),
        })
    };
    vec![
        AggregateUDF::new_from_impl(CountIf {
            signature: Signature::exact(vec![DataType::Boolean], Volatility::Immutable),
        }),
        by("max_by", Ordering::Greater),
        by("min_by", Ordering::Less),
        first_value_udaf()
            .as_ref()
            .clone()
            .with_aliases(["arbitrary"]),
    ]
}

/// How many rows are true.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CountIf {
    signature: Signature,
}

impl AggregateUDFImpl for CountIf {
    fn name(&self) -> &'static str {
        "count_if"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Counted { count: 0 }))
    }

    fn create_sliding_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Counted { count: 0 }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(
            format!("{}[count]", args.name),
            DataType::Int64,
            true,
        ))])
    }
}

#[derive(Debug)]
struct Counted {
    count: i64,
}

fn trues(values: &[ArrayRef]) -> i64 {
    let flags = values[0].as_boolean();
    let count = if flags.null_count() == 0 {
        flags.true_count()
    } else {
        prep_null_mask_filter(flags).true_count()
    };
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Accumulator for Counted {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.count += trues(values);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.count -= trues(values);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.count += states[0]
            .as_primitive::<Int64Type>()
            .iter()
            .flatten()
            .sum::<i64>();
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(self.count)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Int64(Some(self.count))])
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

/// The first argument of the row whose second is the greatest or least. Rows in which that is NULL do not count; of
/// equal ones the greatest (least) first argument is taken, so that the answer does not depend on the order of rows.
#[derive(Debug)]
struct By {
    name: &'static str,
    wanted: Ordering,
    signature: Signature,
}

impl PartialEq for By {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for By {}

impl Hash for By {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl AggregateUDFImpl for By {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(types[0].clone())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Best {
            wanted: self.wanted,
            value: ScalarValue::try_from(args.expr_fields[0].data_type())?,
            by: ScalarValue::try_from(args.expr_fields[1].data_type())?,
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(args
            .input_fields
            .iter()
            .zip(["value", "by"])
            .map(|(field, part)| {
                let name = format!("{}[{part}]", args.name);
                Arc::new(Field::new(name, field.data_type().clone(), true))
            })
            .collect())
    }
}

#[derive(Debug)]
struct Best {
    wanted: Ordering,
    value: ScalarValue,
    by: ScalarValue,
}

impl Accumulator for Best {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for row in 0..values[1].len() {
            if values[1].is_null(row) {
                continue;
            }
            let by = ScalarValue::try_from_array(&values[1], row)?;
            let order = if self.by.is_null() {
                Some(self.wanted)
            } else {
                by.partial_cmp(&self.by)
            };
            if order == Some(self.wanted) {
                self.value = ScalarValue::try_from_array(&values[0], row)?.compacted();
                self.by = by.compacted();
            } else if order == Some(Ordering::Equal) && !values[0].is_null(row) {
                let value = ScalarValue::try_from_array(&values[0], row)?;
                if self.value.is_null() || value.partial_cmp(&self.value) == Some(self.wanted) {
                    self.value = value.compacted();
                }
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.value.clone())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.value.clone(), self.by.clone()])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.value.size() + self.by.size()
    }
}
