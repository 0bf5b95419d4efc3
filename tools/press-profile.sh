#!/bin/sh
# Regenerate the press profiles in report/printers/profiles/ from ANSI CGATS characterisation data. Reproducible.
# Requires Debian's argyll (colprof) and icc-profiles-free (TR005.ti3, TR006.ti3).
# Usage: tools/press-profile.sh PYTHON
set -eu
python=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make_profile NAME REPORT INK-LIMIT DATE-OF-THE-DATA DESCRIPTION
make_profile() {
  cp "/usr/share/color/icc/TR$2.ti3" "$work/profile.ti3"
  # -qm: medium quality; -l: ink limit of the separation; -kr: black generation as a ramp.
  (cd "$work" && colprof -qm "-l$3" -kr -A "Annual Report Press" -M "TR$2" -D "$5, from ANSI CGATS TR $2-2007" \
    -C "Derived from the characterization data of ANSI CGATS TR $2-2007" profile >/dev/null)
  # Only the creation time varies: set it to the date of the data (ICC.1:2010, 7.2.8).
  "$python" - "$work/profile.icc" "report/printers/profiles/$1.icc" $4 <<'PY'
import struct, sys
source, target, year, month, day = sys.argv[1:]
data = bytearray(open(source, "rb").read())
data[24:36] = struct.pack(">6H", int(year), int(month), int(day), 0, 0, 0)
open(target, "wb").write(data)
PY
}

make_profile coated-tr006 006 320 "2006 8 28" "Sheet-fed offset on coated paper, grade 1"
make_profile web-tr005 005 260 "2006 8 3" "Web offset on coated paper, grade 5"
