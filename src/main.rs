//! The `sqlstitch` command: hands the arguments to the library and returns its exit code.

use std::process::ExitCode;

/// Facts and edges are many small values of many threads, on which the system's allocator spends a fifth
/// of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    sqlstitch::cli::main()
}
