#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests/lab/compose.py writes is what lies in tests/fixtures, and what was written by hand stays."""

import filecmp
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BY_HAND = "unknown--any-composed-by-hand"


def main():
    passed, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        there = pathlib.Path(folder)
        (there / BY_HAND).mkdir()
        (there / BY_HAND / "log").write_text("Mem-Info:\n")
        for _ in range(2):  # once more over what is there
            subprocess.run([sys.executable, HERE / "lab" / "compose.py", folder], stdout=subprocess.DEVNULL, check=True)
        if (there / BY_HAND / "log").exists():
            passed += 1
        else:
            wrong.append("a fixture that was written by hand is gone")
        for made in sorted(there.iterdir()):
            if made.name == BY_HAND:
                continue
            names = [f.name for f in made.iterdir()]
            _, differ, lacks = filecmp.cmpfiles(made, HERE / "fixtures" / made.name, names, shallow=False)
            passed += not differ and not lacks
            wrong += [f"{made.name}/{name} is another in tests/fixtures" for name in differ + lacks]
    for words in wrong:
        print(f"FAIL {words}")
    print(f"composed: {passed} passed, {len(wrong)} failed, 0 skipped")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
