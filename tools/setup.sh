#!/bin/sh
# Make the virtual environment from a lock file with hashes, and install the system's libraries that the engine loads.
# With requirements-dev.lock, also the tools that tests call as witnesses: Ghostscript, qpdf, poppler, Java for veraPDF,
# and Chromium, in which the desk is tried and the archive's index is opened.
# Usage: tools/setup.sh PYTHON VENV LOCKFILE
set -eu
python=$1 venv=$2 lock=$3

"$python" - <<'PY' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 ..." >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

# Pango lays out the text. HarfBuzz subset makes font subsets that are the same every time; Pango does not pull it in.
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
      echo "Please have these system packages installed, then run this again: apt-get install$missing" >&2
      exit 1
    fi
    echo "Installing system packages:$missing"
    $run apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing
  fi
elif [ "$(uname)" = Darwin ]; then
  # shellcheck disable=SC2086 (several names)
  brew list $brew >/dev/null 2>&1 || { echo "Please install these: brew install $brew" >&2; exit 1; }
else
  echo "Make sure that Pango and HarfBuzz with its subset library are installed (docs/setup.md has the package names)."
  case "$lock" in *requirements-dev.lock) echo "The tests also call Ghostscript (gs), qpdf, poppler's tools, Chromium, and veraPDF (Java, Maven)." ;; esac
fi

# A Python without the venv module's pip (Debian splits them) is told so plainly.
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "The venv module is missing: apt-get install python3-venv" >&2
  exit 1
}
# pip is quiet, so that what it says is a problem; but a silent minute looks like one.
echo "Installing the Python packages of $lock into $venv (a minute or two) ..."
"$venv/bin/python" -m pip install --quiet --require-hashes --requirement "$lock"
echo "Ready: $venv/bin/python build.py"
