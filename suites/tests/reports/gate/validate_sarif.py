#!/usr/bin/env python3
"""Holds a SARIF file against the official schema of SARIF 2.1.0.

Usage: validate_sarif.py FILE FOLDER

The schema is $RELU0_SARIF_SCHEMA, else FOLDER/sarif-2.1.0.json, which is fetched once from the npm package
@microsoft/jest-sarif where npm reaches its registry. Prints "valid", "skipped: why", or the errors.
"""
import json
import os
import pathlib
import subprocess
import sys
import tarfile

import jsonschema

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"


def schema_text(folder):
    """The schema; None where it cannot be had."""
    given = os.environ.get("RELU0_SARIF_SCHEMA")
    kept = pathlib.Path(given) if given else folder / "sarif-2.1.0.json"
    if not kept.exists() and not given:
        try:
            packed = subprocess.run(
                ["npm", "pack", "--silent", PACKAGE], cwd=folder, timeout=60, check=True, capture_output=True, text=True
            )
        except (OSError, subprocess.SubprocessError):
            return None
        archive = folder / packed.stdout.split()[-1]
        with tarfile.open(archive) as members:
            text = members.extractfile(MEMBER).read()
        archive.unlink()
        # Renamed into place, so that no other test reads half of it.
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_bytes(text)
        half.rename(kept)
    return kept.read_text(encoding="utf-8")


def main():
    text = schema_text(pathlib.Path(sys.argv[2]))
    if text is None:
        return f"skipped: npm cannot fetch {PACKAGE}, and RELU0_SARIF_SCHEMA names no schema"
    schema = json.loads(text)
    document = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    errors = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(document)]
    return "\n".join(errors) or "valid"


print(main())
