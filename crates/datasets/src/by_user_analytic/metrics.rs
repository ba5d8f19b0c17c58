//! The 44 metrics of the report: what their headers are, which columns they become.

use crate::table::{Column, ColumnType};

/// A metric of a user's day.
#[derive(Clone, Copy)]
pub(super) struct Metric {
    /// The names that its header has had, the most common first.
    pub(super) headers: &'static [&'static str],
    /// Its column.
    pub(super) column: Column,
}

/// `[header, other headers…] column: what it counts`, in the order of the report.
macro_rules! metrics {
    ($([$header:literal $(, $other:literal)*] $column:literal: $doc:literal;)*) => {
        &[$(Metric {
            headers: &[$header $(, $other)*],
            column: Column::plain(
                $column,
                ColumnType::Count,
                concat!($doc, " (`", $header, "`)"),
            ),
        }),*]
    };
}

/// All of them, in the order of the report. A blank cell is NULL, as is a column that a file does not have.
pub(super) const METRICS: &[Metric] = metrics! {
    ["Chat_AICodeLines"] "chat_ai_code_lines": "lines of code from chat that were taken over";
    ["Chat_MessagesInteracted"] "chat_messages_interacted": "messages of chat with which the user did something";
    ["Chat_MessagesSent"] "chat_messages_sent": "messages sent in chat";
    ["CodeFix_AcceptanceEventCount"] "code_fix_acceptance_event_count": "code fixes accepted";
    ["CodeFix_AcceptedLines"] "code_fix_accepted_lines": "lines of accepted code fixes";
    ["CodeFix_GeneratedLines"] "code_fix_generated_lines": "lines of generated code fixes";
    ["CodeFix_GenerationEventCount"] "code_fix_generation_event_count": "code fixes generated";
    ["CodeReview_FailedEventCount"] "code_review_failed_event_count": "code reviews that failed";
    ["CodeReview_FindingsCount"] "code_review_findings_count": "findings of code reviews";
    ["CodeReview_SucceededEventCount"] "code_review_succeeded_event_count": "code reviews that succeeded";
    ["Dev_AcceptanceEventCount"] "dev_acceptance_event_count": "`/dev` results accepted";
    ["Dev_AcceptedLines"] "dev_accepted_lines": "lines of accepted `/dev` results";
    ["Dev_GeneratedLines"] "dev_generated_lines": "lines of generated `/dev` results";
    ["Dev_GenerationEventCount"] "dev_generation_event_count": "`/dev` results generated";
    ["DocGeneration_AcceptedFileUpdates"] "doc_generation_accepted_file_updates": "`/doc` file updates accepted";
    ["DocGeneration_AcceptedFilesCreations"] "doc_generation_accepted_files_creations": "`/doc` file creations accepted";
    ["DocGeneration_AcceptedLineAdditions"] "doc_generation_accepted_line_additions": "lines added by accepted `/doc` results";
    ["DocGeneration_AcceptedLineUpdates"] "doc_generation_accepted_line_updates": "lines changed by accepted `/doc` results";
    ["DocGeneration_EventCount"] "doc_generation_event_count": "uses of `/doc`";
    ["DocGeneration_RejectedFileCreations"] "doc_generation_rejected_file_creations": "`/doc` file creations rejected";
    ["DocGeneration_RejectedFileUpdates"] "doc_generation_rejected_file_updates": "`/doc` file updates rejected";
    ["DocGeneration_RejectedLineAdditions"] "doc_generation_rejected_line_additions": "lines added by rejected `/doc` results";
    ["DocGeneration_RejectedLineUpdates"] "doc_generation_rejected_line_updates": "lines changed by rejected `/doc` results";
    ["InlineChat_AcceptanceEventCount"] "inline_chat_acceptance_event_count": "inline chat suggestions accepted";
    ["InlineChat_AcceptedLineAdditions"] "inline_chat_accepted_line_additions": "lines added by accepted inline chat suggestions";
    ["InlineChat_AcceptedLineDeletions"] "inline_chat_accepted_line_deletions": "lines removed by accepted inline chat suggestions";
    ["InlineChat_DismissalEventCount"] "inline_chat_dismissal_event_count": "inline chat suggestions dismissed";
    ["InlineChat_DismissedLineAdditions"] "inline_chat_dismissed_line_additions": "lines added by dismissed inline chat suggestions";
    ["InlineChat_DismissedLineDeletions"] "inline_chat_dismissed_line_deletions": "lines removed by dismissed inline chat suggestions";
    ["InlineChat_RejectedLineAdditions"] "inline_chat_rejected_line_additions": "lines added by rejected inline chat suggestions";
    ["InlineChat_RejectedLineDeletions"] "inline_chat_rejected_line_deletions": "lines removed by rejected inline chat suggestions";
    ["InlineChat_RejectionEventCount"] "inline_chat_rejection_event_count": "inline chat suggestions rejected";
    ["InlineChat_TotalEventCount", "InlineChat_EventCount"] "inline_chat_total_event_count": "uses of inline chat";
    ["Inline_AICodeLines"] "inline_ai_code_lines": "lines of accepted inline suggestions";
    ["Inline_AcceptanceCount"] "inline_acceptance_count": "inline suggestions accepted";
    ["Inline_SuggestionsCount"] "inline_suggestions_count": "inline suggestions shown";
    ["TestGeneration_AcceptedLines"] "test_generation_accepted_lines": "lines of accepted generated tests";
    ["TestGeneration_AcceptedTests"] "test_generation_accepted_tests": "generated tests accepted";
    ["TestGeneration_EventCount"] "test_generation_event_count": "uses of `/test`";
    ["TestGeneration_GeneratedLines"] "test_generation_generated_lines": "lines of generated tests";
    ["TestGeneration_GeneratedTests"] "test_generation_generated_tests": "tests generated";
    ["Transformation_EventCount"] "transformation_event_count": "transformations";
    ["Transformation_LinesGenerated"] "transformation_lines_generated": "lines that transformations generated";
    ["Transformation_LinesIngested"] "transformation_lines_ingested": "lines read by transformations";
};
