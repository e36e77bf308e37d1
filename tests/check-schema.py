#!/usr/bin/python3
"""check-schema.py [--rules] < OUTPUT: is every line of tcpends' JSON Lines as the schema says?

Beyond JSON Schema it checks that keys stand in the schema's order and never twice, that
the first line is `capture` and the last `summary`; with --rules, which is for
--list-findings, that all are `rule`. Status 77 (skipped) without python3's jsonschema."""
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    print("check-schema.py: python3 has no jsonschema, skipped", file=sys.stderr)
    sys.exit(77)

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, os.pardir, "schema", "tcpends-1.schema.json")


class Wrong(Exception):
    pass


def unique(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise Wrong(f"key {key} twice")
    return dict(pairs)


def no_constant(name):
    raise Wrong(f"{name} is not JSON")


def resolve(schema, node):
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return node


def check_order(schema, node, value, where):
    """Keys as the schema orders them, at every depth."""
    node = resolve(schema, node)
    for choice in node.get("oneOf", []):
        check_order(schema, choice, value, where)
    if isinstance(value, list):
        for item in value:
            check_order(schema, node.get("items", {}), item, where)
    elif isinstance(value, dict):
        properties = node.get("properties")
        if properties and list(value) != list(properties):
            raise Wrong(f"keys of {where}: {list(value)}, want {list(properties)}")
        for key, member in value.items():
            check_order(schema, (properties or {}).get(key, {}), member, f"{where}.{key}")


class Checker:
    def __init__(self, schema):
        self.schema = schema
        self.kinds = [choice["$ref"].rsplit("/", 1)[1] for choice in schema["oneOf"]]
        # one validator per type: its errors name the key, those of oneOf name nothing
        self.validators = {
            kind: jsonschema.Draft7Validator(
                dict(schema["definitions"][kind], definitions=schema["definitions"])
            )
            for kind in self.kinds
        }

    def line(self, text):
        """The type of the line; raises Wrong."""
        try:
            value = json.loads(
                text.decode("utf-8"), object_pairs_hook=unique, parse_constant=no_constant
            )
        except (UnicodeDecodeError, ValueError) as error:
            raise Wrong(f"no JSON: {error}")
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in self.kinds:
            raise Wrong(f"no object of a known type: {kind}")
        for error in self.validators[kind].iter_errors(value):
            path = ".".join(str(step) for step in error.path)
            raise Wrong(f"{kind}.{path}: {error.message}")
        check_order(self.schema, self.schema["definitions"][kind], value, kind)
        return kind


def check_rules(kinds):
    if not kinds or set(kinds) != {"rule"}:
        yield "each line must be a `rule`"


def check_report(kinds):
    if "rule" in kinds:
        yield "a report has no `rule`"
    if not kinds or kinds[0] != "capture" or kinds.count("capture") != 1:
        yield "the first line, and no other, must be `capture`"
    if not kinds or kinds[-1] != "summary" or kinds.count("summary") != 1:
        yield "the last line, and no other, must be `summary`"


def check(lines, checker, check_kinds):
    """What is wrong, one string each."""
    kinds = []
    for number, text in enumerate(lines, 1):
        try:
            kinds.append(checker.line(text))
        except Wrong as wrong:
            kinds.append(None)
            yield f"line {number}: {wrong}"
        if not text.endswith(b"\n"):
            yield f"line {number}: it has no end"
    yield from check_kinds(kinds)


def main():
    check_kinds = check_rules if "--rules" in sys.argv[1:] else check_report
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    wrong = 0
    for message in check(sys.stdin.buffer, Checker(schema), check_kinds):
        print(message)
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
