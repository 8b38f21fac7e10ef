"""What the Compare page says of how runs were set."""

from collections.abc import Sequence

import pandas as pd

from dashboard.text.common import counted, listing
from spcl.store.compared.settings import Difference


def settings_table(found: Sequence[Difference], names: Sequence[str]) -> pd.DataFrame:
    """Return one row a setting that differs, one column a run; whether it changes training last."""
    rows = [(one.key, *one.cells, "yes" if one.changes_training else "no") for one in found]
    return pd.DataFrame(rows, columns=["setting", *names, "can change what is learnt"])


def settings_notes(found: Sequence[Difference], names: Sequence[str]) -> str:
    """Return which runs do not record a setting, or which of theirs are defaults.

    Args:
        found: the settings that differ.
        names: short names of the runs.
    """
    parts = []
    for i, name in enumerate(names):
        missing = sum(one.values[i] is None for one in found)
        if missing:
            parts.append(
                f"{name} does not record {missing} of them, so what held there is not known."
            )
    if any(one.defaults[i] for one in found for i in range(len(names))):
        parts.append("Grey, and called default: as it was by default when the run began.")
    silent = [
        name
        for i, name in enumerate(names)
        if all(one.defaults[i] is None for one in found)
        and any(one.values[i] is not None for one in found)
    ]
    if silent:
        who = listing(silent)
        does = "does" if len(silent) == 1 else "do"
        parts.append(f"{who} {does} not record which settings are defaults.")
    return " ".join(parts)


def settings_sentence(found: Sequence[Difference]) -> str:
    """Return how many settings differ, and whether they can change what is learnt."""
    training = sum(one.changes_training for one in found)
    if not found:
        return "Their settings are the same."
    if not training:
        return "They differ in what is recorded only; the training is the same."
    only = [one for one in found if one.changes_training]
    if len(only) == 1 and only[0].key == "seed":
        return "Only the seed differs, so what tells them apart is chance."
    rest = len(found) - training
    more = f", and {rest} that cannot" if rest else ""
    return f"{counted(training, 'setting')} that can change what is learnt{more}."
