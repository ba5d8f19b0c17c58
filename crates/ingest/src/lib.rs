//! promptlake
