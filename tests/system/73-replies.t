#!/bin/sh
# Replies: a file of what a model says, before the files that know how APIs
# write it; unmodified curl on the real URLs.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has curl || skip_all "curl is missing"

# Two APIs, each with a format of its own, and a reply for what nobody said.
cat >"$work/chat.json" <<'END'
{ "offwire": 1, "hosts": ["api.openai.com"],
  "replies": [ { "text": "canned" } ],
  "rules": [ { "when": { "path": "/v1/chat/completions" }, "then": { "replies": {
    "conversation": { "model": "{{ req.json.model }}", "stream": "{{ req.json.stream }}",
      "messages": "{{ req.json.messages }}", "role": "{{ item.role }}", "text": "{{ text(item.content) }}",
      "tool_result": "{{ item.role == 'tool' and text(item.content) }}" },
    "plain": { "json": { "choices": [ { "message": "{{ { content = reply.text or null, tool_calls = map(reply.tool_calls, function(c) return { name = c.name, arguments = c.text } end) } }}" } ] } },
    "stream": { "stream": { "sse": [
      { "each": "{{ reply.pieces }}", "data": { "delta": "{{ item }}" } }, { "data": "[DONE]" } ] } },
    "error": { "status": "{{ reply.error.status }}", "headers": { "retry-after": "{{ reply.error.retry_after }}" },
               "json": { "error": { "type": "{{ reply.error.type }}" } } } } } } ] }
END
cat >"$work/messages.json" <<'END'
{ "offwire": 1, "hosts": ["api.anthropic.com"],
  "rules": [ { "when": { "path": "/v1/messages" }, "then": { "replies": {
    "conversation": { "model": "{{ req.json.model }}", "messages": "{{ req.json.messages }}",
      "role": "{{ item.role }}", "text": "{{ text(item.content) }}" },
    "plain": { "json": { "content": [ { "type": "text", "text": "{{ reply.text }}" } ] } } } } } ] }
END
cat >"$work/mine.json" <<'END'
{ "offwire": 1,
  "replies": [
    { "prompt": "~2\\s*\\+\\s*2", "text": "4" },
    { "prompt": "~my name", "history": "~[Mm]y name is (?<name>\\w+)", "text": "Your name is {{ m.name }}" },
    { "prompt": "~weather in (?<city>\\w+)", "tool_calls": [ { "name": "get_weather", "arguments": { "city": "{{ m.city }}" } } ] },
    { "tool_result": "~sunny", "text": "It is sunny." },
    { "prompt": "~fail", "error": { "status": 429, "type": "rate_limit", "retry_after": "2s" } },
    { "model": "~^claude", "text": "I am a stand-in for {{ req.json.model }}." } ] }
END
rules=$work/mine.json:$work/chat.json:$work/messages.json
chat=https://api.openai.com/v1/chat/completions
messages=https://api.anthropic.com/v1/messages

# ask URL MESSAGES MEMBERS...: what curl gets for it.
ask()
{
    ow curl -sS -H 'content-type: application/json' \
        -d "{\"model\":\"${4:-gpt-4o}\",\"messages\":[$2]${3:+,$3}}" "$1"
}

# user TEXT: a message.
user()
{
    printf '{"role":"user","content":"%s"}' "$1"
}

is "a reply of one's own file is told by another's rule" \
    "$(ask $chat "$(user '2+2')")" \
    '{"choices":[{"message":{"content":"4"}}]}'
was_there "curl" '"url":"https://api.openai.com/v1/chat/completions"'
is "it is streamed as the request asks" \
    "$(ask $chat "$(user '2+2')" '"stream":true' | tr -d '\n')" \
    'data: {"delta":"4"}data: [DONE]'
is "history is remembered" \
    "$(ask $chat "$(user 'My name is Ann'),$(user 'What is my name?')")" \
    '{"choices":[{"message":{"content":"Your name is Ann"}}]}'
is "tools are called" "$(ask $chat "$(user 'the weather in Paris')")" \
    '{"choices":[{"message":{"content":null,"tool_calls":[{"arguments":"{\"city\":\"Paris\"}","name":"get_weather"}]}}]}'
is "and their results are answered" \
    "$(ask $chat "$(user 'the weather in Paris'),{\"role\":\"tool\",\"content\":\"sunny\"}")" \
    '{"choices":[{"message":{"content":"It is sunny."}}]}'
is "errors are the API's own" \
    "$(ow curl -sS -o /dev/null -w '%{http_code} %header{retry-after}' \
        -d "{\"messages\":[$(user 'please fail')]}" $chat)" \
    "429 2"
is "the same replies do for another API" \
    "$(ask $messages "$(user 'who?')" '' claude-x)" \
    '{"content":[{"type":"text","text":"I am a stand-in for claude-x."}]}'
is "what nobody said is canned" "$(ask $chat "$(user 'else')")" \
    '{"choices":[{"message":{"content":"canned"}}]}'
is "check counts them" "$("$offwire" check "$work/mine.json")" \
    "$work/mine.json: 0 rules, 6 replies for 0 hosts"
is "explain knows them" \
    "$("$offwire" explain --rules "$rules" -d "{\"messages\":[$(user 'fail')]}" \
        POST $chat | sed -n 2p)" \
    "  status 429, application/json, 31 bytes, the reply at $work/mine.json:7"
rules=$work/mine.json:$work/messages.json
said=$(ow curl -sS -o /dev/null -w '%{http_code}' \
    -d "{\"model\":\"x\",\"messages\":[$(user 'else')]}" $messages 2>&1)
like "no reply is an answer that says so" "$said" \
    '*no reply fits; the prompt is "else"*500'
done_testing
