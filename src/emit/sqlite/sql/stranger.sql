# this script is for SQLite \set ON_ERROR_STOP on
# ;
.bail on
PRAGMA "this script is for SQLite";
--\q
