//! JSON and NDJSON.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::cell;

/// An object a row.
pub(super) struct Json<'a> {
    out: &'a mut (dyn Write + Send),
    is_array: bool,
    any: bool,
    /// `"name":` of each column.
    names: Vec<String>,
    text: String,
}

impl<'a> Json<'a> {
    /// One array.
    pub(super) fn array(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(schema, out, true)
    }

    /// One object a line.
    pub(super) fn lines(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(schema, out, false)
    }

    fn new(schema: &SchemaRef, out: &'a mut (dyn Write + Send), is_array: bool) -> Self {
        let name = |name: &str| {
            let mut text = String::new();
            cell::quoted(&mut text, name);
            text.push(':');
            text
        };
        Self {
            out,
            is_array,
            any: false,
            names: schema
                .fields()
                .iter()
                .map(|field| name(field.name()))
                .collect(),
            text: String::new(),
        }
    }

    pub(super) fn batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            if self.is_array {
                self.text.push_str(if self.any { ",\n" } else { "[\n" });
            }
            self.any = true;
            self.text.push('{');
            for (place, (name, column)) in self.names.iter().zip(batch.columns()).enumerate() {
                if place > 0 {
                    self.text.push(',');
                }
                self.text.push_str(name);
                cell::json(&mut self.text, column.as_ref(), row);
            }
            self.text.push('}');
            if !self.is_array {
                self.text.push('\n');
            }
            if self.text.len() > 1 << 16 {
                self.flush()?;
            }
        }
        self.flush()
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.is_array {
            self.text.push_str(if self.any { "\n]\n" } else { "[]\n" });
        }
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}
