//! `promptlake ddl`

use anyhow::ensure;
use promptlake_datasets::day::Day;
use promptlake_datasets::ddl::{self, Dialect, Target};
use promptlake_datasets::views::VIEWS;
use promptlake_ingest::exit::Exit;
use promptlake_lake::location::Location;
use promptlake_query::listing::Listing;

use crate::args::DdlArgs;
use crate::printer::Printer;
use crate::resolve;

/// Prints the statements that make the lake's tables and views known to an engine.
pub(crate) fn run(args: &DdlArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let lake = resolve::existing_lake(&args.lake.lake)?;
    let dialect = args.dialect.0;
    let location = match &args.location {
        Some(uri) => Location::parse(uri)?,
        None => lake.location.clone(),
    };
    let is_s3 = matches!(location, Location::S3 { .. });
    ensure!(
        is_s3 || !dialect.needs_s3(),
        "{dialect} reads buckets only: say where the lake lies by --location s3://bucket/prefix"
    );
    ensure!(
        args.since.is_none() || dialect == Dialect::AthenaCatalog,
        "--since is for --dialect athena-catalog: the others have no list of partitions"
    );
    let location = location.to_string();
    let listing = Listing::load(lake.storage.as_ref())?;
    let mut text = String::new();
    for relation in ddl::relations() {
        let parts = listing.parts(relation.name);
        let days: Vec<Day> = parts
            .iter()
            .filter_map(|part| part.dt)
            .filter(|dt| args.since.is_none_or(|since| *dt >= since))
            .collect();
        let target = Target {
            location: &location,
            replace: args.replace,
            days: &days,
            has_part: !parts.is_empty() || listing.dim(relation.name).is_some(),
        };
        text.push_str(&ddl::create(&relation, dialect, &target));
        text.push('\n');
    }
    if dialect.has_views() {
        for view in VIEWS {
            text.push_str(view.text);
            text.push('\n');
        }
    }
    printer.data(&text)?;
    Ok(Exit::Clean)
}
