#!/bin/sh
# Download the validator veraPDF with Maven into VENV/share/verapdf, pinned by version and digest.
# Usage: tools/verapdf.sh VENV
set -eu
folder=$1/share/verapdf
version=1.28.2
jar=$folder/greenfield-apps-$version.jar
digest=687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6

valid() { echo "$digest  $jar" | sha256sum -c >/dev/null 2>&1; }

valid && exit 0
if ! command -v mvn >/dev/null 2>&1 || ! command -v java >/dev/null 2>&1; then
  echo "veraPDF needs Java and Maven: apt-get install default-jre-headless maven (or: brew install openjdk maven)" >&2
  exit 1
fi
mkdir -p "$folder"
# A temporary Maven repository leaves nothing in the home folder.
repository=$(mktemp -d)
trap 'rm -rf "$repository"' EXIT
mvn -q -B "-Dmaven.repo.local=$repository" org.apache.maven.plugins:maven-dependency-plugin:2.8:copy \
  "-Dartifact=org.verapdf.apps:greenfield-apps:$version:jar" "-DoutputDirectory=$folder"
valid || { echo "The downloaded veraPDF does not have the pinned digest." >&2; rm -f "$jar"; exit 1; }
