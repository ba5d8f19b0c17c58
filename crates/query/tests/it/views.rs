//! Every view can be planned, over a lake without any rows.

use promptlake_datasets::views::VIEWS;

use super::lake::{TestLake, ask};

#[test]
fn every_view_is_empty_over_an_empty_lake() {
    let lake = TestLake::new();
    let storage = promptlake_lake::storage::LocalStorage::new(lake.path().to_owned());
    let guard = promptlake_lake::write_guard::WriteGuard::new(&storage);
    promptlake_ingest::dims::publish(&guard, &promptlake_ingest::dims::GivenDims::default())
        .unwrap();
    let engine = lake.engine();
    let mut wrong = Vec::new();
    for view in VIEWS {
        match ask(&engine, &format!("SELECT * FROM {}", view.name)) {
            Ok((lines, _)) if lines.is_empty() || view.name == "plan_period" => {}
            Ok((lines, _)) => wrong.push(format!("{}: {lines:?}", view.name)),
            Err(error) => wrong.push(format!("{}: {error}", view.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
