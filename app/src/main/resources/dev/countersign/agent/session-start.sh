u='@HOOKS@'; i=$(cat); n="$(date +%s)-$$"
s=$(printf %s "$i" | sed -n 's/.*"session_id" *: *"\([A-Za-z0-9-]*\)".*/\1/p' | head -n 1)
say() { printf '{"systemMessage":"Countersign: %s"}\n' "$1"; exit 0; }
ask() { printf 'header = "Authorization: Bearer %s"\n' "$COUNTERSIGN_TOKEN" | curl -q -s -m 10 --noproxy 127.0.0.1,localhost,::1 -K - -H 'Content-Type: application/json' -H "X-Countersign-Client-Process: $PPID" --data-binary "$2" -w ' %{http_code}' "$u/$1" 2>/dev/null; }
command -v curl >/dev/null 2>&1 || say 'curl is missing, so the start of this session was not checked. Tool calls are decided all the same.'
a=$(ask PreToolUse "{\"session_id\":\"${s:-canary}\",\"cwd\":\"/\",\"hook_event_name\":\"PreToolUse\",\"tool_name\":\"@TOOL@\",\"tool_input\":{\"nonce\":\"$n\"}}")
case $a in
*"@CANARY@$n"*' 200') ;;
*' 401') say 'the server refuses the token of this wiring, so every tool call will be blocked. Run: countersign connect claude-code';;
*) say "no right answer at $u, so every tool call will be blocked until the server runs. Start it with: countersign serve";;
esac
a=$(ask SessionStart "$i")
case $a in
'{'*' 200') printf '%s\n' "${a% 200}";;
*) say 'the start of this session could not be recorded.';;
esac
