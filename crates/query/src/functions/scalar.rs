//! A scalar function as a value: a name, how arguments are coerced, what it gives, and a plain function over arrays.

use std::sync::Arc;

use std::hash::{Hash, Hasher};

use arrow_array::ArrayRef;
use arrow_schema::{DataType, TimeUnit};
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// What an argument has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// Text.
    Text,
    /// A whole number.
    Count,
    /// A date or an instant; instants come as milliseconds without zone, their wall clock.
    Moment,
    /// A date or an instant, with its type kept.
    Same,
    /// A list.
    List,
    /// Text, a date or an instant.
    TextOrMoment,
}

/// A function that gives a value for each row.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    pub(crate) name: &'static str,
    pub(crate) aliases: Vec<String>,
    /// The arguments; what is beyond `required` may be left out.
    pub(crate) arguments: &'static [Argument],
    pub(crate) required: usize,
    /// Whether the last argument may be repeated.
    pub(crate) variadic: bool,
    pub(crate) gives: fn(&[DataType]) -> DataType,
    pub(crate) call: fn(&[ArrayRef]) -> Result<ArrayRef>,
    signature: Signature,
}

impl Scalar {
    pub(crate) fn new(
        name: &'static str,
        arguments: &'static [Argument],
        gives: fn(&[DataType]) -> DataType,
        call: fn(&[ArrayRef]) -> Result<ArrayRef>,
    ) -> Self {
        Self {
            name,
            aliases: Vec::new(),
            arguments,
            required: arguments.len(),
            variadic: false,
            gives,
            call,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    pub(crate) fn or(mut self, aliases: &[&str]) -> Self {
        self.aliases = aliases.iter().map(|&alias| alias.to_owned()).collect();
        self
    }

    /// Only the first arguments have to be given.
    pub(crate) fn required(mut self, required: usize) -> Self {
        self.required = required;
        self
    }

    /// The last argument may be repeated.
    pub(crate) fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }
}

pub(crate) fn text(_: &[DataType]) -> DataType {
    DataType::Utf8
}

pub(crate) fn count(_: &[DataType]) -> DataType {
    DataType::Int64
}

pub(crate) fn date(_: &[DataType]) -> DataType {
    DataType::Date32
}

/// Milliseconds without a zone.
pub(crate) const WALL_CLOCK: DataType = DataType::Timestamp(TimeUnit::Millisecond, None);

fn coerced(argument: Argument, ty: &DataType) -> Option<DataType> {
    let is_text = matches!(
        ty,
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Null
    );
    let moment = match ty {
        DataType::Date32 => Some(DataType::Date32),
        DataType::Date64 | DataType::Timestamp(..) | DataType::Null => Some(WALL_CLOCK),
        _ => None,
    };
    match argument {
        Argument::Text => is_text.then_some(DataType::Utf8),
        Argument::Count => (ty.is_integer() || *ty == DataType::Null).then_some(DataType::Int64),
        Argument::Moment => moment,
        Argument::Same => match ty {
            DataType::Timestamp(_, zone) => {
                Some(DataType::Timestamp(TimeUnit::Millisecond, zone.clone()))
            }
            _ => moment,
        },
        Argument::List => match ty {
            DataType::List(_) => Some(ty.clone()),
            DataType::LargeList(element) | DataType::FixedSizeList(element, _) => {
                Some(DataType::List(Arc::clone(element)))
            }
            _ => None,
        },
        Argument::TextOrMoment => {
            if is_text {
                Some(DataType::Utf8)
            } else {
                moment
            }
        }
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Scalar {}

impl Hash for Scalar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Scalar {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok((self.gives)(types))
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let most = self.arguments.len();
        if types.len() < self.required || (types.len() > most && !self.variadic) {
            let expected = if self.variadic {
                format!("at least {}", self.required)
            } else if self.required == most {
                most.to_string()
            } else {
                format!("{} to {most}", self.required)
            };
            return plan_err!(
                "{} takes {expected} arguments, not {}",
                self.name,
                types.len()
            );
        }
        let mut coerced_types = Vec::with_capacity(types.len());
        for (place, ty) in types.iter().enumerate() {
            let argument = self.arguments[place.min(most - 1)];
            match coerced(argument, ty) {
                Some(ty) => coerced_types.push(ty),
                None => {
                    return plan_err!(
                        "{}: argument {} is of type {ty}, CAST it to {}",
                        self.name,
                        place + 1,
                        match argument {
                            Argument::Text => "varchar",
                            Argument::Count => "bigint",
                            Argument::Moment | Argument::Same => "date or timestamp",
                            Argument::List => "a list",
                            Argument::TextOrMoment => "varchar, date or timestamp",
                        }
                    );
                }
            }
        }
        Ok(coerced_types)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let arrays = if constant {
            args.args
                .iter()
                .map(|arg| arg.to_array(1))
                .collect::<Result<Vec<_>>>()?
        } else {
            ColumnarValue::values_to_arrays(&args.args)?
        };
        let array = (self.call)(&arrays)?;
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &array, 0,
            )?));
        }
        Ok(ColumnarValue::Array(array))
    }
}
