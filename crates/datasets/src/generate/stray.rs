//! Objects that a bucket has beside its data.

use super::object::GeneratedObject;
use super::people::{ACCOUNTS, Organisation};
use super::rng::Rng;
use super::{log, user_report};

/// What setting up logging leaves behind: the file of the access check, and folder markers without content.
pub(super) fn objects(organisation: &Organisation) -> Vec<GeneratedObject> {
    let mut rng = Rng::derived(organisation.seed, &[STRAY]);
    let mut objects = Vec::new();
    for account in &ACCOUNTS {
        for prefix in [log::PREFIX, user_report::PREFIX] {
            let folder = format!("{prefix}/AWSLogs/{}/KiroLogs/", account.id);
            objects.push(GeneratedObject {
                key: format!("{folder}{}", rng.uuid()),
                body: b"Access validation successful. This object was written to check that the bucket can be written; delete it.".to_vec(),
                gzip: false,
            });
            objects.push(GeneratedObject {
                key: folder,
                body: Vec::new(),
                gzip: false,
            });
        }
    }
    objects
}

const STRAY: u64 = 6;
