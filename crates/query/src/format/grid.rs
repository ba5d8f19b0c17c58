//! What people read: a drawn table, a line a column, and Markdown. Control characters in data are escaped here.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::{cell, escape};

/// How much of an answer is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Rows that are drawn; the rest is counted. `None`: all.
    pub rows: Option<usize>,
    /// Characters of a cell that are drawn; `None`: all.
    pub cell_chars: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Drawn,
    Expanded,
    Markdown,
}

/// Cells until all widths are known.
pub(super) struct Grid<'a> {
    out: &'a mut (dyn Write + Send),
    style: Style,
    shown: Shown,
    names: Vec<String>,
    to_the_right: Vec<bool>,
    cells: Vec<Vec<String>>,
    rows: usize,
}

impl<'a> Grid<'a> {
    pub(super) fn drawn(schema: &SchemaRef, shown: Shown, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(schema, shown, out, Style::Drawn)
    }

    pub(super) fn expanded(
        schema: &SchemaRef,
        shown: Shown,
        out: &'a mut (dyn Write + Send),
    ) -> Self {
        Self::new(schema, shown, out, Style::Expanded)
    }

    pub(super) fn markdown(schema: &SchemaRef, out: &'a mut (dyn Write + Send)) -> Self {
        Self::new(schema, Shown::default(), out, Style::Markdown)
    }

    fn new(
        schema: &SchemaRef,
        shown: Shown,
        out: &'a mut (dyn Write + Send),
        style: Style,
    ) -> Self {
        let name = |name: &str| {
            let mut text = String::new();
            escape::push(&mut text, name);
            text
        };
        Self {
            out,
            style,
            shown,
            names: schema
                .fields()
                .iter()
                .map(|field| name(field.name()))
                .collect(),
            to_the_right: schema
                .fields()
                .iter()
                .map(|field| cell::is_number(field.data_type()))
                .collect(),
            cells: Vec::new(),
            rows: 0,
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "as the other formats, which write"
    )]
    pub(super) fn batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let mut raw = String::new();
        for row in 0..batch.num_rows() {
            self.rows += 1;
            if self.shown.rows.is_some_and(|rows| self.rows > rows) {
                continue;
            }
            let mut cells = Vec::with_capacity(batch.num_columns());
            for column in batch.columns() {
                raw.clear();
                let mut text = String::new();
                if cell::plain(&mut raw, column.as_ref(), row) {
                    let cut = self
                        .shown
                        .cell_chars
                        .and_then(|most| raw.char_indices().nth(most).map(|(at, _)| at));
                    escape::push(&mut text, &raw[..cut.unwrap_or(raw.len())]);
                    if cut.is_some() {
                        text.push('…');
                    }
                } else {
                    text.push_str("NULL");
                }
                if self.style == Style::Markdown {
                    text = text.replace('\\', "\\\\").replace('|', "\\|");
                }
                cells.push(text);
            }
            self.cells.push(cells);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<()> {
        let mut text = String::new();
        match self.style {
            Style::Drawn => self.draw(&mut text),
            Style::Expanded => self.expand(&mut text),
            Style::Markdown => self.mark_down(&mut text),
        }
        self.out.write_all(text.as_bytes())
    }

    fn widths(&self) -> Vec<usize> {
        // A rule of Markdown has three characters or more.
        let least = if self.style == Style::Markdown { 3 } else { 0 };
        let mut widths: Vec<usize> = self
            .names
            .iter()
            .map(|name| width(name).max(least))
            .collect();
        for row in &self.cells {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(width(cell));
            }
        }
        widths
    }

    fn draw(&self, text: &mut String) {
        let widths = self.widths();
        let rule = |text: &mut String, left: char, middle: char, right: char| {
            text.push(left);
            for (place, width) in widths.iter().enumerate() {
                if place > 0 {
                    text.push(middle);
                }
                text.extend(std::iter::repeat_n('─', width + 2));
            }
            text.push(right);
            text.push('\n');
        };
        rule(text, '┌', '┬', '┐');
        self.line(text, &self.names, &widths, '│', false);
        rule(text, '├', '┼', '┤');
        for row in &self.cells {
            self.line(text, row, &widths, '│', true);
        }
        rule(text, '└', '┴', '┘');
        self.count(text);
    }

    fn line(
        &self,
        text: &mut String,
        cells: &[String],
        widths: &[usize],
        bar: char,
        numbers_right: bool,
    ) {
        for ((cell, widest), right) in cells.iter().zip(widths).zip(&self.to_the_right) {
            let pad = std::iter::repeat_n(' ', widest - width(cell));
            text.push(bar);
            text.push(' ');
            if *right && numbers_right {
                text.extend(pad);
                text.push_str(cell);
            } else {
                text.push_str(cell);
                text.extend(pad);
            }
            text.push(' ');
        }
        text.push(bar);
        text.push('\n');
    }

    fn expand(&self, text: &mut String) {
        let widest = self.names.iter().map(|name| width(name)).max().unwrap_or(0);
        for (number, row) in self.cells.iter().enumerate() {
            text.push_str(&format!("─[ row {} ]─\n", number + 1));
            for (name, cell) in self.names.iter().zip(row) {
                text.push_str(name);
                text.extend(std::iter::repeat_n(' ', widest - width(name)));
                text.push_str(" │ ");
                text.push_str(cell);
                text.push('\n');
            }
        }
        self.count(text);
    }

    fn mark_down(&self, text: &mut String) {
        let widths = self.widths();
        self.line(text, &self.names, &widths, '|', false);
        for (width, right) in widths.iter().zip(&self.to_the_right) {
            text.push_str("| ");
            text.extend(std::iter::repeat_n('-', width - 1));
            text.push(if *right { ':' } else { '-' });
            text.push(' ');
        }
        text.push_str("|\n");
        for row in &self.cells {
            self.line(text, row, &widths, '|', true);
        }
    }

    fn count(&self, text: &mut String) {
        let rows = self.rows;
        let plural = if rows == 1 { "row" } else { "rows" };
        if self.cells.len() < rows {
            text.push_str(&format!(
                "{rows} {plural}, the first {} shown (--max-rows)\n",
                self.cells.len()
            ));
        } else {
            text.push_str(&format!("{rows} {plural}\n"));
        }
    }
}

/// Places that a text takes on a terminal.
fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}
