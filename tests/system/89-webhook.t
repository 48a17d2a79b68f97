#!/bin/sh
# offwire webhook: an API's own requests, to a program that checks them with the
# API's own SDK.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"

python=/usr/bin/python3
clients=$top/tests/clients
cd "$work" || exit 99
unset TWILIO_AUTH_TOKEN TWILIO_ACCOUNT_SID

# send OPTION... : an inbound message of Ada's.
send()
{
    said=$("$offwire" webhook twilio --from whatsapp:+15551234567 \
        --to whatsapp:+14155238886 --token a-token --timeout 50s "$@" 2>&1)
    status=$?
}

out=$("$offwire" webhook)
is "it lists what there is" "$?" 0
like "with what it is" "$out" "*twilio *inbound*message*"
out=$("$offwire" webhook twilio --help)
like "and has the options of its rule file" "$out" "*--profile-name NAME*"
out=$("$offwire" webhook twillio 2>&1)
is "an unknown one is refused" "$?" 2
like "with the one that was meant" "$out" '*did you mean "twilio"?*'
out=$("$offwire" webhook twilio --to whatsapp:+1555 --token x http://localhost:1/ 2>&1)
is "what is needed is asked for" "$?" 2
like "by its option" "$out" '*twilio needs --from: who writes*'
out=$("$offwire" webhook twilio --from nobody --to +15551 --token x http://localhost:1/ 2>&1)
like "what is wrong is refused" "$out" '*--from cannot be "nobody"*'
send localhost
like "a URL has to be one" "$said" '*expected a URL as http://localhost:8080/hook, got "localhost"*'

send --seed 7 --body "it's" --print 'http://localhost:8080/in?a=1'
is "it prints a line for curl" "$status" 0
like "with the signature" "$said" \
    "curl -sS -i -X POST 'http://localhost:8080/in?a=1' *-H 'X-Twilio-Signature: *=' *Body=it%27s*"
is "by its seed" "$said" "$("$offwire" webhook twilio --to whatsapp:+14155238886 \
    --token a-token --from whatsapp:+15551234567 --seed 7 --body "it's" --print \
    'http://localhost:8080/in?a=1')"

# What the documentation of Twilio's signature has as its example, but for the
# order, which has no weight.
cat >vector.json <<'END'
{ "offwire": 1, "webhooks": { "vector": { "arguments": { "digits": "what was pressed" },
  "request": { "url": "{{ arg.url }}", "sign": { "scheme": "twilio", "token": "12345" },
    "form": "{{ { Digits = arg.digits, To = '+18005551212', From = '+14158675309', Caller = '+14158675309', CallSid = 'CA1234567890ABCDE', None = nil } }}" } } } }
END
out=$("$offwire" webhook vector --rules vector.json --digits 1234 --print \
    'https://mycompany.com/myapp.php?foo=1&bar=2')
like "a signature is the one that is known" "$out" \
    "*X-Twilio-Signature: RSOYDt4T1cUTdK1PDd93/VVr8B8=*"
out=$("$offwire" webhook vector --rules vector.json --digits 1234 http://192.0.2.1/ 2>&1)
is "it does not leave the machine" "$?" 1
like "unless it is told to" "$out" '*192.0.2.1 is neither loopback nor private*'
out=$("$offwire" webhook vector --rules vector.json http://127.0.0.1:1/ 2>&1)
is "nobody listens" "$?" 1
like "and what to do about it" "$out" '*no answer from http://127.0.0.1:1/:*--wait*'

# Another API's, by its own way to sign (standardwebhooks.com): its body, its id
# and its time, with what the secret is in base64.
out=$("$offwire" webhook openai --secret whsec_c2VjcmV0 --webhook-id wh_1 \
    --timestamp 1700000000 --event-id evt_1 --id resp_1 --print http://localhost/)
body='{"id":"evt_1","object":"event","created_at":1700000000,"type":"response.completed","data":{"id":"resp_1"}}'
like "another API's has its body" "$out" "*--data-raw '$body'"
if $python -c 'import hmac' 2>/dev/null; then
    like "and its signature" "$out" "*-H 'webhook-signature: v1,$($python -c '
import base64, hashlib, hmac, sys
sum = hmac.new(b"secret", ("wh_1.1700000000." + sys.argv[1]).encode(), hashlib.sha256)
print(base64.b64encode(sum.digest()).decode())' "$body")'*"
else
    skip "and its signature" "python3 is not installed"
fi

# A webhook whose answer is no list is a fault of its rule file.
cat >odd.json <<'END'
{ "offwire": 1, "webhooks": { "odd": { "text": "digits", "request": { "url": "{{ arg.url }}" } } } }
END
out=$("$offwire" check odd.json 2>&1)
like "a mistake in a webhook has its place" "$out" \
    'offwire: odd.json:1:48: /webhooks/odd/text: there is no argument "digits"*'

if ! $python -c 'import twilio' 2>/dev/null; then
    skip "a program gets it" "python3-twilio is not installed"
    done_testing
    exit
fi

# start ARGUMENT...: the bot, and its port.
start()
{
    mkfifo fifo
    $python "$clients/py_bot.py" "$@" >fifo &
    bot=$!
    exec 3<fifo
    rm fifo
    read -r port <&3
    url=http://127.0.0.1:$port/in?a=b%20c
}

start a-token
send --body "Hi there" "$url"
is "a signed message is taken" "$status" 0
like "and what is answered is printed" "$said" \
    "200 OK, text/xml, 1 message,*< Hello Ada, you said: Hi there"
read -r came <&3
for name in AccountSid ApiVersion Body ChannelMetadata From MessageSid \
    MessageType NumMedia NumSegments ProfileName ReferralNumMedia SmsMessageSid \
    SmsSid SmsStatus To WaId; do
    case $came in
    *"\"$name\": \""*) ;;
    *) missing="$missing $name" ;;
    esac
done
is "with all that a WhatsApp message has" "$missing" ""

said=$("$offwire" webhook twilio --from +15551234567 --to +15005550006 \
    --token a-token --timeout 50s --media http://localhost/a.jpg?x --media http://localhost/b.pdf \
    --param ToCity=PARIS "$url" 2>&1)
read -r came <&3
like "an SMS has its own" "$came" '*"FromCountry": "US"*"MediaContentType0": "image/jpeg", "MediaContentType1": "application/pdf", "MediaUrl0": "http://localhost/a.jpg?x"*"MessageSid": "MM*"NumMedia": "2"*"ToCity": "PARIS"*'

send --token wrong "$url"
is "a forged one is not" "$status" 1
like "and it is told why" "$said" "403 Forbidden*| forged*is --token its auth token*"
send --body two "$url"
like "messages are told apart" "$said" '*2 messages*
< One & <only>
< Look
< (media: \["https://example.com/a.png"\])'
send --body two --json "$url"
like "or are JSON" "$said" '{*"status":200,*"messages":\["One & <only>",{*"text":"Look"*}\]}'
send --body nothing "$url"
like "an empty answer has none" "$said" '*0 messages*'
send --body plain "$url"
like "a plain text is a message" "$said" '*1 message*< Just text'
send --body broken "$url"
is "what is no TwiML is not well" "$status" 1
like "and named" "$said" '*TwiML is a <Response>, not a <html>*'
said=$("$offwire" webhook twilio.status --status undelivered --token a-token \
    --timeout 50s \
    --to whatsapp:+15551234567 "$url" 2>&1)
like "a status is taken" "$said" '204 No Content*'
out=$("$offwire" webhook twilio.status --status failed --error 30007 --token x --print "$url")
like "and has its code" "$out" '*ErrorCode=30007*MessageStatus=failed*'
out=$("$offwire" webhook twilio.status --status gone --token x --print "$url" 2>&1)
like "and is one of those that there are" "$out" '*--status cannot be "gone"*'
send --body fail --retries 1 "$url"
is "a failure is not well" "$status" 1
like "though it is tried again" "$said" '500 Internal Server Error*attempt 2*| it broke*'
send --body quit "$url"
wait $bot
exec 3<&-

start a-token https://bot.example.com/in
send --body known --as https://bot.example.com/in "http://127.0.0.1:$port/in"
like "what is signed is what the world knows" "$said" '200 *< Hello Ada, you said: known'
send --body quit --as https://bot.example.com/in "http://127.0.0.1:$port/in"
wait $bot
exec 3<&-

# Who listens later is waited for: the port is taken, and refuses until then.
cat >later.py <<'END'
import http.server
import sys

class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Hook, False)
server.server_bind()
print(server.server_address[1], flush=True)
sys.stdin.read()
server.server_activate()
server.handle_request()
END
mkfifo port go
$python later.py <go >port &
server=$!
exec 4>go
read -r port <port
"$offwire" webhook twilio --from +15551234567 --to +15551234568 --token x \
    --wait 50s --timeout 50s "http://127.0.0.1:$port/" >out 2>&1 4>&- &
waiting=$!
sleep 0.3
exec 4>&-
wait $server
ok "somebody who listens later is waited for" wait $waiting

if has node && node -e "require('twilio')" 2>/dev/null; then
    mkfifo fifo
    node "$clients/js_hook_check.cjs" a-token >fifo &
    bot=$!
    exec 3<fifo
    read -r port <&3
    send --body "Grüße, +1 & 2" --media http://a/b --media http://a/b "http://127.0.0.1:$port/in?a=b"
    read -r came <&3
    wait $bot
    is "Twilio's SDK for Node takes it" "$status $came" "0 valid true forged false"
else
    skip "Twilio's SDK for Node takes it" "the npm package twilio is not installed"
fi
done_testing
