SELECT printf('warning: patch "%s" (%s) was changed after it was applied', b.name, b.path)
  FROM temp.sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name
  WHERE b.kind = 'once' AND l.state = 'applied' AND l.checksum <> b.checksum AND l.algorithm = {{algorithm}}
  ORDER BY b.position;
