//! `element_at(list, n)`: from 1, from the end where negative; NULL beyond it.

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, ArrayRef, UInt64Array};
use arrow_schema::DataType;
use arrow_select::take::take;
use datafusion::common::{Result, exec_err};

use super::scalar::{Argument, Scalar};

pub(super) fn element_at() -> Scalar {
    Scalar::new(
        "element_at",
        &[Argument::List, Argument::Count],
        |types| match &types[0] {
            DataType::List(element) => element.data_type().clone(),
            other => other.clone(),
        },
        call,
    )
}

fn call(args: &[ArrayRef]) -> Result<ArrayRef> {
    let lists = args[0].as_list::<i32>();
    let places = args[1].as_primitive::<Int64Type>();
    let mut indices: Vec<Option<u64>> = Vec::with_capacity(lists.len());
    for row in 0..lists.len() {
        if lists.is_null(row) || places.is_null(row) {
            indices.push(None);
            continue;
        }
        let place = places.value(row);
        if place == 0 {
            return exec_err!("element_at: places count from 1");
        }
        let first = i64::from(lists.value_offsets()[row]);
        let length = i64::from(lists.value_length(row));
        let from_start = if place > 0 { place - 1 } else { length + place };
        let inside = (0..length).contains(&from_start);
        indices.push(
            inside
                .then(|| u64::try_from(first + from_start).ok())
                .flatten(),
        );
    }
    Ok(take(lists.values(), &UInt64Array::from(indices), None)?)
}
