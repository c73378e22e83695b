-- All that follows is one transaction.
SET sqlstitch.complete = '';
BEGIN;

