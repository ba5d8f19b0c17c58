//! `If-Match` and `If-None-Match`.

use crate::http::{Message, Response};
use crate::objects::Object;

/// The answer where a write's condition does not hold.
pub(crate) fn of_write(there: Option<&Object>, message: &Message) -> Result<(), Response> {
    if message.header("if-none-match") == Some("*") && there.is_some() {
        return Err(failed());
    }
    match (message.header("if-match"), there) {
        (Some(_), None) => Err(no_such_key()),
        (Some(etag), Some(there)) if etag != there.etag => Err(failed()),
        _ => Ok(()),
    }
}

/// The answer where a read's condition does not hold.
pub(crate) fn of_read(there: &Object, message: &Message) -> Result<(), Response> {
    match message.header("if-match") {
        Some(etag) if etag != there.etag => Err(failed()),
        _ => Ok(()),
    }
}

pub(crate) fn no_such_key() -> Response {
    Response::error(404, "NoSuchKey", "The specified key does not exist.")
}

fn failed() -> Response {
    Response::error(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    )
}
