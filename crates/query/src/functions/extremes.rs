//! `greatest` and `least`: NULL where an argument is.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, BooleanArray};
use arrow_schema::DataType;
use arrow_select::nullif::nullif;
use datafusion::common::Result;
use datafusion::functions::core::{greatest, least};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

pub(super) fn functions() -> Vec<ScalarUDF> {
    [greatest(), least()]
        .into_iter()
        .map(|inner| ScalarUDF::new_from_impl(Strict { inner }))
        .collect()
}

/// The engine's own function, which leaves NULLs out, made to give NULL for them.
#[derive(Debug)]
struct Strict {
    inner: Arc<ScalarUDF>,
}

impl PartialEq for Strict {
    fn eq(&self, other: &Self) -> bool {
        self.inner.name() == other.inner.name()
    }
}

impl Eq for Strict {}

impl Hash for Strict {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.name().hash(state);
    }
}

impl ScalarUDFImpl for Strict {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.inner().return_type(types)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.inner().coerce_types(types)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let arrays: Vec<ArrayRef> = args
            .args
            .iter()
            .map(|arg| arg.to_array(rows))
            .collect::<Result<_>>()?;
        let missing: BooleanArray = (0..rows)
            .map(|row| Some(arrays.iter().any(|array| array.is_null(row))))
            .collect();
        let most = self.inner.invoke_with_args(args)?.to_array(rows)?;
        Ok(ColumnarValue::Array(nullif(&most, &missing)?))
    }
}
