//! The headers of the report.

use crate::report::{Kind, Known, Layout, Melted};

pub(super) const DATE: usize = 0;
pub(super) const USER_ID: usize = 1;
pub(super) const CLIENT_TYPE: usize = 2;
pub(super) const CHAT_CONVERSATIONS: usize = 3;
pub(super) const CREDITS_USED: usize = 4;
pub(super) const OVERAGE_CAP: usize = 5;
pub(super) const OVERAGE_CREDITS_USED: usize = 6;
pub(super) const OVERAGE_ENABLED: usize = 7;
pub(super) const PROFILE_ID: usize = 8;
pub(super) const SUBSCRIPTION_TIER: usize = 9;
pub(super) const TOTAL_MESSAGES: usize = 10;
pub(super) const NEW_USER: usize = 11;
pub(super) const USER_EMAIL: usize = 12;
pub(super) const USAGE_LIMIT: usize = 13;

/// All generations of the report together: a column that one lacks is NULL.
pub(super) static LAYOUT: Layout = Layout {
    dataset: "user_report",
    known: &[
        known(&["Date"], Kind::Day),
        known(&["UserId"], Kind::Text),
        known(&["Client_Type"], Kind::Text),
        known(&["Chat_Conversations"], Kind::Count),
        known(&["Credits_Used"], Kind::Double),
        known(&["Overage_Cap"], Kind::Double),
        known(&["Overage_Credits_Used"], Kind::Double),
        known(&["Overage_Enabled"], Kind::Flag),
        known(&["ProfileId"], Kind::Text),
        known(&["Subscription_Tier"], Kind::Text),
        known(&["Total_Messages"], Kind::Count),
        known(&["New_User"], Kind::Flag),
        known(&["User_Email"], Kind::Text),
        known(&["Usage_Limit"], Kind::Double),
    ],
    date: DATE,
    user_id: USER_ID,
    melted: Some(Melted {
        suffix: "_messages",
    }),
};

const _: () = assert!(LAYOUT.known.len() == USAGE_LIMIT + 1);

const fn known(names: &'static [&'static str], kind: Kind) -> Known {
    Known { names, kind }
}
