//! How a command ends.

/// What a scheduler learns from a command; the numbers never change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exit {
    /// Clean.
    #[default]
    Clean,
    /// Finished, but objects failed, there are more new rejects than allowed, or `verify` found something.
    Failed,
    /// Could not run, or the settings contradict `lake.json`.
    CouldNotRun,
    /// Finished, but an expected report has not arrived.
    ReportMissing,
}

impl Exit {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Failed => 1,
            Self::CouldNotRun => 2,
            Self::ReportMissing => 3,
        }
    }
}
