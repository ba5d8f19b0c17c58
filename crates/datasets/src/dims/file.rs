//! A CSV that somebody wrote for `--plans` or `--users`: UTF-8, a header, one row a line or quoted.

use csv_core::{ReadRecordResult, Reader};

/// Why such a file cannot be used. Names places, never what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct DimFileError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The header lacks a column.
    #[error("the header has no column {0}")]
    NoColumn(&'static str),
    /// The header has a column twice.
    #[error("the header has the column {0} twice")]
    TwiceColumn(&'static str),
    /// A cell is blank that must not be.
    #[error("{0} is blank")]
    Blank(&'static str),
    /// A cell is no number.
    #[error("{0} is not a number of 0 or more")]
    Number(&'static str),
    /// A cell is no day.
    #[error("{0} is not a day of the form YYYY-MM-DD")]
    Day(&'static str),
    /// Two rows for one thing.
    #[error("another row has the same {0}")]
    Twice(&'static str),
    /// Not UTF-8.
    #[error("it is not UTF-8")]
    Encoding,
    /// More cells than headers.
    #[error("the row is longer than the header")]
    Long,
}

/// Rows bound to columns by the header.
pub(super) struct DimFile {
    pub(super) rows: Vec<Row>,
    places: Vec<Option<usize>>,
    names: &'static [&'static str],
}

/// A row of the file.
pub(super) struct Row {
    pub(super) line: u64,
    cells: Vec<String>,
}

impl Row {
    pub(super) fn error(&self, problem: Problem) -> DimFileError {
        DimFileError {
            line: self.line,
            problem,
        }
    }
}

impl DimFile {
    /// Reads a file. Headers are compared trimmed, without case, spaces as `_`; unknown columns are left out.
    pub(super) fn read(
        bytes: &[u8],
        names: &'static [&'static str],
        spellings: &[(&str, &str)],
    ) -> Result<Self, DimFileError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut rows = parse(bytes)?.into_iter();
        let header = rows.next();
        let line = header.as_ref().map_or(1, |header| header.line);
        let headers: Vec<String> = header
            .map(|header| header.cells)
            .unwrap_or_default()
            .iter()
            .map(|name| {
                let name = name.to_lowercase().replace([' ', '-'], "_");
                let known = spellings.iter().find(|(other, _)| *other == name);
                known.map_or(name, |(_, name)| (*name).to_owned())
            })
            .collect();
        let mut places = Vec::with_capacity(names.len());
        for name in names {
            let mut found = headers
                .iter()
                .enumerate()
                .filter(|(_, header)| header == name)
                .map(|(place, _)| place);
            places.push(found.next());
            if found.next().is_some() {
                return Err(DimFileError {
                    line,
                    problem: Problem::TwiceColumn(name),
                });
            }
        }
        let rows: Vec<Row> = rows.collect();
        for row in &rows {
            let over = row.cells.iter().skip(headers.len());
            if over.into_iter().any(|cell| !cell.is_empty()) {
                return Err(row.error(Problem::Long));
            }
        }
        Ok(Self {
            rows,
            places,
            names,
        })
    }

    /// Errs where the header lacks a column.
    pub(super) fn require(&self, column: usize) -> Result<(), DimFileError> {
        match self.places[column] {
            Some(_) => Ok(()),
            None => Err(DimFileError {
                line: 1,
                problem: Problem::NoColumn(self.names[column]),
            }),
        }
    }

    /// A cell, trimmed; `None` where it is blank or absent.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: usize) -> Option<&'a str> {
        let cell = row.cells.get(self.places[column]?)?;
        (!cell.is_empty()).then_some(cell.as_str())
    }

    /// A cell that must not be blank.
    pub(super) fn text<'a>(&self, row: &'a Row, column: usize) -> Result<&'a str, DimFileError> {
        self.cell(row, column)
            .ok_or_else(|| row.error(Problem::Blank(self.names[column])))
    }

    /// A number of 0 or more.
    pub(super) fn number(&self, row: &Row, column: usize) -> Result<Option<f64>, DimFileError> {
        let Some(cell) = self.cell(row, column) else {
            return Ok(None);
        };
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
            _ => Err(row.error(Problem::Number(self.names[column]))),
        }
    }
}

/// The rows that are not blank, cells trimmed.
fn parse(bytes: &[u8]) -> Result<Vec<Row>, DimFileError> {
    let mut reader = Reader::new();
    let mut rows = Vec::new();
    let mut input = bytes;
    let mut text = vec![0; bytes.len() + 1];
    let mut ends = vec![0; bytes.len() + 2];
    loop {
        let line = reader.line();
        let (result, read, _, count) = reader.read_record(input, &mut text, &mut ends);
        let mut ended = ReadRecordResult::End;
        let mut cells = count;
        input = &input[read..];
        if result == ReadRecordResult::InputEmpty {
            // The end of input ends the last row.
            let written = ends[..count].last().copied().unwrap_or(0);
            let (last, _, _, more) =
                reader.read_record(&[], &mut text[written..], &mut ends[count..]);
            cells = count + more;
            ended = last;
        }
        if result == ReadRecordResult::End || (cells == 0 && ended == ReadRecordResult::End) {
            return Ok(rows);
        }
        let mut begin = 0;
        let mut row = Row {
            line,
            cells: Vec::with_capacity(cells),
        };
        for end in &ends[..cells] {
            let cell = std::str::from_utf8(&text[begin..*end]).map_err(|_| DimFileError {
                line,
                problem: Problem::Encoding,
            })?;
            row.cells.push(cell.trim().to_owned());
            begin = *end;
        }
        if row.cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(row);
        }
        if result == ReadRecordResult::InputEmpty {
            return Ok(rows);
        }
    }
}
