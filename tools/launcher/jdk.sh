# Finds a JDK 25 or newer. Sourced by ./countersign and ./verify; POSIX sh.
#
#   find_jdk    sets JDK to its folder, or returns 1 with jdk_seen saying what was found instead

jdk_wanted=25
# Stands before the usual places; the test of this file puts a folder of its own here.
jdk_root=

# jdk_version DIR: sets jdk_major to the feature version of the JDK in DIR, or returns 1.
jdk_version() {
  jdk_major=
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  if [ -r "$1/release" ]; then
    while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
      case $jdk_line in
        JAVA_VERSION=*)
          jdk_major=${jdk_line#JAVA_VERSION=}
          jdk_major=${jdk_major#\"}
          jdk_major=${jdk_major%%[!0-9]*}
          break
          ;;
      esac
    done <"$1/release"
  fi
  if [ -z "$jdk_major" ]; then
    jdk_major=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | sed -n 1p)
  fi
  [ -n "$jdk_major" ]
}

# jdk_try DIR WHERE: takes DIR if it is good enough.
jdk_try() {
  [ -n "$1" ] && [ -d "$1" ] || return 1
  if jdk_version "$1"; then
    if [ "$jdk_major" -ge "$jdk_wanted" ]; then
      JDK=$1
      return 0
    fi
    jdk_seen="$jdk_seen
  $2: $1 is Java $jdk_major"
  fi
  return 1
}

# jdk_link FILE: prints where a chain of symbolic links ends.
jdk_link() {
  jdk_file=$1
  jdk_hops=0
  while [ -L "$jdk_file" ] && [ "$jdk_hops" -lt 40 ]; do
    jdk_target=$(readlink "$jdk_file") || break
    case $jdk_target in
      /*) jdk_file=$jdk_target ;;
      *) jdk_file=${jdk_file%/*}/$jdk_target ;;
    esac
    jdk_hops=$((jdk_hops + 1))
  done
  printf '%s\n' "$jdk_file"
}

find_jdk() {
  JDK=
  jdk_seen=
  jdk_try "${JAVA_HOME:-}" JAVA_HOME && return 0
  jdk_on_path=$(command -v java 2>/dev/null) && case $jdk_on_path in
    /*)
      jdk_file=$(jdk_link "$jdk_on_path")
      jdk_file=${jdk_file%/*}
      jdk_try "${jdk_file%/*}" "java on the PATH" && return 0
      ;;
  esac
  for jdk_folder in \
    "$jdk_root"/usr/lib/jvm/* \
    "$jdk_root"/usr/java/* \
    "$jdk_root"/usr/local/java/* \
    "$jdk_root"/opt/* \
    "$jdk_root"/opt/java/* \
    "${HOME:-/}"/.sdkman/candidates/java/* \
    "${HOME:-/}"/.jdks/* \
    "$jdk_root"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
    jdk_try "$jdk_folder" found && return 0
  done
  if [ -z "$jdk_root" ] && [ -x /usr/libexec/java_home ]; then
    jdk_try "$(/usr/libexec/java_home -v "$jdk_wanted+" 2>/dev/null)" found && return 0
  fi
  return 1
}

# jdk_missing NAME: says what is missing, for the program NAME.
jdk_missing() {
  printf '%s\n' "$1: a JDK $jdk_wanted or newer is needed and none was found" >&2
  if [ -n "$jdk_seen" ]; then
    printf '%s\n' "too old:$jdk_seen" >&2
  fi
  printf '%s\n' \
    "looked at JAVA_HOME, java on the PATH, /usr/lib/jvm, /usr/java, /opt, ~/.sdkman, ~/.jdks and" \
    "/Library/Java; install one (package temurin-25-jdk or openjdk-25-jdk), or set JAVA_HOME" >&2
}
