//! A call of the binary.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Between two tries to start a binary that is busy.
const PAUSE: Duration = Duration::from_millis(10);

/// A call that is not made yet. It has no environment and no input.
pub(crate) struct Call(pub Command);

/// A call with these arguments.
pub(crate) fn promptlake<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Call {
    let mut command = Command::new(env!("CARGO_BIN_EXE_promptlake"));
    command.args(args).env_clear().stdin(Stdio::null());
    Call(command)
}

impl Call {
    /// From another working directory.
    pub(crate) fn from(mut self, dir: &Path) -> Self {
        self.0.current_dir(dir);
        self
    }

    /// With one more argument.
    pub(crate) fn and(mut self, arg: &str) -> Self {
        self.0.arg(arg);
        self
    }

    /// With its report in another place.
    pub(crate) fn reporting_to(mut self, place: &str) -> Self {
        let mut args: Vec<OsString> = self.0.get_args().map(OsStr::to_owned).collect();
        let at = args.iter().position(|arg| arg == "--report").unwrap();
        args[at + 1] = place.into();
        let mut command = Command::new(self.0.get_program());
        command.args(args).env_clear().stdin(Stdio::null());
        self.0 = command;
        self
    }

    /// Under limits that a shell sets first.
    pub(crate) fn under(mut self, limits: &str) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")])
            .arg(self.0.get_program())
            .args(self.0.get_args())
            .env_clear()
            .stdin(Stdio::null());
        self.0 = command;
        self
    }

    /// Makes it.
    pub(crate) fn done(mut self) -> Done {
        let output = loop {
            match self.0.output() {
                // A copy of the binary is still open in a child that another test is just starting.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => sleep(PAUSE),
                output => break output.unwrap(),
            }
        };
        Done {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Done {
    /// Its exit code; `None`: by a signal.
    pub code: Option<i32>,
    /// What it gave.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Done {
    /// Expects an exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Expects a text on stderr.
    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "no {part:?} in {self:#?}");
        self
    }
}
