#!/bin/sh
# Asks Countersign before a tool call: posts what a client says on the standard input, and hands the answer back.
#
#   countersign-hook SERVER CLIENT EVENT FORM CONFIG SECONDS [PROCESS]
#
# FORM is how the client is refused when there is no answer: exit (code 2, reason on the error output), cancel or
# decision (a JSON object), quiet (not at all). CONFIG holds the token, for curl. PROCESS is the client's.
# The token is never on a command line, and no file of the user changes what curl does (-q).
trap '' PIPE
server=$1 client=$2 event=$3 form=$4 config=$5 seconds=$6 process=$7
nl='
'
refuse() {
  why="Countersign could not judge this: $1. The call was not run; this is not a policy decision."
  case $form in
  quiet) exit 0 ;;
  cancel) printf '{"cancel":true,"errorMessage":"%s"}\n' "$why" 2>/dev/null && exit 0 ;;
  decision) printf '{"permissionDecision":"deny","permissionDecisionReason":"%s"}\n' "$why" 2>/dev/null && exit 0 ;;
  esac
  printf '%s\n' "$why" >&2
  exit 2
}
case $server in http://* | https://*) ;; *) refuse 'its sender was called without the address of a server' ;; esac
case $server in *[!A-Za-z0-9:/._~%\[\]-]*) refuse 'its sender was called with an address that is none' ;; esac
case $PWD in *"$nl"*) here=/ ;; *) here=$PWD ;; esac
command -v curl >/dev/null 2>&1 || refuse 'curl is not installed'
[ -r "$config" ] || refuse "the file with its token cannot be read; run: countersign connect $client"
answer=$(curl -q -s -K "$config" --noproxy 127.0.0.1,localhost,::1 --connect-timeout 5 -m "$seconds" \
  -H 'Content-Type: application/json' -H 'Expect:' -H 'X-Countersign-Sender: 1' -H "X-Countersign-Cwd: $here" \
  -H "X-Countersign-Client-Process: $process" --data-binary @- -w '\n%{http_code}' "$server/hooks/$client/$event" 2>/dev/null)
case $? in
0) ;;
6 | 7) refuse "no server answers at $server; a person can start it with: countersign serve" ;;
28) refuse "$server did not answer within $seconds seconds" ;;
*) refuse "the call to $server failed" ;;
esac
case ${answer##*"$nl"} in
200) ;;
401 | 403) refuse "the server refuses the token of this wiring; run: countersign connect $client" ;;
*) refuse "the server answered with status ${answer##*"$nl"}" ;;
esac
answer=${answer%"$nl"*}
case $answer in
"countersign 0$nl") ;;
"countersign 0$nl"*) printf '%s\n' "${answer#*"$nl"}" 2>/dev/null || refuse 'its answer could not be handed over' ;;
"countersign 2$nl"?*)
  printf '%s\n' "${answer#*"$nl"}" >&2
  exit 2
  ;;
*) refuse "the answer of $server is none of ours" ;;
esac
exit 0
