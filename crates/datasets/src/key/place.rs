//! Where an object lies, as its `source_object` tells.

use super::date::{day, hour, is_twelve_digits};
use super::file_name::{self, Kind};
use super::lex;
use super::source_object::TREE;
use crate::dataset::Dataset;
use crate::day::Day;
use crate::object::Product;

/// What a `source_object` tells, borrowed from it.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) account_id: Option<&'a str>,
    /// As written.
    pub(super) region: Option<&'a str>,
    pub(super) product: Option<Product>,
    /// `None`: only its content tells.
    pub(super) dataset: Option<&'static Dataset>,
    /// `None`: undated.
    pub(super) day: Option<Day>,
    pub(super) file: &'a str,
}

/// A `source_object` that tells nothing known.
#[derive(Debug)]
pub(super) struct Unknown<'a> {
    /// The event type that no dataset has.
    pub(super) event_type: Option<&'a str>,
}

/// What nothing is known of.
const UNKNOWN: Unknown<'static> = Unknown { event_type: None };

/// Endings of objects that are looked into where neither folders nor name tell what they hold.
const LOOKED_INTO: [&str; 3] = [".json", ".gz", ".csv"];

/// Account, product, folder, region, year, month, day, hour, zip, file.
const MAX_SEGMENTS: usize = 10;

/// The product that a folder is of.
pub(super) fn product(folder: &str) -> Option<Product> {
    match folder {
        "KiroLogs" => Some(Product::Kiro),
        "QDeveloperLogs" => Some(Product::QDeveloper),
        _ => None,
    }
}

/// Tells where an object lies.
pub(super) fn find<'a>(
    source_object: &'a str,
    lex: bool,
    datasets: &[&'static Dataset],
) -> Result<Place<'a>, Unknown<'a>> {
    if lex {
        return lex::find(source_object, datasets);
    }
    let (head, below) = source_object.split_once('/').unwrap_or(("", source_object));
    if head == TREE {
        in_tree(below, datasets)
    } else {
        let file = below.rsplit_once('/').map_or(below, |(_, file)| file);
        match by_name(file, datasets) {
            Err(Unknown { event_type: None })
                if LOOKED_INTO.iter().any(|ending| file.ends_with(ending)) =>
            {
                Ok(Place {
                    account_id: None,
                    region: None,
                    product: None,
                    dataset: None,
                    day: None,
                    file,
                })
            }
            told => told,
        }
    }
}

/// An object below `AWSLogs/`. Where the folders are not those of the tree (somebody has moved files), its name may tell;
/// its content is not asked: other services' logs lie there by the million.
fn in_tree<'a>(path: &'a str, datasets: &[&'static Dataset]) -> Result<Place<'a>, Unknown<'a>> {
    let mut segments = [""; MAX_SEGMENTS];
    let mut count = 0;
    for segment in path.split('/') {
        if let Some(place) = segments.get_mut(count) {
            *place = segment;
        }
        count += 1;
    }
    let [
        account_id,
        product_folder,
        folder,
        region,
        year,
        month,
        date,
        ..,
    ] = segments;
    let product = product(product_folder);
    if count < 4 || !is_twelve_digits(account_id) || product.is_none() {
        return by_name(
            path.rsplit_once('/').map_or(path, |(_, file)| file),
            datasets,
        );
    }
    let dataset = datasets
        .iter()
        .copied()
        .find(|dataset| dataset.keys.folders.contains(&folder))
        .ok_or(Unknown {
            event_type: Some(folder).filter(|folder| !folder.is_empty()),
        })?;
    let file = match segments.get(7..count) {
        Some([file]) => file,
        Some([hour_folder, file]) if hour(hour_folder).is_some() => file,
        Some([zip, file]) if is_zip(zip) => file,
        Some([hour_folder, zip, file]) if hour(hour_folder).is_some() && is_zip(zip) => file,
        _ => return Err(UNKNOWN),
    };
    if region.is_empty() || !dataset.keys.has_ending(file) {
        return Err(UNKNOWN);
    }
    Ok(Place {
        account_id: Some(account_id),
        region: Some(region),
        product,
        dataset: Some(dataset),
        day: Some(day(year, month, date).ok_or(UNKNOWN)?),
        file,
    })
}

/// The folder that the Q documentation puts around a file, `zipFile.gz/logFile.json`.
#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a key is no path, and its case counts"
)]
fn is_zip(folder: &str) -> bool {
    folder.ends_with(".gz")
}

/// An object whose file name alone tells.
fn by_name<'a>(file: &'a str, datasets: &[&'static Dataset]) -> Result<Place<'a>, Unknown<'a>> {
    let name = file_name::read(file, datasets).ok_or(UNKNOWN)?;
    match name.kind {
        Kind::Known(dataset, day) => Ok(Place {
            account_id: Some(name.account_id),
            region: None,
            product: None,
            dataset: Some(dataset),
            day,
            file,
        }),
        Kind::Unknown(event_type) => Err(Unknown {
            event_type: Some(event_type),
        }),
    }
}
