//! What a bucket holds on two nights: objects in the shapes of real ones.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::day::Day;
use promptlake_lake::source::Window;

const TREE: &str = "AWSLogs/111122223333/KiroLogs";
/// The folder of the reports.
pub(crate) const REPORTS: &str = "AWSLogs/111122223333/KiroLogs/user_report";
const USER: &str = "d-0a1b2c3d4e.5f0e1111-2222-3333-4444-555566667777";

/// Objects by key.
pub(crate) type Objects = BTreeMap<String, Vec<u8>>;

/// A night on which a run is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Night {
    First,
    /// A new day; an object that came late; one whose records go to another partition too; a report that was exported
    /// again.
    Second,
}

impl Night {
    pub(crate) const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// The day of the run.
    pub(crate) fn today(self) -> Day {
        match self {
            Self::First => "2026-01-09".parse().unwrap(),
            Self::Second => "2026-01-10".parse().unwrap(),
        }
    }

    /// The window that a nightly run has.
    pub(crate) fn window(self) -> Window {
        Window {
            from: Some(self.today().plus(-3)),
            to: Some(self.today()),
        }
    }

    /// All objects that are there then.
    pub(crate) fn objects(self) -> Objects {
        let mut objects = Objects::from([
            (
                chat("2026-01-08", "one"),
                records(&["a1", "a2"], "2026-01-08"),
            ),
            (chat("2026-01-09", "two"), records(&["b1"], "2026-01-09")),
            (chat("2026-01-09", "late"), records(&["c1"], "2026-01-08")),
            (chat("2026-01-09", "torn"), b"no gzip".to_vec()),
            (report("2026-01-08"), rows(&["12.5", "3.0"])),
        ]);
        if self == Self::Second {
            objects.insert(chat("2026-01-10", "new"), records(&["d1"], "2026-01-10"));
            objects.insert(
                chat("2026-01-08", "later"),
                records(&["a1", "a3"], "2026-01-08"),
            );
            objects.insert(report("2026-01-08"), rows(&["12.5", "4.25", "1.0"]));
        }
        objects
    }
}

/// The key of a chat log.
pub(crate) fn chat(day: &str, name: &str) -> String {
    let (folder, digits) = (day.replace('-', "/"), day.replace('-', ""));
    format!(
        "{TREE}/GenerateAssistantResponse/us-east-1/{folder}/10/\
         111122223333_GenerateAssistantResponse_{digits}1000_{name}.json.gz"
    )
}

fn report(day: &str) -> String {
    let (folder, digits) = (day.replace('-', "/"), day.replace('-', ""));
    format!("{REPORTS}/us-east-1/{folder}/00/KIRO_IDE_111122223333_user_report_{digits}0000.csv")
}

fn records(ids: &[&str], day: &str) -> Vec<u8> {
    let records: Vec<String> = ids
        .iter()
        .map(|id| {
            format!(
                r#"{{"generateAssistantResponseEventRequest":{{"prompt":"prompt of {id}","chatTriggerType":"MANUAL","userId":"{USER}","timeStamp":"{day}T10:00:00.123Z","modelId":"claude-opus-4.6"}},"generateAssistantResponseEventResponse":{{"assistantResponse":"answer","requestId":"{id}"}}}}"#
            )
        })
        .collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    write!(encoder, r#"{{"records":[{}]}}"#, records.join(",")).unwrap();
    encoder.finish().unwrap()
}

fn rows(credits: &[&str]) -> Vec<u8> {
    let mut text = String::from(
        "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,\
         Overage_Enabled,ProfileId,Subscription_Tier,Total_Messages,auto_messages\n",
    );
    for (number, credits) in credits.iter().enumerate() {
        text.push_str(&format!(
            "2026-01-08,{USER}{number},KIRO_IDE,1,{credits},1000.0,0.0,false,\
             arn:aws:codewhisperer:us-east-1:111122223333:profile/ABCDEFGHIJKL,PRO,7,7\n"
        ));
    }
    text.into_bytes()
}
