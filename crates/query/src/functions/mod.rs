//! Functions under Trino's names with Trino's meaning, where DataFusion has none of that name or means something else.

mod aggregates;
mod conditional;
mod date_add;
mod date_diff;
mod date_format;
mod date_parts;
mod extremes;
mod json;
mod lists;
mod moments;
mod regexp;
mod scalar;
mod text;

use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::ScalarUDF;

use scalar::Scalar;

/// Registers all of them.
pub(crate) fn register(context: &SessionContext) {
    let plain: Vec<Scalar> = [
        date_parts::functions(),
        vec![
            date_format::function(),
            date_diff::function(),
            date_add::function(),
            json::function(),
            lists::element_at(),
        ],
        text::functions(),
        regexp::functions(),
    ]
    .concat();
    for function in plain {
        context.register_udf(ScalarUDF::new_from_impl(function));
    }
    for function in extremes::functions() {
        context.register_udf(function);
    }
    context.register_udf(conditional::function());
    for function in aggregates::functions() {
        context.register_udaf(function);
    }
}
