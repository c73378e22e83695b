-- For PostgreSQL an empty block. Clients of other engines say whose script this is, and stop here.
DO E'/* \';
.print this script is for PostgreSQL
.exit 2
*/ BEGIN'
' -- this script is for PostgreSQL
END';
DO $$ BEGIN /* /* */
\q
*/ END $$;
