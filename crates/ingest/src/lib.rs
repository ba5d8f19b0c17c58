//! What moves the data: discover → plan → read → stage → merge → encode → publish → report; and what checks it.

pub mod cut;
pub mod encode;
pub mod part;
pub mod run_file;
pub mod table_writer;
pub mod stage;
pub mod sorter;
pub mod row_hash;
pub mod bitmap;
pub mod run_cursor;
pub mod duplicates;
pub mod analyse;
pub mod merge;
pub mod row_reader;
