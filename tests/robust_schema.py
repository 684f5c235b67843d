# SPDX-License-Identifier: GPL-2.0-or-later
"""Every object that robust prints of a changed log, against the schema.

python3-jsonschema takes 6 ms for an object, and there are tens of thousands. So the
schema is compiled once into closures, of the keywords that it uses (another one ends
this); jsonschema itself looks at each that they refuse and at every 100th, and must
agree. Reads NDJSON from standard input; prints what is wrong and a last line."""
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "share" / "oomwhy.schema.json"
LOOK_AGAIN = 100
MOST_SHOWN = 20
WORDS = {"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "format",
         "default", "then", "else", "minimum", "maximum"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(name):
    if name == "integer":
        return lambda v: type(v) is int or type(v) is float and v.is_integer()
    if name == "number":
        return lambda v: type(v) in (int, float)
    kind = TYPES[name]
    return lambda v: type(v) is kind


class Compiler:
    """compile(schema) is a function: value, path -> None, or what is wrong."""

    def __init__(self, root):
        self.root = root
        self.made = {}

    def reference(self, name):
        if name not in self.made:
            self.made[name] = None  # a schema may hold itself
            part = self.root
            for step in name.removeprefix("#/").split("/"):
                part = part[step]
            self.made[name] = self.compile(part)
        made = self.made
        return lambda v, p: made[name](v, p)

    def compile(self, schema):
        if schema is True:
            return lambda v, p: None
        if schema is False:
            return lambda v, p: f"{p}: is not allowed"
        checks = []
        for word, told in schema.items():
            if word in WORDS and word not in ("minimum", "maximum"):
                continue
            checks.append(getattr(self, "do_" + word.lstrip("$"), self.unknown)(told, schema, word))
        checks = [c for c in checks if c]

        def check(v, p):
            for one in checks:
                wrong = one(v, p)
                if wrong:
                    return wrong
            return None
        return checks[0] if len(checks) == 1 else check

    def unknown(self, told, schema, word):
        raise SystemExit(f"robust_schema: the schema uses {word!r}, which this cannot do")

    def do_ref(self, told, schema, word):
        return self.reference(told)

    def do_type(self, told, schema, word):
        kinds = [is_type(t) for t in (told if isinstance(told, list) else [told])]
        return lambda v, p: None if any(k(v) for k in kinds) else f"{p}: {v!r} is no {told}"

    def do_enum(self, told, schema, word):
        return lambda v, p: None if v in told else f"{p}: {v!r} is not in {told}"

    def do_const(self, told, schema, word):
        return lambda v, p: None if v == told and type(v) is type(told) else f"{p}: {v!r} is not {told!r}"

    def do_minimum(self, told, schema, word):
        return lambda v, p: f"{p}: {v} < {told}" if type(v) in (int, float) and v < told else None

    def do_maximum(self, told, schema, word):
        return lambda v, p: f"{p}: {v} > {told}" if type(v) in (int, float) and v > told else None

    def do_pattern(self, told, schema, word):
        search = re.compile(told).search
        return lambda v, p: None if type(v) is not str or search(v) else f"{p}: {v!r} is not {told}"

    def do_minLength(self, told, schema, word):
        return lambda v, p: f"{p}: is too short" if type(v) is str and len(v) < told else None

    def do_minItems(self, told, schema, word):
        return lambda v, p: f"{p}: has too few" if type(v) is list and len(v) < told else None

    def do_maxItems(self, told, schema, word):
        return lambda v, p: f"{p}: has too many" if type(v) is list and len(v) > told else None

    def do_minProperties(self, told, schema, word):
        return lambda v, p: f"{p}: has too few" if type(v) is dict and len(v) < told else None

    def do_uniqueItems(self, told, schema, word):
        return lambda v, p: f"{p}: has one twice" if told and type(v) is list and \
            len({json.dumps(i, sort_keys=True) for i in v}) < len(v) else None

    def do_required(self, told, schema, word):
        def check(v, p):
            for key in told if type(v) is dict else ():
                if key not in v:
                    return f"{p}: lacks {key}"
            return None
        return check

    def do_dependentRequired(self, told, schema, word):
        def check(v, p):
            for key, needs in told.items() if type(v) is dict else ():
                if key in v:
                    for need in needs:
                        if need not in v:
                            return f"{p}: has {key} and lacks {need}"
            return None
        return check

    def do_propertyNames(self, told, schema, word):
        name_wrong = self.compile(told)

        def check(v, p):
            for key in v if type(v) is dict else ():
                if name_wrong(key, p):
                    return f"{p}: the key {key!r} is not allowed"
            return None
        return check

    def do_properties(self, told, schema, word):
        parts = {key: self.compile(part) for key, part in told.items()}

        def check(v, p):
            if type(v) is dict:
                for key, value in v.items():
                    part = parts.get(key)
                    wrong = part and part(value, key)
                    if wrong:
                        return f"{p}.{wrong}"
            return None
        return check

    def do_additionalProperties(self, told, schema, word):
        named = schema.get("properties", {})
        part = self.compile(told)

        def check(v, p):
            if type(v) is dict:
                for key, value in v.items():
                    wrong = key not in named and part(value, key)
                    if wrong:
                        return f"{p}.{wrong}"
            return None
        return check

    def do_items(self, told, schema, word):
        part = self.compile(told)

        def check(v, p):
            if type(v) is list:
                for i, value in enumerate(v):
                    wrong = part(value, i)
                    if wrong:
                        return f"{p}.{wrong}"
            return None
        return check

    def do_allOf(self, told, schema, word):
        parts = [self.compile(part) for part in told]
        return lambda v, p: next((w for w in (part(v, p) for part in parts) if w), None)

    def do_anyOf(self, told, schema, word):
        parts = [self.compile(part) for part in told]
        return lambda v, p: None if any(part(v, p) is None for part in parts) else f"{p}: no form of it fits"

    def do_if(self, told, schema, word):
        condition = self.compile(told)
        then, other = self.compile(schema.get("then", True)), self.compile(schema.get("else", True))
        return lambda v, p: other(v, p) if condition(v, p) else then(v, p)


def main():
    schema = json.loads(SCHEMA.read_text())
    wrong_in = Compiler(schema).compile(schema)
    slow = jsonschema.Draft202012Validator(schema) if jsonschema else None
    count, again, failed, shown = 0, 0, 0, set()
    for line in sys.stdin.buffer:
        event = json.loads(line)
        count += 1
        wrong = wrong_in(event, "")
        if slow and (wrong or count % LOOK_AGAIN == 0):
            again += 1
            if slow.is_valid(event) == bool(wrong):
                wrong = f"jsonschema does not agree about: {wrong}"
        if wrong:
            failed += 1
            short = re.sub(r"-?\d+", "N", wrong)
            if short not in shown and len(shown) < MOST_SHOWN:
                shown.add(short)
                print(f"FAIL robust: the schema: {wrong[:300]}: {event['cause']['slug']}, "
                      f"id {event['id']}")
    if not slow:
        print("robust: python3-jsonschema is not here to agree about the schema")
    print(f"schema: {count} objects, {failed} of them wrong; jsonschema looked at {again}")


main()
