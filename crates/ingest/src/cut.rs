//! Where row groups and batches are cut: a function of the row sequence alone (ARCHITECTURE.md, "Canonical encoding").

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use xxhash_rust::xxh3::xxh3_64;

#[cfg(test)]
mod tests;

/// The numbers of the rule, in units of weight: about a byte of a decoded row each. They stand in `lake.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutRule {
    /// A batch closes after the row with which it reaches this weight …
    pub batch_weight: u64,
    /// … or this many rows.
    pub batch_rows: u64,
    /// A row group closes after a cut point once it weighs this much …
    pub group_min: u64,
    /// … which is reached after about this much more …
    pub group_spread: u64,
    /// … and in any case once it weighs this much.
    pub group_max: u64,
}

/// What is to be closed after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nothing.
    None,
    /// The batch.
    Batch,
    /// The batch and the row group.
    Group,
}

/// Applies a [`CutRule`] to the rows of one part, one after the other.
#[derive(Clone, Debug)]
pub struct Cutter {
    rule: CutRule,
    group_weight: u64,
    batch_weight: u64,
    batch_rows: u64,
    object: Vec<u8>,
    object_hash: u64,
    index: i64,
    ordinal: u64,
}

impl Cutter {
    /// A cutter before the first row of a part.
    pub fn new(rule: CutRule) -> Self {
        Self {
            rule,
            group_weight: 0,
            batch_weight: 0,
            batch_rows: 0,
            object: Vec::new(),
            object_hash: 0,
            index: -1,
            ordinal: 0,
        }
    }

    /// Whether no row came since the last group was closed.
    pub fn at_boundary(&self) -> bool {
        self.batch_rows == 0 && self.group_weight == 0
    }

    /// The weight of the rows since the last group was closed.
    pub fn group_weight(&self) -> u64 {
        self.group_weight
    }

    /// Takes the next row, given its weight and its place; says what closes after it.
    pub fn row(&mut self, weight: u64, object: &str, index: Option<i64>) -> Cut {
        let index = index.unwrap_or(-1);
        if self.object == object.as_bytes() {
            self.ordinal = if self.index == index {
                self.ordinal + 1
            } else {
                0
            };
        } else {
            self.object.clear();
            self.object.extend_from_slice(object.as_bytes());
            self.object_hash = xxh3_64(object.as_bytes());
            self.ordinal = 0;
        }
        self.index = index;
        self.group_weight += weight;
        self.batch_weight += weight;
        self.batch_rows += 1;
        let rule = &self.rule;
        let group = self.group_weight >= rule.group_max
            || (self.group_weight >= rule.group_min && self.is_cut_point(weight));
        if group {
            (self.group_weight, self.batch_weight, self.batch_rows) = (0, 0, 0);
            self.start_group();
            return Cut::Group;
        }
        if self.batch_weight >= rule.batch_weight || self.batch_rows >= rule.batch_rows {
            (self.batch_weight, self.batch_rows) = (0, 0);
            return Cut::Batch;
        }
        Cut::None
    }

    /// Forgets the rows before: a group's cuts depend on nothing but its own rows.
    fn start_group(&mut self) {
        self.object.clear();
        self.index = -1;
        self.ordinal = 0;
    }

    /// True with a probability of weight ÷ spread, decided by the row's place.
    fn is_cut_point(&self, weight: u64) -> bool {
        let hash =
            mix(self.object_hash ^ mix(self.index.cast_unsigned() ^ self.ordinal.rotate_left(40)));
        u128::from(hash) * u128::from(self.rule.group_spread) < u128::from(weight) << 64
    }
}

/// The finaliser of splitmix64: every bit of the result depends on every bit of `x`.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The weight of every row: 8 a column, and the bytes of its text, lists included.
pub fn weights(batch: &RecordBatch) -> Vec<u64> {
    let mut weights = vec![8 * batch.num_columns() as u64; batch.num_rows()];
    for column in batch.columns() {
        add(column, &mut weights);
    }
    weights
}

/// Adds to each row's weight what `array` holds beyond its 8.
fn add(array: &ArrayRef, weights: &mut [u64]) {
    match array.data_type() {
        DataType::Utf8 => {
            let text = array.as_string::<i32>();
            for (row, (weight, ends)) in weights
                .iter_mut()
                .zip(text.value_offsets().windows(2))
                .enumerate()
            {
                if text.is_valid(row) {
                    *weight += u64::from((ends[1] - ends[0]).unsigned_abs());
                }
            }
        }
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let mut elements = vec![8; list.values().len()];
            add(list.values(), &mut elements);
            for (row, (weight, ends)) in weights
                .iter_mut()
                .zip(list.value_offsets().windows(2))
                .enumerate()
            {
                if list.is_valid(row) {
                    let range = ends[0].unsigned_abs() as usize..ends[1].unsigned_abs() as usize;
                    *weight += elements[range].iter().sum::<u64>();
                }
            }
        }
        DataType::Struct(_) => {
            let fields = array.as_struct();
            let mut inner = vec![8 * fields.num_columns() as u64; weights.len()];
            for column in fields.columns() {
                add(column, &mut inner);
            }
            for (row, (weight, inner)) in weights.iter_mut().zip(inner).enumerate() {
                if fields.is_valid(row) {
                    *weight += inner;
                }
            }
        }
        _ => {}
    }
}

/// The columns that tell a row's place, as they stand in every table's batches.
#[derive(Debug)]
pub struct Places<'a> {
    objects: &'a arrow_array::StringArray,
    indexes: &'a arrow_array::Int64Array,
}

impl<'a> Places<'a> {
    /// The places of a batch that has the columns `source_object` and `record_index`.
    ///
    /// # Panics
    /// If it has not: every table does.
    pub fn of(batch: &'a RecordBatch) -> Self {
        Self::at(batch, Self::columns(batch))
    }

    /// Where these columns stand in a batch; names are looked up once, not for each row.
    pub(crate) fn columns(batch: &RecordBatch) -> (usize, usize) {
        let column = |name| {
            batch
                .schema_ref()
                .index_of(name)
                .expect("invariant: every table has the lineage columns")
        };
        (column("source_object"), column("record_index"))
    }

    /// The places of a batch whose columns stand there.
    pub(crate) fn at(batch: &'a RecordBatch, columns: (usize, usize)) -> Self {
        Self {
            objects: batch.column(columns.0).as_string(),
            indexes: batch.column(columns.1).as_primitive::<Int64Type>(),
        }
    }

    /// `source_object` of a row; `""` where it is NULL, which no writer of ours leaves.
    pub fn object(&self, row: usize) -> &'a str {
        if self.objects.is_valid(row) {
            self.objects.value(row)
        } else {
            ""
        }
    }

    /// `record_index` of a row; `None`: the whole object, which comes first.
    pub fn index(&self, row: usize) -> Option<i64> {
        self.indexes.is_valid(row).then(|| self.indexes.value(row))
    }
}
