#!/bin/sh
# Conversations: a file of turns that are sent to a program, and what it has to
# answer, or to send by the mocked API.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"

python=/usr/bin/python3
clients=$top/tests/clients
cd "$work" || exit 99
unset TWILIO_AUTH_TOKEN TWILIO_ACCOUNT_SID

# talk: the conversation from stdin, played to nobody.
refused()
{
    cat >bad.json
    said=$("$offwire" webhook twilio --conversation bad.json http://127.0.0.1:1/ 2>&1)
    status=$?
}

refused <<'END'
{ "offwire": 1, "turns": [ { "send": "Hello", "repyl": "~^Hi" } ] }
END
is "a conversation with a mistake is refused" "$status" 2
like "with the place, and what was meant" "$said" \
    'offwire: bad.json:1:47: /turns/0/repyl: unknown key "repyl"; did you mean "reply"?'
refused <<'END'
{ "offwire": 1,
  "turns": [ { "send": { "bdy": "x" } } ] }
END
like "arguments are those of the webhook" "$said" \
    'offwire: bad.json:2:26: /turns/0/send/bdy: unknown key "bdy"; did you mean "body"?'
refused <<'END'
{ "offwire": 1, "turns": [ { "send": "x", "reply": "~(" } ] }
END
like "patterns have to compile" "$said" 'offwire: bad.json:1:52: /turns/0/reply: *'
refused <<'END'
{ "offwire": 1, "turns": [ { "send": "x", "calls": { "rul": "x" } } ] }
END
like "and calls to be expectations" "$said" \
    '*bad.json:1:54: /turns/0/calls/rul: unknown key "rul"; did you mean "rule"?'
refused <<'END'
{ "offwire": 1, "turns": [] }
END
like "turns are needed" "$said" '*/turns: expected a list of turns*'
refused <<'END'
{ "offwire": 1, "arguments": { "from": "+15551234567", "to": "x", "token": "t" }, "turns": [ { "send": "x" } ] }
END
like "what a webhook refuses is told with the turn" "$said" \
    'offwire: bad.json: turn 1: --to cannot be "x": *'
out=$("$offwire" check bad.json)
is "check knows a conversation" "$out" "bad.json: a conversation of 1 turn"
out=$("$offwire" run --rules bad.json -- true 2>&1)
like "which is no rule file" "$out" '*this is a conversation, which offwire webhook sends, and no rule file'
like "and has its schema" "$("$offwire" schema conversation)" '*"Offwire conversation"*"#/definitions/talk"*'

if ! $python -c 'import twilio' 2>/dev/null; then
    skip "a program that is talked to" "python3-twilio is not installed"
    done_testing
    exit
fi

cat >talk.json <<'END'
{
  "offwire": 1,
  "webhook": "twilio",
  "arguments": { "from": "whatsapp:+15551234567", "to": "whatsapp:+14155238886", "token": "a-token" },
  "turns": [
    { "send": "Good day", "reply": "~^Hello Ada.*Good (?:day|night)$" },
    { "send": { "body": "Bonjour", "profile_name": "Zoé" }, "reply": { "contains": "Zoé" } },
    // Two messages, one with a picture.
    { "send": "two", "reply": [ "One & <only>", { "text": "Look", "media": [ "~\\.png$" ] } ] },
    { "send": "nothing", "reply": "absent" },
    { "send": "nothing", "reply": [] },
    { "send": "plain", "reply": "Just text", "body": "~^Just" },
    { "name": "it breaks", "send": "fail", "status": 500, "body": "it broke" },
    { "name": "forged", "send": { "token": "x" }, "status": { "gt": 400, "lt": 404 } },
  ]
}
END
cat >wrong.json <<'END'
{ "offwire": 1, "webhook": "twilio",
  "arguments": { "from": "whatsapp:+15551234567", "to": "whatsapp:+14155238886" },
  "turns": [
    { "send": "Hi", "reply": "Bye" },
    { "send": "Hi", "reply": "~Hi$" },
    { "send": "two", "reply": [ "One", "present" ] },
    { "send": "broken" },
    { "name": "not that way", "send": "fail" }, { "send": "quit" } ] }
END

mkfifo fifo
$python "$clients/py_bot.py" a-token >fifo &
bot=$!
exec 3<fifo
read -r port <&3
cat <&3 >came &
url=http://127.0.0.1:$port/in
said=$("$offwire" webhook --timeout 50s --conversation talk.json "$url" 2>&1)
is "a conversation as it should be" "$?" 0
is "in TAP" "$(printf '%s\n' "$said" | sed '/^#/d')" "1..8
ok 1 - Good day
ok 2 - turn
ok 3 - two
ok 4 - nothing
ok 5 - nothing
ok 6 - plain
ok 7 - it breaks
ok 8 - forged"
like "with what was said" "$said" '*ok 1 - Good day
#   > Good day
#   < Hello Ada, you said: Good day
ok 2 *'
said=$(TWILIO_AUTH_TOKEN=a-token "$offwire" webhook twilio --timeout 50s --conversation wrong.json "$url" 2>&1)
is "one that is not as it should be" "$?" 1
is "what differs is told" \
    "$(printf '%s\n' "$said" | sed 's# (/[^)]*):#:#')" '1..6
not ok 1 - Hi
#   > Hi
#   < Hello Ada, you said: Hi
# wrong.json:4:30: /turns/0/reply: reply is "Hello Ada, you said: Hi", the rule wants "Bye"
#   - "Bye"
#   + "Hello Ada, you said: Hi"
ok 2 - Hi
#   > Hi
#   < Hello Ada, you said: Hi
not ok 3 - two
#   > two
#   < One & <only>
#   < Look
#   < (media: ["https://example.com/a.png"])
# wrong.json:6:31: /turns/2/reply: reply 0 is "One & <only>", the rule wants "One"
#   - ["One","present"]
#   + ["One & <only>",{"media":["https://example.com/a.png"],"text":"Look"}]
not ok 4 - broken
#   > broken
# {{ twiml(answer) }}: TwiML is a <Response>, not a <html>
not ok 5 - not that way
#   > fail
# the status is 500
ok 6 - quit
#   > quit
#   < Bye
# 4 of 6 turns are not as wrong.json has them'
wait $bot
exec 3<&-
said=$("$offwire" webhook --timeout 50s --conversation talk.json "$url" 2>&1)
is "nobody listens any more" "$?" 1
like "which is told once" "$said" '1..8
not ok 1 - Good day
#   > Good day
# *onnect*'

# What is sent by the API is seen in the session.
cat >calls.json <<'END'
{ "offwire": 1, "webhook": "twilio", "within": "40s",
  "arguments": { "from": "whatsapp:+15551234567", "to": "whatsapp:+14155238886", "token": "a-token" },
  "turns": [
    { "send": "send it later", "reply": "One moment",
      "calls": { "rule": "messages.create", "form": { "Body": "it later", "To": "whatsapp:+15551234567" }, "status": 201, "times": 1 } },
    { "send": "send more", "calls": [ "messages.create", { "rule": "messages.create", "form": { "Body": "more" } } ] },
    { "name": "not sent", "send": "hi", "calls": { "rule": "messages.create" }, "within": "10ms" },
    { "send": "quit", "calls": { "method": "DELETE", "times": 0 } } ] }
END
cat >both.sh <<END
mkfifo fifo2
$python "$clients/py_bot.py" a-token >fifo2 &
exec 3<fifo2
read -r port <&3
cat <&3 >came2 &
"$offwire" webhook --timeout 50s --conversation calls.json "http://127.0.0.1:\$port/in"
status=\$?
exec 3<&-
wait
exit \$status
END
rules=twilio
said=$(ow sh both.sh 2>&1)
status=$?
was_there "the bot" '"rule":"messages.create"'
is "calls are those of the session" "$status" 1
like "each turn's own" "$said" '1..4
ok 1 - send it later
*ok 2 - send more
*not ok 3 - not sent
*# calls.json:7:50: /turns/2/calls: asked for >=1 of {"rule":"messages.create"*seen 0*
ok 4 - quit
*1 of 4 turns*'
out=$("$offwire" webhook --conversation calls.json http://127.0.0.1:1/ 2>&1)
is "without a session there are none" "$?" 125
like "and how to have one" "$out" '*this command is in none: run it by offwire run*'
done_testing
