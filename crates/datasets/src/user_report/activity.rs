//! Rows of `user_activity`.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder,
    TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};

use super::columns::USER_ACTIVITY;
use super::{layout, tier};
use crate::day::Day;
use crate::lineage::LineageRows;
use crate::object::Object;
use crate::report::{Refusal, Row};
use crate::table::ColumnType;
use crate::user_id::UserId;

/// A row, read and found good.
pub(super) struct Activity<'a> {
    pub(super) day: Day,
    pub(super) user_id_raw: &'a str,
    pub(super) user: UserId<'a>,
    pub(super) client_type: Option<&'a str>,
    chat_conversations: Option<i64>,
    credits_used: Option<f64>,
    overage_cap: Option<f64>,
    overage_credits_used: Option<f64>,
    overage_enabled: Option<bool>,
    profile_id: Option<&'a str>,
    pub(super) tier: Option<(Cow<'a, str>, bool)>,
    tier_raw: Option<&'a str>,
    total_messages: Option<i64>,
    new_user: Option<bool>,
    user_email: Option<Cow<'a, str>>,
    usage_limit: Option<f64>,
}

impl<'a> Activity<'a> {
    /// Reads a row; changes nothing.
    pub(super) fn read(row: &Row<'a>, object: &'a Object) -> Result<Self, Refusal> {
        let day = row.day(object)?;
        let (user_id_raw, user) = row.user()?;
        Ok(Self {
            day,
            user_id_raw,
            user,
            client_type: row.text(layout::CLIENT_TYPE).or(object.client.as_deref()),
            chat_conversations: row.count(layout::CHAT_CONVERSATIONS)?,
            credits_used: row.double(layout::CREDITS_USED)?,
            overage_cap: row.double(layout::OVERAGE_CAP)?,
            overage_credits_used: row.double(layout::OVERAGE_CREDITS_USED)?,
            overage_enabled: row.flag(layout::OVERAGE_ENABLED)?,
            profile_id: row.text(layout::PROFILE_ID),
            tier: row.text(layout::SUBSCRIPTION_TIER).map(tier::normalise),
            tier_raw: row.verbatim(layout::SUBSCRIPTION_TIER),
            total_messages: row.count(layout::TOTAL_MESSAGES)?,
            new_user: row.flag(layout::NEW_USER)?,
            user_email: row.text(layout::USER_EMAIL).map(lower_case),
            usage_limit: row.double(layout::USAGE_LIMIT)?,
        })
    }
}

fn lower_case(text: &str) -> Cow<'_, str> {
    let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if text.bytes().all(is_lower) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// Builds rows of the table.
pub(super) struct ActivityRows {
    event_date: Date32Builder,
    user_id: StringBuilder,
    user_id_raw: StringBuilder,
    identity_store_id: StringBuilder,
    client_type: StringBuilder,
    chat_conversations: Int64Builder,
    credits_used: Float64Builder,
    overage_cap: Float64Builder,
    overage_credits_used: Float64Builder,
    overage_enabled: BooleanBuilder,
    profile_id: StringBuilder,
    subscription_tier: StringBuilder,
    subscription_tier_raw: StringBuilder,
    total_messages: Int64Builder,
    new_user: BooleanBuilder,
    user_email: StringBuilder,
    usage_limit: Float64Builder,
    report_ts: TimestampMillisecondBuilder,
    lineage: LineageRows,
    extra_json: StringBuilder,
}

impl ActivityRows {
    pub(super) fn new() -> Self {
        Self {
            event_date: Date32Builder::new(),
            user_id: StringBuilder::new(),
            user_id_raw: StringBuilder::new(),
            identity_store_id: StringBuilder::new(),
            client_type: StringBuilder::new(),
            chat_conversations: Int64Builder::new(),
            credits_used: Float64Builder::new(),
            overage_cap: Float64Builder::new(),
            overage_credits_used: Float64Builder::new(),
            overage_enabled: BooleanBuilder::new(),
            profile_id: StringBuilder::new(),
            subscription_tier: StringBuilder::new(),
            subscription_tier_raw: StringBuilder::new(),
            total_messages: Int64Builder::new(),
            new_user: BooleanBuilder::new(),
            user_email: StringBuilder::new(),
            usage_limit: Float64Builder::new(),
            report_ts: TimestampMillisecondBuilder::new()
                .with_data_type(ColumnType::Instant.arrow()),
            lineage: LineageRows::default(),
            extra_json: StringBuilder::new(),
        }
    }

    /// Appends a row; `extra_json` is empty where there is none. Gives about how many bytes it takes.
    pub(super) fn push(
        &mut self,
        row: &Activity<'_>,
        object: &Object,
        record_index: i64,
        extra_json: &str,
    ) -> usize {
        self.event_date.append_value(row.day.0);
        self.user_id.append_value(row.user.user_id);
        self.user_id_raw.append_value(row.user_id_raw);
        self.identity_store_id
            .append_option(row.user.identity_store_id);
        self.client_type.append_option(row.client_type);
        self.chat_conversations
            .append_option(row.chat_conversations);
        self.credits_used.append_option(row.credits_used);
        self.overage_cap.append_option(row.overage_cap);
        self.overage_credits_used
            .append_option(row.overage_credits_used);
        self.overage_enabled.append_option(row.overage_enabled);
        self.profile_id.append_option(row.profile_id);
        self.subscription_tier
            .append_option(row.tier.as_ref().map(|(tier, _)| tier));
        self.subscription_tier_raw.append_option(row.tier_raw);
        self.total_messages.append_option(row.total_messages);
        self.new_user.append_option(row.new_user);
        self.user_email.append_option(row.user_email.as_ref());
        self.usage_limit.append_option(row.usage_limit);
        self.report_ts.append_option(object.report_ts);
        self.lineage.push(object, record_index);
        self.extra_json
            .append_option((!extra_json.is_empty()).then_some(extra_json));
        let texts = [row.client_type, row.profile_id, row.tier_raw];
        LineageRows::row_bytes(object)
            + texts.iter().flatten().map(|text| text.len()).sum::<usize>()
            + row.user_email.as_ref().map_or(0, |text| text.len())
            + 2 * row.user_id_raw.len()
            + extra_json.len()
            + 128
    }

    /// Gives the rows and starts anew.
    pub(super) fn finish(&mut self) -> RecordBatch {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.event_date.finish()),
            Arc::new(self.user_id.finish()),
            Arc::new(self.user_id_raw.finish()),
            Arc::new(self.identity_store_id.finish()),
            Arc::new(self.client_type.finish()),
            Arc::new(self.chat_conversations.finish()),
            Arc::new(self.credits_used.finish()),
            Arc::new(self.overage_cap.finish()),
            Arc::new(self.overage_credits_used.finish()),
            Arc::new(self.overage_enabled.finish()),
            Arc::new(self.profile_id.finish()),
            Arc::new(self.subscription_tier.finish()),
            Arc::new(self.subscription_tier_raw.finish()),
            Arc::new(self.total_messages.finish()),
            Arc::new(self.new_user.finish()),
            Arc::new(self.user_email.finish()),
            Arc::new(self.usage_limit.finish()),
            Arc::new(self.report_ts.finish()),
        ];
        columns.extend(self.lineage.finish());
        columns.push(Arc::new(self.extra_json.finish()));
        RecordBatch::try_new(USER_ACTIVITY.arrow_schema(), columns)
            .expect("invariant: the builders are the table's columns")
    }
}
