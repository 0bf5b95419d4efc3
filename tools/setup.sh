#!/bin/sh
# Create the virtual environment from a lock file with hashes, and install the system libraries that the engine loads.
# With requirements-dev.lock, also install the tools that tests use as independent witnesses: Ghostscript, qpdf, poppler,
# Java for veraPDF, and Chromium for tests of the desk and of the archive's index.
# Usage: tools/setup.sh PYTHON VENV LOCKFILE
set -eu
python=$1 venv=$2 lock=$3

"$python" - <<'PY' || { echo "Python 3.11 or newer is required. Name it with: make PYTHON=python3.12 ..." >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

# Pango lays out text. HarfBuzz subset makes reproducible font subsets; it is not a dependency of Pango.
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
browser=""
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || browser=" chromium"
case "$lock" in
  *requirements-dev.lock) packages="$packages ghostscript qpdf poppler-utils default-jre-headless maven$browser" brew="pango harfbuzz ghostscript qpdf poppler openjdk maven" ;;
  *) brew="pango harfbuzz" ;;
esac
missing=""
if command -v dpkg-query >/dev/null 2>&1; then
  for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
  done
  if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then run=""; elif command -v sudo >/dev/null 2>&1; then run="sudo"; else run="none"; fi
    if [ "$run" = none ]; then
      echo "System packages are missing. Ask an administrator to run this, then try again: apt-get install$missing" >&2
      exit 1
    fi
    echo "Installing system packages:$missing"
    $run apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing
  fi
elif [ "$(uname)" = Darwin ]; then
  # shellcheck disable=SC2086 (several names)
  brew list $brew >/dev/null 2>&1 || { echo "Packages are missing. Run: brew install $brew" >&2; exit 1; }
else
  echo "Make sure that Pango and HarfBuzz with its subset library are installed (see docs/setup.md for package names)."
  case "$lock" in *requirements-dev.lock) echo "The tests also use Ghostscript (gs), qpdf, the poppler tools, Chromium, and veraPDF (Java, Maven)." ;; esac
fi

# Debian packages the venv module separately.
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "The venv module is missing: apt-get install python3-venv" >&2
  exit 1
}
# pip is quiet, so any output of it is a problem. Announce the wait.
echo "Installing the Python packages of $lock into $venv (a minute or two) ..."
"$venv/bin/python" -m pip install --quiet --require-hashes --requirement "$lock"
echo "Ready: $venv/bin/python build.py"
