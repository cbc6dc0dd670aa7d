#!/bin/sh
# Made by `countersign git-gate install`: takes a push only where Countersign's ledger says that it was allowed.
#
# One question to the server for a push, whatever it brings. Whatever goes wrong refuses the push. A hook that was
# here before is `countersign.before/pre-receive`, which runs after.
trap '' PIPE
server=@SERVER@
config=@CONFIG@
repository=@REPOSITORY@
nl='
'
refuse() {
  printf 'Countersign: %s. Nothing was changed.\n' "$1" >&2
  exit 1
}
command -v curl >/dev/null 2>&1 || refuse 'this push could not be judged: curl is not installed where the repository is'
[ -r "$config" ] || refuse 'this push could not be judged: the file with the token of the gate cannot be read'
lines= changes= count=0
while read -r before after ref; do
  case $before$after in '' | *[!0-9a-f]*) refuse 'this push could not be judged: git said something odd' ;; esac
  case $ref in refs/replace/*) refuse 'references below refs/replace change what others mean' ;; esac
  case $ref in *[\"\\]*) refuse 'the name of a reference holds a quote' ;; esac
  count=$((count + 1))
  [ "$count" -le 1000 ] || refuse 'more than 1000 references in one push'
  forced=true
  case $before in
  *[!0]*)
    case $after:$ref in
    *[!0]*:refs/heads/*)
      # Only what keeps everything that was there takes nothing away.
      git --no-replace-objects merge-base --is-ancestor "$before" "$after" >/dev/null 2>&1 && forced=false
      ;;
    esac
    ;;
  *) forced=false ;;
  esac
  changes="$changes${changes:+,}{\"ref\":\"$ref\",\"before\":\"$before\",\"after\":\"$after\",\"forced\":$forced}"
  lines="$lines$before $after $ref$nl"
done
[ "$count" -gt 0 ] || exit 0
pusher=${GL_USERNAME:-${GITEA_PUSHER_NAME:-${REMOTE_USER:-$(id -un 2>/dev/null)}}}
case $pusher in *[!A-Za-z0-9._@+-]*) pusher= ;; esac
answer=$(
  printf '{"repository":%s,"pusher":"%s","changes":[%s]}' "$repository" "$pusher" "$changes" |
    curl -q -s -K "$config" --noproxy 127.0.0.1,localhost,::1 --connect-timeout 5 -m 60 \
      -H 'Content-Type: application/json' -H 'Accept: text/plain' -H 'Expect:' --data-binary @- \
      -w '\n%{http_code}' "$server/v1/git/pushes" 2>/dev/null
)
case $? in
0) ;;
*) refuse "this push could not be judged: no answer from $server" ;;
esac
case ${answer##*"$nl"} in
200) ;;
401 | 403) refuse 'this push could not be judged: the server refuses the token of the gate; run: countersign git-gate install' ;;
*) refuse "this push could not be judged: the server answered with status ${answer##*"$nl"}" ;;
esac
answer=${answer%"$nl"*}
case $answer in
"countersign 0$nl") ;;
"countersign 1$nl"?*)
  printf '%s\n' "${answer#*"$nl"}" >&2
  exit 1
  ;;
*) refuse "this push could not be judged: the answer of $server is none of ours" ;;
esac
before=${0%/*}/countersign.before/pre-receive
[ ! -x "$before" ] || printf '%s' "$lines" | "$before"
