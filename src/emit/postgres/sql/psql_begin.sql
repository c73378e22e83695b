\set sqlstitch 'this script is for psql: psql -X -f FILE'
\unset sqlstitch
\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
\set QUIET on
\set ECHO none
