//! What a run says of itself while it goes on.

/// A stage of a run; `seconds` of the report has one entry each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Sources are listed.
    List,
    /// The lake is compared with its inventory, and mended.
    Check,
    /// The listing is compared with the ledger.
    Plan,
    /// Objects are read, decoded and encoded.
    Read,
    /// Partitions are merged and published.
    Publish,
}

impl Stage {
    /// Its name in the report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Check => "check",
            Self::Plan => "plan",
            Self::Read => "read",
            Self::Publish => "publish",
        }
    }
}

/// Told how a run goes on, from any of its threads. None of it says a value of a record.
pub trait Progress: Sync {
    /// A stage begins. `total` is the number of its steps (objects, partitions), where that is known.
    fn stage(&self, stage: Stage, total: Option<u64>);

    /// Steps of the stage were done.
    fn advance(&self, steps: u64);

    /// Something that a person should know now, not at the end.
    fn notice(&self, text: &str);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: Stage, _: Option<u64>) {}

    fn advance(&self, _: u64) {}

    fn notice(&self, _: &str) {}
}
