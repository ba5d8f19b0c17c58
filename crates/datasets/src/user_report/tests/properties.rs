//! What holds for every report.

use proptest::prelude::*;

use super::decoded::{decode, decode_pieces, field, object, report};
use crate::input::End;
use crate::reason::Reason;

/// The layouts of the generations: what follows the eleven stable columns, and where models stand.
const EXTRA: [&[&str]; 4] = [
    &[],
    &["New_User"],
    &["New_User", "User_Email"],
    &["New_User", "User_Email", "Usage_Limit"],
];
const MODELS: [&[&str]; 5] = [
    &[],
    &["auto"],
    &["claude_opus_4.6", "auto"],
    &["auto", "claude_opus_4.6", "simple_task"],
    &["simple_task", "claude_sonnet_4.5"],
];
const STABLE: [&str; 11] = [
    "Date",
    "UserId",
    "Client_Type",
    "Chat_Conversations",
    "Credits_Used",
    "Overage_Cap",
    "Overage_Credits_Used",
    "Overage_Enabled",
    "ProfileId",
    "Subscription_Tier",
    "Total_Messages",
];

fn cell(column: &str) -> &'static str {
    match column {
        "Date" => "2026-09-09",
        "UserId" => "d-0a1b2c3d4e.u",
        "Client_Type" => "KIRO_CLI",
        "Overage_Enabled" | "New_User" => "true",
        "ProfileId" => "arn:aws:codewhisperer:us-east-1:111122223333:profile/X",
        "Subscription_Tier" => "PRO_PLUS",
        "User_Email" => "u@example.com",
        "Total_Messages" => "9",
        _ => "3",
    }
}

fn csv(columns: &[String]) -> String {
    let cells: Vec<_> = columns.iter().map(|column| cell(column)).collect();
    format!("{}\n{}\n", columns.join(","), cells.join(","))
}

fn columns(extra: &[&str], models: &[&str], models_first: bool) -> Vec<String> {
    let models = models.iter().map(|model| format!("{model}_messages"));
    let extra = extra.iter().map(ToString::to_string);
    let stable = STABLE.iter().map(ToString::to_string);
    if models_first {
        stable.chain(models).chain(extra).collect()
    } else {
        stable.chain(extra).chain(models).collect()
    }
}

#[test]
fn nineteen_layouts_bind_alike() {
    let report = report();
    let mut layouts = Vec::new();
    for models in MODELS {
        for (extra, models_first) in [(0, false), (1, true), (2, false), (3, false)] {
            layouts.push((EXTRA[extra], models, models_first));
        }
    }
    layouts.truncate(19);
    assert_eq!(layouts.len(), 19);
    for (extra, models, models_first) in layouts {
        let decoded = decode(
            &report,
            csv(&columns(extra, models, models_first)).as_bytes(),
            End::Clean,
        );
        let row = &decoded.rows("user_activity")[0];
        for (name, value) in [
            ("user_id", "u"),
            ("client_type", "KIRO_CLI"),
            ("chat_conversations", "3"),
            ("credits_used", "3.0"),
            ("subscription_tier", "PRO_PLUS"),
            ("total_messages", "9"),
        ] {
            assert_eq!(field(row, name), Some(value));
        }
        for (column, name, value) in [
            ("New_User", "new_user", "true"),
            ("User_Email", "user_email", "u@example.com"),
            ("Usage_Limit", "usage_limit", "3.0"),
        ] {
            assert_eq!(field(row, name), extra.contains(&column).then_some(value));
        }
        assert_eq!(field(row, "extra_json"), None);
        let used: Vec<_> = decoded
            .rows("model_usage")
            .iter()
            .map(|row| field(row, "model").unwrap())
            .collect();
        assert_eq!(used, models);
        assert!(decoded.drift.is_empty());
    }
}

/// Text that is nearly a report.
fn reports() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "Date,UserId,Client_Type,Total_Messages,auto_messages,X,x\n",
        "2026-09-09,a,KIRO_IDE,3,3,z,\n",
        "2026-09-09,b,,-1,,,\n",
        "\u{feff}",
        "\"",
        "\"\"",
        ",",
        "\n",
        "\r\n",
        "\r",
        " ",
        "é",
        "2026-09-09,c,",
        "\"q,\n\"",
        "12.0",
        "Date",
        "UserId",
        "auto_messages",
    ]);
    let text = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes());
    let headed = text.clone().prop_map(|rows| {
        [
            b"Date,UserId,Client_Type,Total_Messages,auto_messages,X,x\n".to_vec(),
            rows,
        ]
        .concat()
    });
    prop_oneof![headed, text, prop::collection::vec(any::<u8>(), 0..300)]
}

fn ends() -> impl Strategy<Value = End> {
    let broken = |reason| End::Broken {
        reason,
        detail: String::new(),
    };
    prop::sample::select(vec![
        End::Clean,
        End::Clean,
        broken(Reason::GzipTruncated),
        broken(Reason::TrailingBytes),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Balance and schemas are asserted by `decode` itself.
    #[test]
    fn pieces_give_what_the_whole_gives(
        bytes in reports(), end in ends(), lengths in prop::collection::vec(1_usize..20, 1..6), dated: bool,
    ) {
        let object = if dated { report() } else { object("x.csv") };
        let whole = decode(&object, &bytes, end.clone());
        prop_assert_eq!(decode_pieces(&object, &bytes, end, lengths), whole);
    }

    #[test]
    fn the_order_of_columns_carries_nothing(
        extra in prop::sample::select(EXTRA.to_vec()),
        models in prop::sample::select(MODELS.to_vec()),
        seed in prop::collection::vec(any::<u16>(), 20),
    ) {
        let columns = columns(extra, models, false);
        let mut moved: Vec<_> = columns.iter().cloned().zip(&seed).collect();
        moved.sort_by_key(|(_, seed)| **seed);
        let moved: Vec<_> = moved.into_iter().map(|(column, _)| column).collect();
        let (one, other) = (decode(&report(), csv(&columns).as_bytes(), End::Clean), decode(&report(), csv(&moved).as_bytes(), End::Clean));
        prop_assert_eq!(one.rows("user_activity"), other.rows("user_activity"));
        let sorted = |rows: &[String]| { let mut rows = rows.to_vec(); rows.sort(); rows };
        prop_assert_eq!(sorted(one.rows("model_usage")), sorted(other.rows("model_usage")));
    }
}
