#!/bin/sh
# Run the engine tests with the newest WeasyPrint, to find internals that have changed. No other command runs this.
# Usage: tools/canary.sh PYTHON
set -eu
python=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m venv --without-pip "$place"
packages=$("$place/bin/python" -c 'import site; print(site.getsitepackages()[0])')
# The other libraries are the pinned ones of PYTHON, found after the newest WeasyPrint.
"$python" -c 'import site; print("\n".join(site.getsitepackages()))' > "$packages/pinned.pth"
"$python" -m pip --python "$place/bin/python" install --quiet --upgrade --target "$packages" weasyprint
"$place/bin/python" -c 'from importlib.metadata import version; from report.engine.internals import VERSION
print("WeasyPrint", version("weasyprint") + "; this program supports", VERSION + ".")'
tests="tests/test_engine_internals.py tests/documents/test_engine_adapter.py tests/documents/test_boxes.py tests/documents/test_painting.py tests/documents/test_pdf.py tests/documents/test_tags.py tests/full/test_engine_endings.py"
# shellcheck disable=SC2086 (several names)
if "$place/bin/python" -m pytest -q -n 2 -p no:cacheprovider --tb=line $tests > "$place/output" 2>&1; then
  echo "All engine tests pass."
else
  grep -E "^(FAILED|ERROR)|passed|failed" "$place/output" || cat "$place/output"
  echo "Each failed test belongs to a row of report/engine/internals.py, or to behaviour that depends on one." >&2
  exit 1
fi
