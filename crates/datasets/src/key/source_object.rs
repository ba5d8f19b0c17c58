//! The name of an object that is the same through every prefix, mirror and local copy.

use super::KeyContext;

/// The folder that the services' own tree begins with.
pub(super) const TREE: &str = "AWSLogs";

/// `root/key` from the last folder `AWSLogs` on; where there is none, `<source name>/<key>`.
pub(super) fn of(context: &KeyContext, key: &str) -> String {
    if let Some(at) = last_tree(key) {
        return key[at..].to_owned();
    }
    let root = context.root.strip_suffix('/').unwrap_or(&context.root);
    let head = match tree_at_end(root).or_else(|| last_tree(root)) {
        Some(at) => &root[at..],
        None => &context.name,
    };
    let mut text = String::with_capacity(head.len() + 1 + key.len());
    text.push_str(head);
    text.push('/');
    text.push_str(key);
    text
}

/// Where the last folder `AWSLogs/` begins in a path.
fn last_tree(path: &str) -> Option<usize> {
    memchr::memrchr_iter(b'/', path.as_bytes()).find_map(|slash| tree_at_end(&path[..slash]))
}

/// Where `AWSLogs` begins if it is the last segment of a path.
fn tree_at_end(path: &str) -> Option<usize> {
    let before = path.strip_suffix(TREE)?;
    (before.is_empty() || before.ends_with('/')).then_some(before.len())
}
