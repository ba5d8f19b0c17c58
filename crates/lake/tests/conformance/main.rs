//! What every storage and every source has to do, as functions over the traits, called for each kind of place.

mod local_source;
mod local_storage;
mod source;
mod storage;
