"""What commands there are, in the order of a person's day."""

import sys
from collections.abc import Mapping
from pathlib import Path

DAY: Mapping[str, Mapping[str, str]] = {
    "try": {
        "demo": "adapt on the embedded pair while the dashboard shows it",
    },
    "prepare": {
        "check": "audit a folder pair before training",
    },
    "train": {
        "adapt": "adapt a model to the target and record the run",
    },
    "import": {
        "record": "make a run of masks that another training has left in folders",
        "import-scalars": "take the scalars of a TensorBoard log into a run",
    },
    "look": {
        "runs": "list the runs in a folder",
        "analyse": "compute maps, separability and drift of a run",
        "evaluate": "print the scores of a run",
    },
    "judge": {
        "compare": "say which of some runs is better, and where",
        "ablate": "run the arms of a comparison and print one table",
    },
    "keep": {
        "validate": "read all that a run recorded and say what is damaged",
        "completion": "print what makes bash or zsh complete these commands",
    },
}
"""Part of the day -> command -> what it does."""

COMMANDS = {name: text for part in DAY.values() for name, text in part.items()}


def program() -> str:
    """Return what was typed to get here: `spcl` where it is installed, else `python -m spcl`."""
    return "spcl" if Path(sys.argv[0]).stem == "spcl" else "python -m spcl"


def help_text() -> str:
    """Return the list of all commands under the parts of the day."""
    typed = program()
    dashboard = "spcl-dashboard" if typed == "spcl" else "python -m dashboard"
    lines = [f"usage: {typed} COMMAND ...", ""]
    for part, commands in DAY.items():
        for name, text in commands.items():
            lines.append(f"  {part:8} {name:15} {text}")
            part = ""
    lines += ["", f"{typed} COMMAND --help tells its words; {dashboard} shows the runs."]
    return "\n".join(lines)
