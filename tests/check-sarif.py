#!/usr/bin/python3
"""check-sarif.py FILE: what SARIF 2.1.0 demands of a log such as tcpends writes.

The sections are those of the OASIS Standard. Prints the results, one a line: level,
ruleId, fingerprint, count, suppressed or not, path and line."""
import json
import re
import sys

LEVELS = ("none", "note", "warning", "error")


def need(condition, what):
    if not condition:
        sys.exit(f"check-sarif.py: {what}")


def check_rules(rules):
    ids = [rule["id"] for rule in rules]
    need(len(set(ids)) == len(ids), "3.19.23: ids of rules must differ")
    for rule in rules:
        need(rule["shortDescription"]["text"], "3.49.9: a text")
        need(rule["defaultConfiguration"]["level"] in LEVELS, "3.50.3: a level")
        if not rule["id"].startswith("rule/"):
            need(len(rule["help"]["text"]) > 40, f"{rule['id']}: help is short")
    return ids


def check_location(location):
    place = location["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    need(re.fullmatch(r"[A-Za-z0-9._~/%:-]+", uri), f"3.4.3: {uri} is no URI")
    relative = not uri.startswith("file:///")
    need(relative == ("uriBaseId" in place["artifactLocation"]), "3.4.4: uriBaseId")
    line = place["region"]["startLine"]
    need(isinstance(line, int) and line >= 1, "3.30.5: lines count from 1")
    return f"{uri}:{line}"


def check_result(result, ids):
    need(ids[result["ruleIndex"]] == result["ruleId"], "3.27.6: ruleIndex")
    need(result["level"] in LEVELS, "3.27.10: level")
    need(result["message"]["text"], "3.27.11: message")
    prints = result["partialFingerprints"]
    need(list(prints) == ["tcpends/v1"], "3.27.17: versioned names")
    need(re.fullmatch("[0-9a-f]{16}", prints["tcpends/v1"]), "a fingerprint")
    need(result["occurrenceCount"] >= 1, "3.27.19: occurrenceCount")
    for suppression in result["suppressions"]:
        need(suppression["kind"] in ("inSource", "external"), "3.35.2: kind")
        need(suppression["status"] == "accepted", "3.35.3: status")
    places = [check_location(location) for location in result["locations"]]
    state = "suppressed" if result["suppressions"] else "active"
    print(result["level"], result["ruleId"], prints["tcpends/v1"],
          result["occurrenceCount"], state, *places, sep="\t")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        log = json.load(file)
    need(log["version"] == "2.1.0" and "sarif-schema-2.1.0" in log["$schema"], "3.13")
    need(len(log["runs"]) == 1, "one run")
    run = log["runs"][0]
    need(run["tool"]["driver"]["name"] == "tcpends", "3.19.8: name")
    ids = check_rules(run["tool"]["driver"]["rules"])
    for invocation in run["invocations"]:
        need(isinstance(invocation["executionSuccessful"], bool), "3.20.14")
        for notification in invocation["toolExecutionNotifications"]:
            need(notification["message"]["text"], "3.58.5: message")
    for result in run["results"]:
        check_result(result, ids)


main()
