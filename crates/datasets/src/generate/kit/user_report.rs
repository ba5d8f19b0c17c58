//! Objects of `user_report`.

use super::super::object::{Place as Folder, digits};
use super::super::people::ACCOUNTS;
use super::{Flaw, Kit, Place, Record, Spot, text};

pub(super) const KIT: Kit = Kit {
    dataset: "user_report",
    key,
    body,
    gzip: false,
};

fn key(spot: &Spot) -> String {
    let account = &ACCOUNTS[usize::from(spot.account) % ACCOUNTS.len()];
    // Two exports, each in parts.
    let (export, part) = (spot.number % 2, spot.number / 2);
    let part = match part {
        0 => String::new(),
        part => format!("_part_{part}"),
    };
    let file = format!(
        "KIRO_IDE_{}_user_report_{}0{}00{part}.csv",
        account.id,
        digits(spot.day),
        export * 4
    );
    let folder = |tree| {
        Folder {
            prefix: "reports",
            account: account.id,
            tree,
            kind: "user_report",
            region: account.region,
        }
        .folder(spot.day)
    };
    match spot.place {
        Place::Kiro => format!("{}/00/{file}", folder("KiroLogs")),
        Place::QDeveloper => format!("{}/00/{file}", folder("QDeveloperLogs")),
        Place::Flat => format!("flat/{file}"),
        Place::Loose => format!(
            "loose/{}/report-{}-{}.csv",
            spot.account, spot.day, spot.number
        ),
    }
}

/// The header varies with the object: what a record says must not depend on it.
fn body(spot: &Spot, records: &[Record]) -> Vec<u8> {
    let mut columns: Vec<usize> = (0..COLUMNS.len()).collect();
    columns.rotate_left(usize::from(spot.number) * 3 % COLUMNS.len());
    let line = |cells: &[String]| {
        let cells: Vec<String> = columns.iter().map(|at| quoted(&cells[*at])).collect();
        cells.join(",") + "\n"
    };
    let header = COLUMNS.map(str::to_owned);
    let mut csv = line(&header);
    for record in records {
        csv.push_str(&line(&cells(spot, record)));
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
        (content % 2 == 0).to_string(),
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

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
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
