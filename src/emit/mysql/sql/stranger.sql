# \echo 'this script is for MySQL'
# \set ON_ERROR_STOP on
DO 0 # '
, ';
.print this script is for MySQL
.exit 2
';
DO 1 MEMBER OF ('["this script is for MySQL 8.0.19 and later"]');
