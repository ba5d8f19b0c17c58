//! The listing of a lake in a bucket.

use std::sync::Arc;

use crate::s3::{Bucket, Failure};
use crate::storage::{Entry, Version};

/// Shows every object whose path begins with `prefix`. The lake's keys begin with `lake`.
pub(super) async fn list(
    bucket: &Arc<Bucket>,
    lake: &str,
    prefix: &str,
    found: &mut dyn FnMut(Entry),
) -> Result<(), Failure> {
    let whole = format!("{lake}{prefix}");
    let mut token: Option<String> = None;
    loop {
        let page = bucket.list_page(&whole, false, token.as_deref()).await?;
        for object in page.objects {
            if let Some(path) = object.key.strip_prefix(lake) {
                found(Entry {
                    path: path.to_owned(),
                    size: object.size,
                    version: Version(object.etag),
                });
            }
        }
        token = page.next;
        if token.is_none() {
            return Ok(());
        }
    }
}
