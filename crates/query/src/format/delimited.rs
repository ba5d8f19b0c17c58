//! CSV and TSV.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::cell;

/// Lines of cells.
pub(super) struct Delimited<'a> {
    out: &'a mut (dyn Write + Send),
    tabs: bool,
    lines: String,
    cell: String,
}

impl<'a> Delimited<'a> {
    /// Comma-separated.
    pub(super) fn csv(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> io::Result<Self> {
        Self::new(schema, out, false)
    }

    /// Tab-separated.
    pub(super) fn tsv(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> io::Result<Self> {
        Self::new(schema, out, true)
    }

    fn new(schema: &SchemaRef, out: &'a mut (dyn Write + Send), tabs: bool) -> io::Result<Self> {
        let mut this = Self {
            out,
            tabs,
            lines: String::new(),
            cell: String::new(),
        };
        for (place, field) in schema.fields().iter().enumerate() {
            this.separate(place);
            this.push(field.name());
        }
        this.lines.push('\n');
        this.flush()?;
        Ok(this)
    }

    pub(super) fn batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            for (place, column) in batch.columns().iter().enumerate() {
                self.separate(place);
                let mut cell = std::mem::take(&mut self.cell);
                cell.clear();
                if cell::plain(&mut cell, column.as_ref(), row) {
                    self.push(&cell);
                } else if self.tabs {
                    self.lines.push_str("\\N");
                }
                self.cell = cell;
            }
            self.lines.push('\n');
            if self.lines.len() > 1 << 16 {
                self.flush()?;
            }
        }
        self.flush()
    }

    fn separate(&mut self, place: usize) {
        if place > 0 {
            self.lines.push(if self.tabs { '\t' } else { ',' });
        }
    }

    fn push(&mut self, cell: &str) {
        if self.tabs {
            for c in cell.chars() {
                match c {
                    '\\' => self.lines.push_str("\\\\"),
                    '\t' => self.lines.push_str("\\t"),
                    '\n' => self.lines.push_str("\\n"),
                    '\r' => self.lines.push_str("\\r"),
                    c => self.lines.push(c),
                }
            }
        } else if cell.is_empty() || cell.contains([',', '"', '\n', '\r']) {
            self.lines.push('"');
            self.lines.push_str(&cell.replace('"', "\"\""));
            self.lines.push('"');
        } else {
            self.lines.push_str(cell);
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.lines.as_bytes())?;
        self.lines.clear();
        Ok(())
    }
}
