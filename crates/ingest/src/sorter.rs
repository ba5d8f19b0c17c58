//! An external sort of records of one fixed length, in the order of their bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Collects records; beyond `most` of them, sorted runs go to files without a name in `temp`.
#[derive(Debug)]
pub struct Sorter<const N: usize> {
    temp: PathBuf,
    most: usize,
    held: Vec<[u8; N]>,
    runs: Vec<File>,
}

impl<const N: usize> Sorter<N> {
    /// A sorter that holds at most `bytes`, and at least a few records.
    pub fn new(temp: &Path, bytes: usize) -> Self {
        Self {
            temp: temp.to_owned(),
            most: (bytes / N).max(16),
            held: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// If a run cannot be written.
    pub fn push(&mut self, record: [u8; N]) -> io::Result<()> {
        if self.held.len() == self.most {
            self.spill()?;
        }
        self.held.push(record);
        Ok(())
    }

    /// The records in order.
    ///
    /// # Errors
    /// If a run cannot be read.
    pub fn sorted(mut self) -> io::Result<Sorted<N>> {
        self.held.sort_unstable();
        let mut runs = Vec::new();
        let mut heads = BinaryHeap::new();
        for file in self.runs {
            let mut reader = BufReader::with_capacity(64 << 10, file);
            if let Some(record) = read(&mut reader)? {
                heads.push(Reverse((record, runs.len())));
            }
            runs.push(reader);
        }
        Ok(Sorted {
            held: self.held.into_iter().peekable(),
            runs,
            heads,
        })
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let mut writer = BufWriter::new(tempfile::tempfile_in(&self.temp)?);
        for record in self.held.drain(..) {
            writer.write_all(&record)?;
        }
        let mut file = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        io::Seek::rewind(&mut file)?;
        self.runs.push(file);
        Ok(())
    }
}

/// Records in order, merged from what is held and what was spilled.
#[derive(Debug)]
pub struct Sorted<const N: usize> {
    held: std::iter::Peekable<std::vec::IntoIter<[u8; N]>>,
    runs: Vec<BufReader<File>>,
    heads: BinaryHeap<Reverse<([u8; N], usize)>>,
}

impl<const N: usize> Sorted<N> {
    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// If a run cannot be read.
    pub fn pop(&mut self) -> io::Result<Option<[u8; N]>> {
        let spilled_first = match (self.heads.peek(), self.held.peek()) {
            (Some(Reverse((spilled, _))), Some(held)) => spilled <= held,
            (spilled, _) => spilled.is_some(),
        };
        if !spilled_first {
            return Ok(self.held.next());
        }
        let Some(Reverse((record, run))) = self.heads.pop() else {
            return Ok(None);
        };
        if let Some(next) = read(&mut self.runs[run])? {
            self.heads.push(Reverse((next, run)));
        }
        Ok(Some(record))
    }
}

fn read<const N: usize>(reader: &mut BufReader<File>) -> io::Result<Option<[u8; N]>> {
    let mut record = [0; N];
    match reader.read_exact(&mut record) {
        Ok(()) => Ok(Some(record)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn records_come_in_order_whatever_is_held(records in prop::collection::vec(any::<[u8; 3]>(), 0..200), bytes in 0_usize..300) {
            let temp = tempfile::tempdir().unwrap();
            let mut sorter = Sorter::new(temp.path(), bytes);
            for record in &records {
                sorter.push(*record).unwrap();
            }
            let mut sorted = sorter.sorted().unwrap();
            let mut seen = Vec::new();
            while let Some(record) = sorted.pop().unwrap() {
                seen.push(record);
            }
            let mut expected = records;
            expected.sort_unstable();
            prop_assert_eq!(seen, expected);
        }
    }
}
