//! A lake asked in SQL: one binary, for the engine is large to link.

mod ddl;
mod files;
mod functions;
mod lake;
mod limits;
mod pruning;
mod statements;
mod views;
