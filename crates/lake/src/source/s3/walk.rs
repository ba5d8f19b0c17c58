//! The listing of a bucket's prefix: many requests at once, and none for days outside the window.
//!
//! Requests that stop at slashes find the folders on the way down to the days; what lies below a day of the window is
//! listed whole. So a window of days lists these days and, of all others, only their names. Where folders are many and
//! none of them tells a day, the rest is listed whole instead: a request a folder would be more than a page a thousand
//! keys.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::{Sender, channel};

use super::{S3Source, source_error};
use crate::s3::{Bucket, Failure, Page, runtime};
use crate::source::day_folders::DayFolders;
use crate::source::{Listed, SourceError, Window};

/// Pages on their way to the caller: a slow one bounds the memory.
const PAGES: usize = 16;
/// So many folders that tell no day are listed up to the next slash; those that come later, whole.
const FOLDERS: usize = 512;

/// Lists a source; see [`crate::source::Source::list`].
pub(super) fn walk(
    source: &S3Source,
    window: Window,
    found: &mut dyn FnMut(Listed),
    problem: &mut dyn FnMut(SourceError),
) -> Result<(), SourceError> {
    if source.is_of_the_lake(&source.prefix) {
        return Ok(());
    }
    let other = |error: Box<dyn std::error::Error + Send + Sync>| SourceError::Other {
        action: "list",
        place: source.bucket.uri(&source.prefix),
        source: error,
    };
    let runtime = runtime().map_err(|e| other(e.into()))?;
    let (shown, mut pages) = channel(PAGES);
    let walk = Arc::new(Walk {
        bucket: Arc::clone(&source.bucket),
        window,
        day_folders: source.day_folders,
        excluded: source.excluded.clone(),
        budget: AtomicUsize::new(FOLDERS),
        begun: AtomicUsize::new(0),
        ended: AtomicUsize::new(0),
    });
    let root = Folder {
        prefix: source.prefix.clone(),
        days: source.folders(),
        root: true,
    };
    runtime.spawn(walk.task(root, shown));
    let mut failed = None;
    while let Some(shown) = pages.blocking_recv() {
        match shown {
            Shown::Page(page) => {
                for object in page.objects {
                    if source.is_of_the_lake(&object.key) {
                        continue;
                    }
                    // The marker of the source's own folder has no name below it.
                    if let Some(key) = object.key.strip_prefix(&source.prefix)
                        && !key.is_empty()
                    {
                        found(Listed {
                            key: key.to_owned(),
                            size: object.size,
                            etag: object.etag,
                            archived: object.archived,
                        });
                    }
                }
            }
            Shown::Excluded(folder) => {
                source.is_of_the_lake(&folder);
            }
            Shown::Problem(error) => problem(error),
            Shown::Failed(error) => failed = Some(error),
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    if walk.begun.load(Ordering::Relaxed) != walk.ended.load(Ordering::Relaxed) {
        return Err(other("the listing broke off".into()));
    }
    Ok(())
}

/// What keys begin with that are to be listed.
struct Folder {
    prefix: String,
    days: DayFolders,
    root: bool,
}

enum Shown {
    Page(Page),
    /// A folder of the lake, which is not looked into.
    Excluded(String),
    Problem(SourceError),
    /// The source itself cannot be listed.
    Failed(SourceError),
}

struct Walk {
    bucket: Arc<Bucket>,
    window: Window,
    day_folders: bool,
    excluded: Vec<String>,
    budget: AtomicUsize,
    begun: AtomicUsize,
    ended: AtomicUsize,
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Walk {
    /// The listing of a folder. One that panics does not come to its end, which shows.
    fn task(self: &Arc<Self>, folder: Folder, shown: Sender<Shown>) -> Task {
        self.begun.fetch_add(1, Ordering::Relaxed);
        let walk = Arc::clone(self);
        Box::pin(async move {
            walk.list(folder, &shown).await;
            walk.ended.fetch_add(1, Ordering::Relaxed);
        })
    }

    async fn list(self: &Arc<Self>, folder: Folder, shown: &Sender<Shown>) {
        let mut to_slash = self.stops_at_slashes(&folder);
        let mut token: Option<String> = None;
        let mut first = true;
        loop {
            let page = self
                .bucket
                .list_page(&folder.prefix, to_slash, token.as_deref())
                .await;
            let mut page = match page {
                Ok(page) => page,
                Err(failure) => {
                    let error = self.failed(&folder, failure);
                    let fatal = folder.root && first;
                    let error = if fatal {
                        Shown::Failed(error)
                    } else {
                        Shown::Problem(error)
                    };
                    // Nobody listens any more: nothing is left to be said.
                    shown.send(error).await.ok();
                    return;
                }
            };
            let undated = matches!(folder.days, DayFolders::Outside | DayFolders::Below);
            if to_slash && first && undated && page.next.is_some() {
                // More than a page of it, none of which need be a folder.
                (to_slash, first) = (false, false);
                continue;
            }
            first = false;
            for child in std::mem::take(&mut page.folders) {
                self.enter(&folder, child, shown).await;
            }
            token = page.next.take();
            if shown.send(Shown::Page(page)).await.is_err() || token.is_none() {
                return;
            }
        }
    }

    /// Whether the folder is looked through, not listed whole.
    fn stops_at_slashes(&self, folder: &Folder) -> bool {
        match folder.days {
            DayFolders::Day(_) => false,
            DayFolders::Year(_) | DayFolders::Month(..) => true,
            DayFolders::Outside | DayFolders::Below => {
                let one_less = |left: usize| left.checked_sub(1);
                let ordering = Ordering::Relaxed;
                self.budget
                    .fetch_update(ordering, ordering, one_less)
                    .is_ok()
            }
        }
    }

    async fn enter(self: &Arc<Self>, parent: &Folder, prefix: String, shown: &Sender<Shown>) {
        if self
            .excluded
            .iter()
            .any(|excluded| prefix.starts_with(excluded))
        {
            shown.send(Shown::Excluded(prefix)).await.ok();
            return;
        }
        let days = if self.day_folders {
            let name = prefix.strip_prefix(&parent.prefix).unwrap_or(&prefix);
            parent.days.enter(name.strip_suffix('/').unwrap_or(name))
        } else {
            parent.days
        };
        if days.day().is_some_and(|day| !self.window.contains(day)) {
            return;
        }
        let folder = Folder {
            prefix,
            days,
            root: false,
        };
        tokio::spawn(self.task(folder, shown.clone()));
    }

    fn failed(&self, folder: &Folder, failure: Failure) -> SourceError {
        source_error("list", self.bucket.uri(&folder.prefix), failure)
    }
}
