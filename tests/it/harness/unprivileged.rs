//! Calls by somebody for whom permissions hold.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use super::Dir;
use super::call::Call;

/// Nobody, where a test runs as root.
const NOBODY: u32 = 65_534;

impl Dir {
    /// Lets a call be made by a user for whom permissions hold: the one who runs the test, or nobody instead of root.
    /// Everything in the folder becomes theirs.
    pub(crate) fn unprivileged(&self, mut call: Call) -> Call {
        if !rustix::process::geteuid().is_root() {
            return call;
        }
        // Where the binary lies, nobody may have no access.
        let binary = self.path("promptlake");
        if !binary.exists() {
            fs::copy(env!("CARGO_BIN_EXE_promptlake"), &binary).unwrap();
        }
        give(&self.path(""));
        let mut command = std::process::Command::new(binary);
        command
            .args(call.0.get_args())
            .env_clear()
            .stdin(std::process::Stdio::null());
        command.uid(NOBODY).gid(NOBODY);
        call.0 = command;
        call
    }

    /// Sets the permissions of a file or folder.
    pub(crate) fn permit(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn give(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path());
        }
    }
}
