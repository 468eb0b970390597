"""Prints what a template of ci/templates runs, as one bash script with its variables.

Usage: steps.py TEMPLATE [NAME=VALUE...]    the inputs, variables or parameters that a user sets; others have defaults
"""
import pathlib
import re
import shlex
import sys

import yaml


def github(text, given):
    """The steps of a composite action that run a script; expressions may name inputs only."""
    action = yaml.safe_load(text)
    inputs = {name: about.get("default") for name, about in action["inputs"].items()}
    unknown = given.keys() - inputs.keys()
    if unknown:
        sys.exit(f"the action has no input {sorted(unknown)}")
    inputs.update(given)

    def value(match):
        name = re.fullmatch(r"inputs\.([\w-]+)", match[1])
        if not name:
            sys.exit(f"'{match[0]}' is no input")
        if inputs[name[1]] is None:
            sys.exit(f"the input '{name[1]}' is required")
        return inputs[name[1]]

    for step in action["runs"]["steps"]:
        if "run" in step:
            for name, text in step.get("env", {}).items():
                yield from variable(name, re.sub(r"\$\{\{\s*(.*?)\s*\}\}", value, text))
            if "${{" in step["run"]:
                sys.exit("an expression inside of a script: what a user gives could be run")
            yield step["run"]


def workflow(text, given):
    """The step of the workflow that uses the action beside it."""
    for job in yaml.safe_load(text)["jobs"].values():
        for step in job["steps"]:
            if "/ci/templates/github@" in step.get("uses", ""):
                yield from github(path.with_name("action.yml").read_text(), {**step["with"], **given})


def gitlab(text, given):
    """The script of the job, and its variables."""
    jobs = yaml.safe_load(text)
    for job in jobs.values():
        for name, text in {**job["variables"], **given}.items():
            yield from variable(name, text)
        yield from job["script"]


def jenkins(text, given):
    """The shell steps of a declarative pipeline, and its parameters."""
    defaults = re.findall(r"string\(name: '(\w+)', defaultValue: '([^']*)'", text)
    for name, default in {**dict(defaults), **given}.items():
        yield from variable(name, default)
    yield from re.findall(r"\bsh '([^']*)'", text)


def variable(name, value):
    yield f"export {name}={shlex.quote(value)}"


path = pathlib.Path(sys.argv[1])
given = dict(argument.split("=", 1) for argument in sys.argv[2:])
read = {"action.yml": github, "workflow.yml": workflow, "gitlab.yml": gitlab, "Jenkinsfile": jenkins}[path.name]
print("#!/usr/bin/env bash", "set -e", *read(path.read_text(), given), sep="\n")
