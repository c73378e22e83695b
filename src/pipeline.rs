//! The one path from texts to a script: read → resolve → order → plan → emit.
//!
//! Each stage returns its value and its findings; nothing here prints, reads files or exits.
