//! What a person reads after a demo.

use std::fmt::Write as _;

use promptlake_ingest::report::RunReport;
use promptlake_ingest::status::Status;

use super::bucket;
use super::folder::Folder;
use crate::commands::status::summary;

/// Words as a shell takes them.
pub(super) fn shell(words: &[String]) -> String {
    let plain = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_./=:,@+".contains(&b))
    };
    let quoted: Vec<String> = words
        .iter()
        .map(|word| {
            if plain(word) {
                word.clone()
            } else {
                format!("'{}'", word.replace('\'', r"'\''"))
            }
        })
        .collect();
    quoted.join(" ")
}

/// Where everything is and how to look at it. Ends in a line feed.
pub(super) fn text(
    program: &str,
    folder: &Folder,
    objects: u64,
    report: &RunReport,
    status: &Status,
) -> String {
    let lake = folder.lake();
    let mut text = String::new();
    let mut push = |line: String| {
        writeln!(text, "{line}").expect("invariant: a String takes any text");
    };
    push(format!(
        "{:<20} {:>8} {:>6}  WHERE",
        "TABLE", "ROWS", "DAYS"
    ));
    for (table, counts) in &report.tables {
        let days = counts.partitions_written + counts.partitions_unchanged;
        push(format!(
            "{table:<20} {:>8} {days:>6}  {lake}/tables/{table}/dt=YYYY-MM-DD/part-00000.parquet",
            counts.rows_after
        ));
    }
    push(format!(
        "\nWhich stream has what, and which one has stopped, in the night after the last day. The reports of one account are\n\
         late, on purpose.\n\n{}\n    {}\n    {}",
        summary(status),
        shell(&words(&[
            program,
            "status",
            "--lake",
            &lake,
            "--now",
            &bucket::night()
        ])),
        shell(&words(&[program, "status", "--lake", &lake, "--drift"])),
    ));
    push(format!(
        "\nThe buckets have {} objects. {} things in them cannot be read, on purpose: they are the rejects, and the rest of\n\
         their objects is in the tables.\n\n    {}\n",
        objects,
        bucket::REJECTS,
        shell(&words(&[program, "rejects", "--lake", &lake, "list"]))
    ));
    push(format!(
        "In DuckDB:\n\n    \
         SELECT dt, model, count(*) AS turns\n    \
         FROM read_parquet('{}/tables/chat/*/*.parquet', hive_partitioning = true)\n    \
         WHERE variant = 0 AND NOT coalesce(is_tool_turn, false) AND NOT coalesce(is_router_turn, false)\n    \
         GROUP BY ALL ORDER BY ALL;\n",
        lake.replace('\'', "''")
    ));
    push(format!(
        "In Python:\n\n    \
         import pyarrow.dataset\n    \
         chat = pyarrow.dataset.dataset(\"{}/tables/chat\", partitioning=\"hive\")\n    \
         chat.to_table(columns=[\"dt\", \"model\", \"prompt_chars\"])",
        lake.replace('\\', "\\\\").replace('"', "\\\"")
    ));
    text
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
