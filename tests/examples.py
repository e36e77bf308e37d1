#!/usr/bin/env python3
"""The shell commands of examples/*.yml, read by a YAML parser: examples.py FILE

Prints them as one script: a step of the job after the other, as the service would run
them (bash -e, whatever a step's `if` says), but for those that install or build.
"""
import sys

import yaml


def github(job):
    for step in job["steps"]:
        assert ("run" in step) != ("uses" in step), step
        yield step.get("run", "")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = yaml.safe_load(file)
    if "jobs" in document:
        assert True in document, "on: [push]"  # YAML 1.1 reads the word `on` as true
        steps = list(github(document["jobs"]["wire"]))
    else:
        job = document["wire"]
        assert all(isinstance(line, str) for line in job["before_script"] + job["script"])
        steps = ["\n".join(job["before_script"]), "\n".join(job["script"])]
    print("failed=0")
    for step in steps:
        if step and "apt-get" not in step:
            print("bash -e <<'STEP' || failed=$?\n" + step + "\nSTEP")
    print("exit $failed")


main()
