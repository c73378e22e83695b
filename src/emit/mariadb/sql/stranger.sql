# \echo 'this script is for MariaDB'
# \set ON_ERROR_STOP on
DO 0 # '
, ';
.print this script is for MariaDB
.exit 2
';
EXECUTE IMMEDIATE 'DO ''this script is for MariaDB 10.6 and later''';
