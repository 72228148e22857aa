#!/bin/sh
# Verifies the losses of this project, in any continuous integration that can run a script. What stands behind the name
# of this script goes to losscheck: ci/losscheck.sh --shard 1/4
#
# Exit codes: 0 passed, 1 a loss failed, 2 wrong usage or config, 3 a target could not be loaded, 4 a loss timed out or
# crashed, 70 a bug in losscheck.
set -eu
cd "$(dirname "$0")/.."

if [ ! -d node_modules ]; then
  npm ci
fi

reports=${LOSSCHECK_REPORTS:-losscheck-reports}
exec npx losscheck verify \
  --reporter table \
  --reporter json:"$reports"/losscheck.json \
  --reporter html:"$reports"/losscheck.html \
  --reporter junit:"$reports"/junit.xml \
  "$@"
