#!/bin/sh
# Regenerate the lock files from pyproject.toml: pinned versions, hashes of all files, no registry URLs.
# Usage: tools/lock.sh PYTHON
set -eu
python=$1
"$python" -m pip install --quiet uv
for extra in "" dev; do
  name="requirements${extra:+-$extra}.lock"
  "$python" -m uv pip compile pyproject.toml ${extra:+--extra $extra} --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file "$name" --quiet
done
