//! What moves the data: discover → plan → read → stage → merge → encode → publish → report; and what checks it.

pub mod analyse;
pub mod bitmap;
pub mod cut;
pub mod duplicates;
pub mod encode;
pub mod merge;
pub mod part;
pub mod row_hash;
pub mod row_reader;
pub mod run_cursor;
pub mod run_file;
pub mod sorter;
pub mod stage;
pub mod table_writer;
