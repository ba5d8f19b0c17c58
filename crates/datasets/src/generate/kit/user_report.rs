//! Objects of `user_report`.

use super::{Flaw, Kit, Record, Spot, csv_line, report_key, text};

pub(super) const KIT: Kit = Kit {
    dataset: "user_report",
    key: |spot| report_key("user_report", "KIRO_IDE_", "", spot),
    body,
    gzip: false,
    lex: false,
};

/// The header varies with the object: what a record says must not depend on it.
fn body(spot: &Spot, records: &[Record]) -> Vec<u8> {
    let rotated = usize::from(spot.number) * 3;
    let mut csv = csv_line(&COLUMNS.map(str::to_owned), rotated);
    for record in records {
        csv.push_str(&csv_line(&cells(spot, record), rotated));
    }
    csv.into_bytes()
}

fn cells(spot: &Spot, record: &Record) -> [String; COLUMNS.len()] {
    let content = u32::from(record.content);
    let day = record.day.unwrap_or(spot.day);
    // How many models a record has, and so how many children, depends on its content.
    let model = |number: u32| match content % 4 {
        n if n > number => (content + number).to_string(),
        _ => String::new(),
    };
    let user = match record.flaw {
        Flaw::Keyless => String::new(),
        _ => format!("d-0a1b2c3d4e.user{}{}", record.identity, record.mark),
    };
    let conversations = match record.flaw {
        Flaw::Value => text("many", record),
        _ => content.to_string(),
    };
    [
        day.to_string(),
        user,
        "KIRO_IDE".to_owned(),
        conversations,
        format!("{content}.25"),
        "1000.0".to_owned(),
        "0.5".to_owned(),
        content.is_multiple_of(2).to_string(),
        text("profile", record),
        "PRO".to_owned(),
        content.to_string(),
        "false".to_owned(),
        format!("{}@example.com", text("email", record).replace(' ', ".")),
        model(0),
        model(1),
        model(2),
        match content % 3 {
            0 => String::new(),
            _ => text("unknown", record),
        },
    ]
}

const COLUMNS: [&str; 17] = [
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
    "New_User",
    "User_Email",
    "auto_messages",
    "claude_opus_4.6_messages",
    "claude_sonnet_4.5_messages",
    "Credits_Pooled",
];
