//! `if(condition, then [, else])`, which is a CASE.

use std::hash::{Hash, Hasher};

use arrow_schema::DataType;
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::type_coercion::binary::type_union_resolution;
use datafusion::logical_expr::{
    Case, ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

pub(super) fn function() -> ScalarUDF {
    ScalarUDF::new_from_impl(If {
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

#[derive(Debug)]
struct If {
    signature: Signature,
}

impl PartialEq for If {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for If {}

impl Hash for If {
    fn hash<H: Hasher>(&self, state: &mut H) {
        "if".hash(state);
    }
}

impl ScalarUDFImpl for If {
    fn name(&self) -> &'static str {
        "if"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(types[1].clone())
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if !(2..=3).contains(&types.len()) {
            return plan_err!("if takes 2 to 3 arguments, not {}", types.len());
        }
        let Some(value) = type_union_resolution(&types[1..]) else {
            return plan_err!("if: the values are of types that do not go together");
        };
        let mut coerced = vec![DataType::Boolean];
        coerced.resize(types.len(), value);
        Ok(coerced)
    }

    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let mut args = args.into_iter().map(Box::new);
        let (Some(condition), Some(then)) = (args.next(), args.next()) else {
            return plan_err!("if takes 2 to 3 arguments");
        };
        Ok(ExprSimplifyResult::Simplified(Expr::Case(Case {
            expr: None,
            when_then_expr: vec![(condition, then)],
            else_expr: args.next(),
        })))
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        exec_err!("if was not made a CASE")
    }
}
