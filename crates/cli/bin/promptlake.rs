//! The binary; everything is in `promptlake-cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    promptlake_cli::main()
}
