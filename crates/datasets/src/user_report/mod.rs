//! The user report: a CSV a day and client, one row a user; models stand in headers and become rows of a child table.

mod activity;
mod columns;
mod decode;
mod layout;
#[cfg(test)]
mod tests;
pub(crate) mod tier;
mod usage;

pub use columns::{FAMILY, MODEL_USAGE, USER_ACTIVITY};

use crate::dataset::{Content, Dataset, Keys};

/// `user_report`.
pub static DATASET: Dataset = Dataset {
    name: "user_report",
    family: &FAMILY,
    decoder_version: 1,
    decoder: decode::decoder,
    keys: Keys {
        folders: &["user_report"],
        endings: &[".csv", ".gz"],
        report: true,
    },
    content: Content::Csv(&[
        "Client_Type",
        "Chat_Conversations",
        "Credits_Used",
        "Overage_Cap",
        "Overage_Credits_Used",
        "Overage_Enabled",
        "Subscription_Tier",
        "Total_Messages",
    ]),
};
