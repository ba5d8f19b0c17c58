use super::{Cut, CutRule, Cutter};

/// An array of text cannot hold 2 GiB, and a row may hold megabytes.
#[test]
fn a_batch_closes_by_weight_or_by_rows() {
    let rule = CutRule {
        batch_weight: 100,
        batch_rows: 4,
        group_min: u64::MAX,
        group_spread: 1,
        group_max: u64::MAX,
    };
    let cuts = |weights: &[u64]| {
        let mut cutter = Cutter::new(rule);
        let rows = weights.iter().zip(0..);
        rows.map(|(weight, index)| cutter.row(*weight, "object", Some(index)))
            .collect::<Vec<_>>()
    };
    let (no, batch) = (Cut::None, Cut::Batch);
    assert_eq!(cuts(&[99, 1, 99, 1]), [no, batch, no, batch]);
    assert_eq!(cuts(&[1000, 100, 1]), [batch, batch, no]);
    assert_eq!(cuts(&[1, 1, 1, 1, 1]), [no, no, no, batch, no]);
}
