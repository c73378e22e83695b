-- The list of the patches is longer than some servers take.
EXECUTE IMMEDIATE IF(@@max_allowed_packet >= {{packet}}, 'DO 0',
  CONCAT('SIGNAL SQLSTATE ''45000'' SET MESSAGE_TEXT = ''this script needs max_allowed_packet = {{packet}}, and it is ', @@max_allowed_packet, ''''));
