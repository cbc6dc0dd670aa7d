# Asks Countersign before a tool call: posts what a client says on the standard input, and hands the answer back.
#
#   countersign-hook.ps1 SERVER CLIENT EVENT FORM CONFIG SECONDS
#
# For Windows PowerShell 5.1 and PowerShell 7. FORM is how the client is refused when there is no answer: exit (code 2,
# reason on the error output), cancel or decision (a JSON object), quiet (not at all). CONFIG holds the token.
# Every way out is `Leave`, which ends the process itself: who called this refuses when it comes back.
param([string] $Server, [string] $Client, [string] $Moment, [string] $Form, [string] $Config, [string] $Seconds)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$began = [DateTime]::UtcNow

function Leave([int] $Code) { [Environment]::Exit($Code) }

# UTF-8 without a mark in front, whatever the console is set to.
function Put([System.IO.Stream] $Stream, [string] $Text) {
  $bytes = (New-Object System.Text.UTF8Encoding $false).GetBytes($Text + "`n")
  $Stream.Write($bytes, 0, $bytes.Length)
  $Stream.Flush()
}

function Refuse([string] $Why) {
  $text = "Countersign could not judge this: $Why. The call was not run; this is not a policy decision."
  try {
    switch ($Form) {
      'quiet' { Leave 0 }
      'cancel' {
        Put ([Console]::OpenStandardOutput()) (ConvertTo-Json -Compress ([ordered] @{ cancel = $true; errorMessage = $text }))
        Leave 0
      }
      'decision' {
        Put ([Console]::OpenStandardOutput()) (ConvertTo-Json -Compress ([ordered] @{ permissionDecision = 'deny'; permissionDecisionReason = $text }))
        Leave 0
      }
    }
  } catch { }
  try { Put ([Console]::OpenStandardError()) $text } finally { Leave 2 }
}

# What is left of the time, in milliseconds; at its end the call is refused.
function Remaining {
  $left = $limit - [int] ([DateTime]::UtcNow - $began).TotalMilliseconds
  if ($left -lt 1) { Refuse "$Server did not answer within $Seconds seconds" }
  $left
}

try {
  if ($Server -notmatch '^https?://[A-Za-z0-9:/._~%\[\]-]+$') { Refuse 'its sender was called without the address of a server' }
  if ($Seconds -notmatch '^[1-9][0-9]{0,4}$') { Refuse 'its sender was called without a deadline' }
  $limit = [int] $Seconds * 1000
  $kept = ''
  try { $kept = [System.IO.File]::ReadAllText($Config) } catch { }
  $found = [regex]::Match($kept, 'Authorization: Bearer ([^"\s]+)')
  if (-not $found.Success) { Refuse "the file with its token cannot be read; run: countersign connect $Client" }

  $said = New-Object System.IO.MemoryStream
  $reading = [Console]::OpenStandardInput().CopyToAsync($said)
  if (-not $reading.Wait((Remaining))) { Refuse 'the client did not end what it said' }
  if ($said.Length -eq 0) { Refuse 'the client said nothing' }

  Add-Type -AssemblyName System.Net.Http
  # Windows PowerShell offers old protocols first.
  try { [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072 } catch { }
  $handler = New-Object System.Net.Http.HttpClientHandler
  $handler.AllowAutoRedirect = $false
  # What asks this machine goes through nobody else.
  if (([Uri] $Server).IsLoopback) { $handler.UseProxy = $false }
  $http = New-Object System.Net.Http.HttpClient $handler
  $http.Timeout = [TimeSpan]::FromMilliseconds((Remaining))
  $request = New-Object System.Net.Http.HttpRequestMessage ([System.Net.Http.HttpMethod]::Post), "$Server/hooks/$Client/$Moment"
  $request.Headers.ExpectContinue = $false
  $null = $request.Headers.TryAddWithoutValidation('Authorization', 'Bearer ' + $found.Groups[1].Value)
  $null = $request.Headers.TryAddWithoutValidation('X-Countersign-Sender', '1')
  $here = (Get-Location -PSProvider FileSystem).ProviderPath
  # A name that no header can hold is left out, and the client's own word for its folder counts.
  if ($here -match '^[\x20-\x7e]+$') { $null = $request.Headers.TryAddWithoutValidation('X-Countersign-Cwd', $here) }
  $request.Content = New-Object System.Net.Http.ByteArrayContent (, $said.ToArray())
  $request.Content.Headers.ContentType = [System.Net.Http.Headers.MediaTypeHeaderValue]::Parse('application/json')

  $sending = $http.SendAsync($request)
  $answered = $false
  try { $answered = $sending.Wait((Remaining)) } catch {
    if ($sending.IsCanceled) { Refuse "$Server did not answer within $Seconds seconds" }
    Refuse "no server answers at $Server; a person can start it with: countersign serve"
  }
  if (-not $answered) { Refuse "$Server did not answer within $Seconds seconds" }
  $status = [int] $sending.Result.StatusCode
  if ($status -eq 401 -or $status -eq 403) { Refuse "the server refuses the token of this wiring; run: countersign connect $Client" }
  if ($status -ne 200) { Refuse "the server answered with status $status" }
  $body = $sending.Result.Content.ReadAsByteArrayAsync()
  if (-not $body.Wait((Remaining))) { Refuse "$Server did not answer within $Seconds seconds" }
  $answer = [System.Text.Encoding]::UTF8.GetString($body.Result)

  if ($answer -ceq "countersign 0`n") { Leave 0 }
  if ($answer.StartsWith("countersign 0`n", [StringComparison]::Ordinal)) {
    try { Put ([Console]::OpenStandardOutput()) $answer.Substring(14) } catch { Refuse 'its answer could not be handed over' }
    Leave 0
  }
  if ($answer.StartsWith("countersign 2`n", [StringComparison]::Ordinal) -and $answer.Length -gt 14) {
    try { Put ([Console]::OpenStandardError()) $answer.Substring(14) } finally { Leave 2 }
  }
  Refuse "the answer of $Server is none of ours"
} catch {
  Refuse 'its sender failed'
}
Leave 2
