//! What differs between the servers whose statements are read by this folder: MariaDB and MySQL.

use crate::dialect::Engine;
use crate::emit::words::Words;

/// Statements that no script can carry, by their first words: why, and what to write instead.
pub(in crate::emit) type Refused =
    &'static [(&'static [&'static str], &'static str, &'static str)];

/// A kind of server, as far as it decides how a statement is carried.
#[derive(Debug)]
pub(in crate::emit) struct Server {
    /// Which.
    pub(in crate::emit) engine: Engine,
    /// Its client.
    pub(in crate::emit) client: &'static str,
    /// Whether it knows `BEGIN NOT ATOMIC … END`.
    pub(in crate::emit) has_blocks: bool,
    /// What holds several statements that must run together.
    pub(in crate::emit) together: &'static str,
    /// What only this server's scripts cannot carry.
    pub(in crate::emit) refused: Refused,
    /// Whether the client must send a statement by itself, because the server cannot prepare it.
    pub(in crate::emit) is_outside: fn(&Words<'_>) -> bool,
}

/// MariaDB.
pub(super) const MARIADB: Server = Server {
    engine: Engine::Mariadb,
    client: "mariadb",
    has_blocks: true,
    together: "one BEGIN NOT ATOMIC … END",
    refused: &[],
    is_outside: |_| false,
};
