//! stub
/// stub
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Encoding {
    pub zstd_level: i32,
    pub page_bytes: u64,
    pub batch_weight: u64,
    pub batch_rows: u64,
    pub group_min: u64,
    pub group_spread: u64,
    pub group_max: u64,
}
