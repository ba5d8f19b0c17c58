//! What moves the data from its sources into the lake: discover → plan → read → merge → encode → publish → report.

pub mod inflate;
pub mod object_list;
