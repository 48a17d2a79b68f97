"""The JSON Schema of rule files against the parser.

    schema_check.py OFFWIRE WORK valid FILE...       both take these files
    schema_check.py OFFWIRE WORK cases FILE.case...  both agree on their rules
    schema_check.py OFFWIRE WORK refused FILE...     both refuse these files
    schema_check.py OFFWIRE WORK keys                both know the same keys
    schema_check.py OFFWIRE WORK expected            both take, or both refuse,
                                                     these expectations

Prints what is wrong, a line each; the status is 1 if there is anything. Rules
that are refused for what a schema cannot say (a pattern that does not compile)
are passed over by their sentences, in NOT_OF_STRUCTURE.
"""
import json
import os
import re
import subprocess
import sys

from jsonschema import Draft7Validator

offwire, work, mode = sys.argv[1:4]
faults = 0

# Where each object stands, with "@" for a key that nobody knows.
RULE = {"offwire": 1, "hosts": ["x.test"]}
SAMPLES = {
    "file": {"@": 1, "offwire": 1},
    "rule": {**RULE, "rules": [{"@": 1, "then": {}}]},
    "when": {**RULE, "rules": [{"when": {"@": 1}, "then": {}}]},
    "then": {**RULE, "rules": [{"then": {"@": 1}}]},
    "program": {**RULE, "rules": [{"when": {"program": {"@": 1}}, "then": {}}]},
    "matcher_words": {**RULE, "rules": [{"when": {"body": {"@": 1}}, "then": {}}]},
    "form_matcher_words": {
        **RULE,
        "rules": [{"when": {"form": {"f": {"@": 1}}}, "then": {}}],
    },
    "stream": {**RULE, "rules": [{"then": {"stream": {"@": 1}}}]},
    "event": {**RULE, "rules": [{"then": {"stream": {"sse": [{"@": 1}]}}}]},
    "chunk": {**RULE, "rules": [{"then": {"stream": {"chunks": [{"@": 1}]}}}]},
    "line_of": {
        **RULE,
        "rules": [{"then": {"stream": {"ndjson": [{"each": "{{ {} }}", "@": 1}]}}}],
    },
    "reply": {"offwire": 1, "replies": [{"@": 1}]},
    "tool_call": {"offwire": 1, "replies": [{"tool_calls": [{"@": 1}]}]},
    "reply_error": {"offwire": 1, "replies": [{"error": {"@": 1}}]},
    "reply_usage": {"offwire": 1, "replies": [{"text": "x", "usage": {"@": 1}}]},
    "replies_of": {**RULE, "rules": [{"then": {"replies": {"@": 1}}}]},
    "reply_choice": {
        **RULE,
        "rules": [
            {
                "then": {
                    "replies": {
                        "conversation": {"messages": "x"},
                        "plain": [{"@": 1}],
                    }
                }
            }
        ],
    },
    "conversation": {
        **RULE,
        "rules": [{"then": {"replies": {"conversation": {"@": 1}, "plain": {}}}}],
    },
    "split_at": {
        **RULE,
        "rules": [{"then": {"stream": {"text": "x", "split": {"@": 1}}}}],
    },
    "line_of": {
        **RULE,
        "rules": [{"then": {"stream": {"ndjson": [{"each": "{{ {} }}", "@": 1}]}}}],
    },
    "reply": {**RULE, "replies": [{"@": 1}]},
    "tool_call": {**RULE, "replies": [{"tool_calls": [{"@": 1}]}]},
    "reply_error": {**RULE, "replies": [{"error": {"@": 1}}]},
    "reply_usage": {**RULE, "replies": [{"text": "x", "usage": {"@": 1}}]},
    "replies_of": {**RULE, "rules": [{"then": {"replies": {"@": 1}}}]},
    "conversation": {
        **RULE,
        "rules": [{"then": {"replies": {"conversation": {"@": 1}, "plain": {}}}}],
    },
    "scope_of": {**RULE, "scope": {"@": 1}},
    "connections_of": {**RULE, "connections": {"@": 1}},
    "limit_of": {**RULE, "limit": {"@": 1}},
    "limit": {**RULE, "rules": [{"limit": {"@": 1}, "then": {}}]},
    "network_of": {**RULE, "network": {"@": 1}},
    "network": {**RULE, "rules": [{"network": {"@": 1}, "then": {}}]},
    "websocket_of": {**RULE, "rules": [{"then": {"websocket": {"@": 1}}}]},
    "ws_step": {**RULE, "rules": [{"then": {"websocket": [{"@": 1}]}}]},
    "ws_message": {**RULE, "rules": [{"then": {"websocket": [{"send": {"@": 1}}]}}]},
    "ws_trigger_of": {**RULE, "rules": [{"then": {"websocket": [{"on": {"@": 1}}]}}]},
    "ws_close_of": {**RULE, "rules": [{"then": {"websocket": [{"close": {"@": 1}}]}}]},
    "next_pace": {**RULE, "rules": [{"then": {"next": {"@": 1}}}]},
    "cut": {**RULE, "rules": [{"then": {"cut": {"@": 1}}}]},
    "callback": {**RULE, "rules": [{"then": {}, "after": {"@": 1}}]},
    "callback_test": {
        **RULE,
        "rules": [{"then": {}, "after": {"unless": {"@": 1}, "request": {"url": "x"}}}],
    },
    "callback_request": {**RULE, "rules": [{"then": {}, "after": {"request": {"@": 1}}}]},
    "callback_sign_of": {
        **RULE,
        "rules": [{"then": {}, "after": {"request": {"url": "x", "sign": {"@": 1}}}}],
    },
    "talk": {"offwire": 1, "turns": [{}], "@": 1},
    "talk_turn": {"offwire": 1, "turns": [{"@": 1}]},
    "webhook": {"offwire": 1, "webhooks": {"w": {"@": 1}}},
    "webhook_argument": {
        "offwire": 1,
        "webhooks": {"w": {"arguments": {"a": {"@": 1}}, "request": {"url": "x"}}},
    },
    "curl_result": {**RULE, "rules": [{"then": {"curl": {"@": 1}}}]},
    "resource": {**RULE, "resources": {"r": {"@": 1}}},
    "resource_need": {**RULE, "resources": {"r": {"at": "/r", "requires": {"f": {"@": 1}}}}},
    "resource_content_of": {**RULE, "resources": {"r": {"at": "/r", "content": {"@": 1}}}},
    "resource_step": {**RULE, "resources": {"r": {"at": "/r", "timeline": [{"@": 1}]}}},
    "resource_op": {**RULE, "resources": {"r": {"at": "/r", "get": {"@": 1}}}},
    "resource_action": {
        **RULE,
        "resources": {"r": {"at": "/r", "actions": {"POST /{id}/x": {"@": 1}}}},
    },
    "resource_make": {**RULE, "resources": {"r": {"at": "/r", "make": {"@": 1}}}},
    "resource_change": {**RULE, "resources": {"r": {"at": "/r", "change": {"@": 1}}}},
    "resource_remove": {**RULE, "resources": {"r": {"at": "/r", "remove": {"@": 1}}}},
    "resource_update_of": {**RULE, "resources": {"r": {"at": "/r", "update": {"@": 1}}}},
    "paging_cursor": {**RULE, "resources": {"r": {"at": "/r", "paging": {"@": 1}}}},
    "paging_page": {
        **RULE,
        "resources": {"r": {"at": "/r", "paging": {"@": 1, "style": "page"}}},
    },
    "resource_use": {**RULE, "rules": [{"then": {"resource": {"@": 1}}}]},
}
# The same of files of expectations.
EXPECTED = {
    "expectation": [{"@": 1}],
    "expectations": {"only": True, "@": 1},
}
# A word beside plain keys is another mistake there; the words are the same.
SAME = {"json_matcher_words": "matcher_words"}

NOT_OF_STRUCTURE = re.compile(
    r"pattern|regular|template|\{\{|no such|cannot (open|read)|base64|"
    r"did you mean \"/|without its|acts before|a \"}\"|syntax|"
    r"expected ',|two parameters|no body|methods have case|beside a body|"
    r"for no time at all|whose is it|no rule is called|of a scenario, without|"
    r"/resource|/functions/|no answer is called|there are two answers|cannot stand within|/next: \"next\" cannot|whose requests|cannot set variables|cannot stand beside|neither sends nor waits|"
    r"of \"replies\"|answer to a whole request|stands in \"plain\"|would ever be told|the last one has no"
)


def report(*words):
    global faults
    faults += 1
    print(*words)


def plain(text):
    """JSON with comments and trailing commas -> JSON."""
    token = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.S)
    text = token.sub(lambda m: m[0] if m[0][0] == '"' else " ", text)
    token = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[]}])')
    return token.sub(lambda m: m[0] if m[0][0] == '"' else "", text)


schema = json.loads(subprocess.check_output([offwire, "schema"]))
validator = Draft7Validator(schema)
properties = {
    name: set(definition["properties"])
    for name, definition in schema["definitions"].items()
    if definition.get("additionalProperties") is False
}


def complaints(rules):
    def depth(error):
        return -len(error.absolute_path)

    errors = list(validator.iter_errors(rules))
    while any(e.context for e in errors):
        errors = [c for e in errors for c in (e.context or [e])]
    return [f"/{'/'.join(map(str, e.absolute_path))}: {e.message[:120]}"
            for e in sorted(errors, key=depth)]


def check(text, folder):
    """What offwire check says of it, without the file's name; "" if all is well."""
    path = os.path.join(folder, ".schema-check.json")
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    done = subprocess.run([offwire, "check", path], capture_output=True, text=True)
    os.unlink(path)
    return done.stderr.replace(path, "") if done.returncode else ""


def check_agreement(name, text, folder, said=None):
    said = check(text, folder) if said is None else said
    try:
        rules = json.loads(plain(text))
        found = not validator.is_valid(rules)
    except json.JSONDecodeError:
        rules, found = None, True
    if not said and found:
        why = complaints(rules)[0] if rules is not None else "no JSON"
        report(f"{name}: the parser takes it, the schema does not: {why}")
    if said and not found and not NOT_OF_STRUCTURE.search(said):
        report(f"{name}: the schema takes it, the parser does not: {said}")


def rules_of_case(path):
    text, section = "", None
    for line in open(path, encoding="utf-8", errors="surrogateescape"):
        if line.startswith("== "):
            if section == "rule":
                yield text
            section, text = line.split()[1], ""
        else:
            text += line
    if section == "rule":
        yield text


def check_expected(text):
    """What offwire verify says of it before it looks at a session."""
    done = subprocess.run([offwire, "verify", "-", work], input=text,
                          capture_output=True, text=True)
    return done.stderr


def known_keys(sample, ask=lambda text: check(text, work)):
    text = json.dumps(sample).replace("@", "zzqqxxzz")
    said = ask(text)
    match = re.search(r"expected one of (.*)", said)
    return set(match[1].split(", ")) if match else said


def comes_later(sample, key):
    text = json.dumps(sample).replace("@", key)
    return "comes with a later version" in check(text, work)


def check_keys():
    for name, keys in properties.items():
        if name in SAME:
            if keys != properties[SAME[name]]:
                report(f"{name} and {SAME[name]} are not the same")
            continue
        if name == "fault_of":
            continue
        if name not in SAMPLES and name not in EXPECTED:
            report(f"{name}: add where it stands to SAMPLES")
            continue
        if name in EXPECTED:
            known = known_keys(EXPECTED[name], check_expected)
        else:
            known = known_keys(SAMPLES[name])
        if isinstance(known, str):
            report(f"{name}: the parser says no keys: {known}")
            continue
        for key in keys - known:
            report(f"{name}: \"{key}\" is in the schema, not in the parser")
        for key in known - keys:
            if name in EXPECTED or not comes_later(SAMPLES[name], key):
                report(f"{name}: \"{key}\" is in the parser, not in the schema")


def check_faults():
    by_kind = {
        rule["if"]["properties"]["kind"]["const"]: set(rule["then"]["propertyNames"]["enum"])
        for rule in schema["definitions"]["fault_keys"]["allOf"]
    }
    for kind, keys in by_kind.items():
        sample = {**RULE, "rules": [{"then": {"fault": {"kind": kind, "@": 1}}}]}
        known = known_keys(sample)
        if known != keys:
            report(f"fault {kind}: the parser knows {known}, the schema {keys}")
        for key in keys - properties["fault_of"]:
            report(f"fault {kind}: \"{key}\" has no row in grammar.def")


TAKEN = [
    [], {}, {"path": "/v1"}, [{"rule": ["a", "b*"], "times": ">=2", "status": "4xx"}],
    ["a", {"rule": "b"}], {"calls": ["a"]},
    {"calls": [{"json": {"a": 1}, "status": [200, "5xx"], "since": 3}], "only": True},
    {"offwire": 1, "order": ["a", {"rule": "b", "times": 2}], "strict": True},
]
REFUSED = [
    1, [1], [""], {"rul": 1}, [{"rule": []}], [{"times": "x"}], [{"status": "4x"}],
    [{"vars": {}}], {"calls": {}}, {"only": 1}, {"order": []}, {"order": [1]},
    {"strict": True}, {"only": True, "offwire": 2}, {"only": True, "path": "/"},
]


def check_expectations():
    whole = json.loads(subprocess.check_output([offwire, "schema", "verify"]))
    Draft7Validator.check_schema(whole)
    judge = Draft7Validator(whole)
    for value, is_taken in [(v, True) for v in TAKEN] + [(v, False) for v in REFUSED]:
        text = json.dumps(value)
        # What is taken goes on to look for a session in the folder.
        if ("is no session" in check_expected(text)) != is_taken:
            report(f"the parser: {text}: {check_expected(text)}")
        if judge.is_valid(value) != is_taken:
            report(f"the schema: {text}")


if mode == "valid":
    # Files of a pack need each other: the parser reads them together. Beside an
    # example's rules lie conversations and expectations, too.
    said = {}
    for path in sys.argv[4:]:
        folder = os.path.dirname(path) or "."
        if os.path.basename(os.path.dirname(folder)) != "rules":
            folder = path
        if folder not in said:
            done = subprocess.run([offwire, "check", folder], capture_output=True, text=True)
            said[folder] = done.stderr if done.returncode else ""
        text = open(path, encoding="utf-8").read()
        check_agreement(path, text, folder, said[folder])
elif mode == "cases":
    for path in sys.argv[4:]:
        for text in rules_of_case(path):
            check_agreement(path, text, os.path.dirname(path))
elif mode == "refused":
    for path in sys.argv[4:]:
        text = open(path, encoding="utf-8").read()
        if not check(text, work):
            report(f"the parser takes {text}")
        if validator.is_valid(json.loads(text)):
            report(f"the schema takes {text}")
elif mode == "expected":
    check_expectations()
elif mode == "keys":
    Draft7Validator.check_schema(schema)
    check_keys()
    check_faults()
sys.exit(faults > 0)
