#!/bin/sh
# Checks the SQL patches that are about to be committed.
# Written by `sqlstitch init --hook`; `sqlstitch init --remove-hook` takes it away.
command -v sqlstitch >/dev/null 2>&1 || {
  echo "sqlstitch is not on the PATH, so the SQL patches cannot be checked:" >&2
  echo "install it, or remove the hook $0" >&2
  exit 1
}
