//! Why a record or an object could not be read.

/// The closed list of reject reasons; [`Reason::code`] is what stands in the column `reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The gzip stream ends in the middle.
    GzipTruncated,
    /// The gzip stream is damaged: header, block, CRC or length.
    GzipCorrupt,
    /// Bytes other than zeros after the last gzip member.
    TrailingBytes,
    /// The object inflates to more than `--max-object-size`; what stands before the limit was read.
    TooLarge,
    /// One record is larger than any reader takes.
    RecordTooLarge,
    /// JSON that is not JSON: what follows in the object cannot be told apart any more.
    Syntax,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// An escape of half a surrogate pair.
    LoneSurrogate,
    /// Nested deeper than 128.
    TooDeep,
    /// A key that stands twice in one JSON object.
    RepeatedKey,
    /// Neither half of a record, or a value that is no record at all.
    NotARecord,
    /// A value of another kind than the column holds (text for a number, an object for text, …).
    WrongType,
    /// A count that is negative, fractional, too large, or no number.
    BadCount,
    /// A DOUBLE that is no finite number.
    BadNumber,
    /// A flag that is neither true nor false.
    BadFlag,
    /// A time or a date that cannot be read.
    BadTime,
    /// A time outside the accepted range.
    TimeOutOfRange,
    /// No time, in an object without a date.
    NoTime,
    /// A report without the columns Date and UserId, or whose header is not UTF-8.
    NoHeader,
    /// A report row without a date.
    NoDate,
    /// A report row without a user.
    NoUser,
    /// A row with more cells than the header.
    LongRow,
    /// A column that stands twice, with different values.
    RepeatedColumn,
    /// A quote that is never closed.
    OpenQuote,
    /// Content that is of no known dataset.
    UnknownContent,
}

impl Reason {
    /// The code in the column `reason`, `lower_snake_case`; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::GzipTruncated => "gzip_truncated",
            Self::GzipCorrupt => "gzip_corrupt",
            Self::TrailingBytes => "trailing_bytes",
            Self::TooLarge => "too_large",
            Self::RecordTooLarge => "record_too_large",
            Self::Syntax => "syntax",
            Self::NotUtf8 => "not_utf8",
            Self::LoneSurrogate => "lone_surrogate",
            Self::TooDeep => "too_deep",
            Self::RepeatedKey => "repeated_key",
            Self::NotARecord => "not_a_record",
            Self::WrongType => "wrong_type",
            Self::BadCount => "bad_count",
            Self::BadNumber => "bad_number",
            Self::BadFlag => "bad_flag",
            Self::BadTime => "bad_time",
            Self::TimeOutOfRange => "time_out_of_range",
            Self::NoTime => "no_time",
            Self::NoHeader => "no_header",
            Self::NoDate => "no_date",
            Self::NoUser => "no_user",
            Self::LongRow => "long_row",
            Self::RepeatedColumn => "repeated_column",
            Self::OpenQuote => "open_quote",
            Self::UnknownContent => "unknown_content",
        }
    }
}
