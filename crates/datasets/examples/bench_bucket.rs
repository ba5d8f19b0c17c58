//! Writes a seeded bucket for measurements: `bench_bucket KIND DIR [SCALE]`.
//!
//! | kind | what | at scale 1 |
//! |---|---|---|
//! | `a` | objects of 1–3 chat or inline records of one day | 30,000 objects |
//! | `a2` | the same, 50 users whose contexts repeat from turn to turn | 30,000 objects |
//! | `b` | objects of 2,000 chat records of one day | 120 objects |
//! | `b8` | the same over eight days | 960 objects |
//! | `c` | user reports: 3 clients × 365 days × 2,000 users, and one day of 200,000 users in parts | 1,095 + 200 objects |
//! | `d` | tiny chat objects over 60 days | 300,000 objects |
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts and sizes of a generator are small"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::day::Day;
use promptlake_datasets::generate::rng::Rng;

const FIRST: Day = Day(20_478);
const ACCOUNT: &str = "111122223333";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, dir, scale) = match arguments.as_slice() {
        [kind, dir] => (kind.as_str(), PathBuf::from(dir), 1.0),
        [kind, dir, scale] => (kind.as_str(), PathBuf::from(dir), scale.parse()?),
        _ => return Err("usage: bench_bucket a|a2|b|b8|c|d DIR [SCALE]".into()),
    };
    let count = |n: f64| (n * scale) as u64;
    let words = Words::new(&mut Rng::new(1));
    match kind {
        "a" => logs(&dir, &words, count(30_000.0), 1, 3, Style::Independent)?,
        "a2" => logs(&dir, &words, count(30_000.0), 1, 3, Style::Sessions)?,
        "b" => large(&dir, &words, count(120.0), 1)?,
        "b8" => large(&dir, &words, count(120.0), 8)?,
        "c" => reports(&dir, count(365.0), count(2_000.0), count(200_000.0))?,
        "d" => logs(&dir, &words, count(300_000.0), 60, 1, Style::Tiny)?,
        _ => return Err("KIND is one of a, a2, b, b8, c, d".into()),
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Independent,
    Sessions,
    Tiny,
}

/// A vocabulary whose words are used as unevenly as those of code and prose are.
struct Words(Vec<String>);

impl Words {
    fn new(rng: &mut Rng) -> Self {
        let syllables = [
            "re", "con", "str", "val", "ue", "get", "set", "in", "dex", "er", "ing", "ion", "map",
            "al", "ter", "po", "lo", "qu", "ix", "um",
        ];
        let word = |rng: &mut Rng| {
            (0..rng.between(1, 4))
                .map(|_| *rng.pick(&syllables))
                .collect::<String>()
        };
        Self((0..20_000).map(|_| word(rng)).collect())
    }

    fn pick(&self, rng: &mut Rng) -> &str {
        let unit = rng.unit();
        let skewed = unit * unit * unit * (self.0.len() - 1) as f64;
        &self.0[skewed as usize]
    }

    /// About `chars` characters, half of them code, escaped as JSON wants them. As people do, a text keeps to its own few
    /// names and comes back to what it said.
    fn text(&self, rng: &mut Rng, chars: usize) -> String {
        let mut text = String::with_capacity(chars + 100);
        let names: Vec<&str> = (0..12).map(|_| self.pick(rng)).collect();
        let mut code = rng.chance(50);
        let mut lines: Vec<std::ops::Range<usize>> = Vec::new();
        while text.len() < chars {
            if rng.chance(3) {
                code = !code;
            }
            let start = text.len();
            if !lines.is_empty() && rng.chance(12) {
                let again = text[rng.pick(&lines).clone()].to_owned();
                text.push_str(&again);
                continue;
            }
            if code {
                let indent = " ".repeat(4 * rng.between(0, 4));
                let (a, b) = (*rng.pick(&names), *rng.pick(&names));
                let c = self.pick(rng);
                let n = rng.below(1_000);
                match rng.below(5) {
                    0 => write!(text, "{indent}let {a}_{b} = {c}.{a}({n}, \\\"{b}\\\");\\n"),
                    1 => write!(text, "{indent}if {a}.{b}() != {n} {{ return {a}; }}\\n"),
                    2 => write!(text, "{indent}// {a} {c} {b}\\n"),
                    3 => write!(text, "{indent}}}\\n\\n"),
                    _ => write!(text, "{indent}fn {a}_{b}({a}: &str) -> Vec<{b}> {{\\n"),
                }
                .expect("invariant: a String takes any text");
            } else {
                for _ in 0..rng.between(4, 14) {
                    let word = if rng.chance(40) {
                        *rng.pick(&names)
                    } else {
                        self.pick(rng)
                    };
                    text.push_str(word);
                    text.push(' ');
                }
                text.push_str(if rng.chance(30) { "\\n" } else { ". " });
            }
            lines.push(start..text.len());
        }
        text
    }
}

fn chat(rng: &mut Rng, words: &Words, day: Day, prompt: &str, answer: usize) -> String {
    let response = words.text(rng, answer);
    let nanos = rng.below(86_400_000_000) as i64 * 1000 + i64::from(day.0) * Day::NANOS;
    format!(
        r#"{{"generateAssistantResponseEventRequest":{{"prompt":"{prompt}","chatTriggerType":"MANUAL","customizationArn":null,"userId":"d-0a1b2c3d4e.{}","timeStamp":"{}","modelId":"claude-opus-4.6"}},"generateAssistantResponseEventResponse":{{"assistantResponse":"{response}","followupPrompts":"","messageMetadata":{{"conversationId":null,"utteranceId":null}},"codeReferenceEvents":[],"supplementaryWebLinksEvent":[],"requestId":"{}"}}}}"#,
        user(rng.below(50)),
        promptlake_datasets::generate::object::iso(nanos, 9),
        rng.uuid(),
    )
}

fn inline(rng: &mut Rng, words: &Words, day: Day) -> String {
    let (left, right) = (rng.between(500, 9_000), rng.between(0, 2_500));
    let (left, right, completion) = (
        words.text(rng, left),
        words.text(rng, right),
        words.text(rng, 200),
    );
    let nanos = rng.below(86_400_000_000) as i64 * 1000 + i64::from(day.0) * Day::NANOS;
    format!(
        r#"{{"generateCompletionsEventRequest":{{"leftContext":"{left}","rightContext":"{right}","fileName":"{}.rs","customizationArn":null,"userId":"d-0a1b2c3d4e.{}","timeStamp":"{}"}},"generateCompletionsEventResponse":{{"completions":["{completion}"],"requestId":"{}"}}}}"#,
        words.pick(rng),
        user(rng.below(50)),
        promptlake_datasets::generate::object::iso(nanos, 9),
        rng.uuid(),
    )
}

fn user(number: usize) -> String {
    format!("{number:08x}-2222-3333-4444-555566667777")
}

fn logs(
    dir: &Path,
    words: &Words,
    objects: u64,
    days: u64,
    most: usize,
    style: Style,
) -> std::io::Result<()> {
    let mut contexts: Vec<String> = vec![String::new(); 50];
    for number in 0..objects {
        let mut rng = Rng::derived(7, &[number]);
        let day = FIRST.plus((number * days / objects) as i32);
        let is_chat = style != Style::Independent || rng.chance(60);
        let mut records = Vec::new();
        for _ in 0..rng.between(1, most) {
            records.push(match style {
                Style::Tiny => {
                    let prompt = if rng.chance(75) {
                        String::new()
                    } else {
                        words.text(&mut rng, 400)
                    };
                    chat(&mut rng, words, day, &prompt, 600)
                }
                Style::Sessions => {
                    let context = &mut contexts[(number % 50) as usize];
                    if context.len() > 30_000 || context.is_empty() {
                        *context = words.text(&mut rng, 3_000);
                    }
                    let prompt = context.clone();
                    context.push_str(&words.text(&mut rng, 1_000));
                    chat(&mut rng, words, day, &prompt, 800)
                }
                Style::Independent if is_chat => {
                    let length = if rng.chance(40) {
                        0
                    } else {
                        rng.between(200, 10_500)
                    };
                    let prompt = words.text(&mut rng, length);
                    let answer = rng.between(100, 3_000);
                    chat(&mut rng, words, day, &prompt, answer)
                }
                Style::Independent => inline(&mut rng, words, day),
            });
        }
        let event = if is_chat {
            "GenerateAssistantResponse"
        } else {
            "GenerateCompletions"
        };
        write_log(dir, event, day, number, &records)?;
    }
    Ok(())
}

fn large(dir: &Path, words: &Words, objects: u64, days: u64) -> std::io::Result<()> {
    for number in 0..objects * days {
        let mut rng = Rng::derived(9, &[number]);
        let day = FIRST.plus((number / objects) as i32);
        let records: Vec<String> = (0..2_000)
            .map(|_| {
                let length = if rng.chance(50) {
                    0
                } else {
                    rng.between(200, 19_000)
                };
                let prompt = words.text(&mut rng, length);
                let answer = rng.between(100, 4_000);
                chat(&mut rng, words, day, &prompt, answer)
            })
            .collect();
        write_log(dir, "GenerateAssistantResponse", day, number, &records)?;
    }
    Ok(())
}

fn write_log(
    dir: &Path,
    event: &str,
    day: Day,
    number: u64,
    records: &[String],
) -> std::io::Result<()> {
    let (year, month, date) = day.ymd();
    let hour = number % 24;
    let folder = dir.join(format!(
        "AWSLogs/{ACCOUNT}/KiroLogs/{event}/us-east-1/{year:04}/{month:02}/{date:02}/{hour:02}"
    ));
    std::fs::create_dir_all(&folder)?;
    let name =
        format!("{ACCOUNT}_{event}_{year:04}{month:02}{date:02}{hour:02}00_{number:016}.json.gz");
    let mut gzip = GzEncoder::new(
        std::fs::File::create(folder.join(name))?,
        Compression::new(6),
    );
    gzip.write_all(format!("{{\"records\":[{}]}}", records.join(",")).as_bytes())?;
    gzip.finish()?;
    Ok(())
}

fn reports(dir: &Path, days: u64, users: u64, large: u64) -> std::io::Result<()> {
    for number in 0..days {
        for client in ["KIRO_IDE", "KIRO_CLI", "PLUGIN"] {
            report(dir, FIRST.plus(number as i32), client, "", 0..users)?;
        }
    }
    for part in 0..large.div_ceil(1_000) {
        let rows = part * 1_000..((part + 1) * 1_000).min(large);
        report(
            dir,
            FIRST.plus(days as i32),
            "KIRO_IDE",
            &format!("_part_{}", part + 1),
            rows,
        )?;
    }
    Ok(())
}

fn report(
    dir: &Path,
    day: Day,
    client: &str,
    part: &str,
    users: std::ops::Range<u64>,
) -> std::io::Result<()> {
    let mut rng = Rng::derived(
        11,
        &[
            day.0.unsigned_abs().into(),
            users.start,
            client.len() as u64,
        ],
    );
    let mut csv = String::from(
        "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,ProfileId,Subscription_Tier,Total_Messages,New_User,User_Email,Usage_Limit,auto_messages,claude_opus_4.6_messages,claude_sonnet_4.5_messages\n",
    );
    for number in users {
        let (auto, opus, sonnet) = (rng.below(40), rng.below(20), rng.below(10));
        let row = writeln!(
            csv,
            "{day},{},{client},{},{},2000.0,0.0,false,arn:aws:codewhisperer:us-east-1:{ACCOUNT}:profile/ABCDEFGHIJKL,PRO_PLUS,{},false,user{number}@example.com,2000,{auto},{opus},{sonnet}",
            user(number as usize),
            rng.below(30),
            rng.unit() * 100.0,
            auto + opus + sonnet,
        );
        row.expect("invariant: a String takes any text");
    }
    let (year, month, date) = day.ymd();
    let folder = dir.join(format!(
        "AWSLogs/{ACCOUNT}/KiroLogs/user_report/us-east-1/{year:04}/{month:02}/{date:02}/00"
    ));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(
        folder.join(format!(
            "{client}_{ACCOUNT}_user_report_{year:04}{month:02}{date:02}0000{part}.csv"
        )),
        csv,
    )
}
