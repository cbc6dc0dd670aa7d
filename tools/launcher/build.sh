#!/bin/sh
# Builds the program and trains its ahead-of-time cache, for ./countersign. One build at a time;
# a second one waits and finds the work done.
#
#   JDK=… build.sh HOME BUILDS
set -u
home=$1
builds=$2
state=${builds%/*}
lock=$state/lock
log=$state/build.log

say() {
  printf '%s\n' "countersign: $*" >&2
}

mkdir -p "$builds" 2>/dev/null || {
  say "cannot write to $state, where the program is built"
  exit 1
}

alive() {
  kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]
}

waited=0
told=
until mkdir "$lock" 2>/dev/null; do
  owner=
  [ -r "$lock/pid" ] && IFS= read -r owner <"$lock/pid"
  # A lock without an owner is one being taken, or one whose taker died at once.
  if { [ -n "$owner" ] && ! alive "$owner"; } || { [ -z "$owner" ] && [ "$waited" -gt 20 ]; }; then
    mv "$lock" "$lock.stale.$$" 2>/dev/null && rm -rf "$lock.stale.$$"
    waited=0
    continue
  fi
  if [ -z "$told" ]; then
    say "another build is under way${owner:+ (process $owner)}, waiting for it"
    told=yes
  fi
  waited=$((waited + 1))
  sleep 0.5 2>/dev/null || sleep 1
done
printf '%s\n' $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The one we waited for may have done it.
if [ -n "$told" ] && [ -r "$builds/current" ] && IFS= read -r build <"$builds/current" &&
  [ -e "$builds/$build/stamp" ] &&
  [ -z "$(find "$home/app/src/main" "$home/app/pom.xml" "$home/pom.xml" -newer "$builds/$build/stamp")" ]; then
  exit 0
fi

mvn=$(command -v mvn 2>/dev/null) || mvn=
for candidate in "${MAVEN_HOME:-/nowhere}/bin/mvn" /usr/share/maven/bin/mvn \
  /opt/maven/bin/mvn /opt/apache-maven*/bin/mvn "${HOME:-/}/.sdkman/candidates/maven/current/bin/mvn"; do
  [ -z "$mvn" ] && [ -x "$candidate" ] && mvn=$candidate
done
if [ -z "$mvn" ]; then
  say "Maven is needed to build the program and was not found"
  printf '%s\n' "looked for mvn on the PATH and in MAVEN_HOME; install the package maven (3.8.7 or newer)" >&2
  exit 1
fi

fresh=$(date +%Y%m%d%H%M%S)-$$
rm -rf "$state/fresh"
mkdir -p "$state/fresh/lib" || exit 1
# The stamp is older than the build, so that a source changed meanwhile counts as newer.
: >"$state/fresh/stamp"

say "building with $JDK (first use, or the sources changed)"
progress() {
  fetched=0
  while IFS= read -r line; do
    case $line in
      *Downloaded\ from*)
        fetched=$((fetched + 1))
        [ $((fetched % 50)) -eq 0 ] && printf '%s\n' "  fetched $fetched files" >&2
        ;;
      *"jte-maven-plugin"*) printf '%s\n' "  preparing pages" >&2 ;;
      *"maven-compiler-plugin"*":compile"*) printf '%s\n' "  compiling" >&2 ;;
      *"maven-jar-plugin"*) printf '%s\n' "  packing" >&2 ;;
      "[ERROR]"*) printf '%s\n' "  $line" >&2 ;;
    esac
  done
}
cd -- "$home" || exit 1
{
  JAVA_HOME=$JDK "$mvn" -B -Dfast -Dmaven.test.skip=true -pl app -am package </dev/null 2>&1
  printf '%s\n' $? >"$state/status"
} | tee "$log" | progress
IFS= read -r status <"$state/status" || status=1
if [ "$status" -ne 0 ]; then
  say "the build failed; the whole log is in $log, its end:"
  tail -n 25 "$log" >&2
  exit 1
fi
cp app/target-fast/countersign.jar "$state/fresh/" && cp app/target-fast/lib/*.jar "$state/fresh/lib/" || {
  say "the build left no program in app/target-fast"
  exit 1
}
mv "$state/fresh" "$builds/$fresh" || exit 1

say "preparing a fast start"
# Without what was counted while it trained: that costs 5 MiB of memory, and starts nothing sooner.
train() {
  "$JDK/bin/java" -XX:AOTCacheOutput="$builds/$fresh/$1" -XX:+UseSerialGC \
    -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
    --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true -Dcountersign.home="$home" \
    -jar "$builds/$fresh/countersign.jar" train ${2:+"$2"} >"$state/train.log" 2>&1 &&
    [ -s "$builds/$fresh/$1" ] || {
    rm -f "$builds/$fresh/$1"
    return 1
  }
}
# A server has all of its cache in memory: one of its own, without what commands need, is 10 MiB less.
if ! train countersign.aot || ! train server.aot --alone; then
  say "no fast start this time (see $state/train.log); everything works, a little slower"
fi

printf '%s\n' "$fresh" >"$builds/current.$$" && mv "$builds/current.$$" "$builds/current" || exit 1

# The one before stays for a server that still runs from it.
ls -1 "$builds" | grep '^[0-9]' | sort -r | tail -n +3 | while IFS= read -r old; do
  rm -rf "${builds:?}/$old"
done
exit 0
