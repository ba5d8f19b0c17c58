//! The statements for DataFusion, in a DataFusion that knows nothing of promptlake.

use datafusion::prelude::SessionContext;
use promptlake_datasets::ddl::{Dialect, Target, create, relations};
use promptlake_ingest::dims::{GivenDims, publish};
use promptlake_lake::storage::LocalStorage;
use promptlake_lake::write_guard::WriteGuard;

use super::lake::{TestLake, ask};

#[tokio::test]
async fn the_statements_make_the_same_tables() {
    let lake = TestLake::new();
    lake.chat("2026-03-04", &[Some(1_772_582_400_123), None]);
    lake.chat("2026-03-05", &[None]);
    let storage = LocalStorage::new(lake.path().to_owned());
    publish(&WriteGuard::new(&storage), &GivenDims::default()).unwrap();
    let context = SessionContext::new();
    let target = Target {
        location: lake.path().to_str().unwrap(),
        replace: false,
        days: &[],
        has_part: true,
    };
    for relation in relations() {
        if relation.name != "chat" && relation.partitioned {
            std::fs::create_dir_all(lake.path().join(&relation.folder)).unwrap();
        }
        for replace in [false, true] {
            let target = Target { replace, ..target };
            let text = create(&relation, Dialect::DataFusion, &target);
            let made = context.sql(text.trim_end().trim_end_matches(';')).await;
            made.unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        let names: Vec<String> = relation
            .columns
            .iter()
            .map(|column| column.name.to_owned())
            .chain(relation.partitioned.then(|| "dt".to_owned()))
            .collect();
        let table = context.table(relation.name).await.unwrap();
        let found: Vec<String> = table
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        assert_eq!(found, names);
    }
    let sql = "SELECT dt, count(*), CAST(max(event_ts) AS varchar), count(web_links) FROM chat GROUP BY dt ORDER BY dt";
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    let theirs = datafusion::arrow::util::pretty::pretty_format_batches(&batches)
        .unwrap()
        .to_string();
    let engine = tokio::task::spawn_blocking(move || {
        let engine = lake.engine();
        ask(&engine, sql).unwrap().0
    });
    for line in engine.await.unwrap() {
        for cell in line.split('\t').filter(|cell| *cell != "\\N") {
            assert!(
                theirs.contains(cell.trim_end_matches('Z')),
                "{cell} in\n{theirs}"
            );
        }
    }
}
