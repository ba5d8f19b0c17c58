//! Objects of a source with `kind=lex`: logs and audio, under folders of the user's choice.

use super::date::day;
use super::place::{Place, Unknown};
use crate::dataset::Dataset;
use crate::day::Day;
use crate::lex_audio::content_type;
use crate::object::Product;

/// What an object is. Its shape is told by its content, so any name is taken; audio may be told by its ending.
pub(super) fn find<'a>(
    source_object: &'a str,
    datasets: &[&'static Dataset],
) -> Result<Place<'a>, Unknown<'a>> {
    let name = match content_type(source_object) {
        Some(_) => "lex_audio",
        None => "lex",
    };
    let dataset = datasets
        .iter()
        .copied()
        .find(|dataset| dataset.name == name)
        .ok_or(Unknown { event_type: None })?;
    let (_name, key) = source_object.split_once('/').unwrap_or_default();
    let (folders, file) = key.rsplit_once('/').unwrap_or(("", key));
    Ok(Place {
        account_id: None,
        region: None,
        product: Some(Product::Lex),
        dataset: Some(dataset),
        day: last_day(folders),
        file,
    })
}

/// The last possible date in the folders: `YYYY/MM/DD`, `YYYY-MM-DD`, `dt=YYYY-MM-DD` or `year=/month=/day=`.
pub(super) fn last_day(folders: &str) -> Option<Day> {
    let mut rest = Some(folders);
    while let Some(path) = rest {
        let (before, folder) = split_last(path);
        if let Some(day) = one_folder(folder).or_else(|| three_folders(before?, folder)) {
            return Some(day);
        }
        rest = before;
    }
    None
}

fn split_last(path: &str) -> (Option<&str>, &str) {
    match path.rsplit_once('/') {
        Some((before, last)) => (Some(before), last),
        None => (None, path),
    }
}

fn one_folder(folder: &str) -> Option<Day> {
    let date = folder.strip_prefix("dt=").unwrap_or(folder);
    let (year, rest) = date.split_once('-')?;
    let (month, rest) = rest.split_once('-')?;
    day(year, month, rest)
}

fn three_folders(before: &str, last: &str) -> Option<Day> {
    let (before, month) = split_last(before);
    let (_, year) = split_last(before?);
    day(year, month, last).or_else(|| {
        day(
            year.strip_prefix("year=")?,
            month.strip_prefix("month=")?,
            last.strip_prefix("day=")?,
        )
    })
}
