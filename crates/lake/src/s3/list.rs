//! `ListObjectsV2`, a page at a time.

use std::sync::Arc;

use super::bucket::Bucket;
use super::failure::Failure;
use super::key;
use super::page::Page;
use super::retry::Tries;
use super::sign::Get;
use crate::stats::count;

impl Bucket {
    /// Lists keys that begin with `prefix`, all of them or up to the next slash.
    pub(crate) async fn list_page(
        self: &Arc<Self>,
        prefix: &str,
        to_slash: bool,
        token: Option<&str>,
    ) -> Result<Page, Failure> {
        // In the order of their names, as the signature has it.
        let mut query = String::new();
        if let Some(token) = token {
            query.push_str("continuation-token=");
            key::append_to_query(&mut query, token);
            query.push('&');
        }
        if to_slash {
            query.push_str("delimiter=%2F&");
        }
        query.push_str("encoding-type=url&list-type=2&prefix=");
        key::append_to_query(&mut query, prefix);
        let page = self.list(&query).await.map_err(|failure| {
            failure.needs(|| {
                let bucket = format!("s3:ListBucket on arn:aws:s3:::{}", self.name);
                match prefix {
                    "" => bucket,
                    prefix => format!("{bucket} for the prefix {prefix}"),
                }
            })
        })?;
        if page.next.is_some() && page.next.as_deref() == token {
            return Err(Page::endless());
        }
        Ok(page)
    }

    /// Whether an object that was refused is not there at all: where listing is allowed for a prefix only, S3 refuses to
    /// say so when asked for the object, but shows it in a listing.
    pub(crate) async fn is_absent(self: &Arc<Self>, key: &str) -> bool {
        // Of all keys that begin with it, the key itself comes first.
        let mut query = "encoding-type=url&list-type=2&max-keys=1&prefix=".to_owned();
        key::append_to_query(&mut query, key);
        let page = self.list(&query).await;
        page.is_ok_and(|page| page.objects.first().is_none_or(|first| first.key != key))
    }

    /// Asks until it comes through or there is no use.
    async fn list(self: &Arc<Self>, query: &str) -> Result<Page, Failure> {
        let mut tries = Tries::new(self);
        loop {
            let page = {
                let _permit = self.limit.enter().await;
                self.list_once(query).await
            };
            match page {
                Ok(page) => {
                    self.limit.passed();
                    return Ok(page);
                }
                Err(failure) => tries.again(failure).await?,
            }
        }
    }

    async fn list_once(self: &Arc<Self>, query: &str) -> Result<Page, Failure> {
        let connection = self.connection().await?;
        count(&self.counters.lists, 1);
        let get = Get {
            path: &format!("{}/", connection.path),
            query,
            restore_status: true,
            requester_pays: self.access.requester_pays,
            ..Get::default()
        };
        let mut answer = connection.get(get).await?;
        let mut xml = Vec::new();
        while let Some(bytes) = answer.body.next().await? {
            xml.extend_from_slice(&bytes);
        }
        Page::read(&xml)
    }
}
