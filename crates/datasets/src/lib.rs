//! What the data is: tables, key grammar, decoders. Pure: no I/O, no clock, no async.
//!
//! One folder per dataset (`chat`, `user_report`, …) holds its columns, its decoder and its fixtures;
//! [`dataset::DATASETS`] lists them. Everything else in the crate is what datasets share: [`table`] (columns, schemas),
//! [`object`] (what a key tells), [`input`] (the inflated bytes), [`output`] (rows, rejects, drift) and [`day`], [`instant`].

pub mod by_user_analytic;
pub mod chat;
pub mod dataset;
pub mod day;
pub mod ddl;
pub mod dev_task;
pub mod dims;
pub mod drift;
pub mod generate;
pub mod inline_completion;
pub mod input;
pub mod instant;
mod json;
pub mod key;
pub mod lex;
pub mod lex_audio;
mod lineage;
pub mod model;
pub mod object;
pub mod output;
mod prompt_log;
pub mod reason;
pub mod rejects;
pub mod render;
mod report;
pub mod sniff;
pub mod table;
mod texts;
pub mod user_id;
pub mod user_report;
pub mod views;

#[cfg(test)]
mod trial;
