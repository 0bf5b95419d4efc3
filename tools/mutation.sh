#!/bin/sh
# Mutation testing of a folder or module: list the mutants that no test detects.
# Works in a copy of the checkout and changes nothing here. No other command runs this; a folder takes some minutes.
# Usage: tools/mutation.sh PYTHON FOLDER [TEST...]      (default: the unit tests that import the folder)
set -eu
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
room=$2
shift 2
tests=${*:-$(grep -lE "report\.$(basename "$room" .py)(\.| import)" tests/test_*.py tests/documents/test_*.py | tr '\n' ' ')}
"$python" -m mutmut --version >/dev/null 2>&1 || "$python" -m pip install --quiet mutmut
place=${MUTATION_PLACE:-$(mktemp -d)}
mkdir -p "$place"
git ls-files -z | xargs -0 cp --parents --target-directory="$place" 2>/dev/null || git archive HEAD | tar -x -C "$place"
cd "$place"
quoted=$(for test in $tests; do printf '"%s", ' "$test"; done)
cat >> pyproject.toml <<CONFIG

[tool.mutmut]
source_paths = ["$room"]
also_copy = ["report", "figures", "build.py", "layouts", "styles", "data", "examples", "tools", "docs", "tests"]
pytest_add_cli_args = ["-o", "addopts=", "-n", "0", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = [$quoted]
CONFIG
"$python" -m mutmut run 2>&1 | tr '\r' '\n' | tail -n 2
"$python" -m mutmut results 2>/dev/null | grep -E "survived|no tests|timeout|suspicious" > survivors.txt || true
echo "$(wc -l < survivors.txt) mutants survive, listed in $place/survivors.txt. To show one: cd $place && $python -m mutmut show NAME"
