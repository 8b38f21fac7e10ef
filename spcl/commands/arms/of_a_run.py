"""A finished run held against source-only and AdaBN: trained if missing, and told as a table."""

import json
from typing import Any

from rich.console import Console

from spcl.ablation.beside import compare
from spcl.commands.arms.output import arms_json
from spcl.commands.arms.tables import class_tables
from spcl.commands.line.progress import training_progress
from spcl.store.baselines.reader import TARGET_SPLIT
from spcl.store.reader import Run


def print_comparison(run: Run, console: Console, *, as_text: bool = True) -> None:
    """Compare a finished run with source-only and AdaBN, and print the table (or JSON)."""
    from spcl.adapt import Adaptation, run_to_end
    from spcl.training.plan import OnUpdate

    def with_progress(adaptation: Adaptation, on_update: OnUpdate) -> None:
        title = "For comparison: the same number of updates on the source only"
        with training_progress(title) as progress:

            def report(*state: Any) -> None:
                progress(*state)
                on_update(*state)

            run_to_end(adaptation, report)

    scores = compare(run, run_to_end=with_progress)
    if not as_text:
        print(json.dumps({"arms": arms_json(scores)}))
        return
    for table in class_tables(scores, width=console.width, change=("before", "spcl")):
        console.print(table)
    console.print(
        f"{run.path}: before, source_only and adabn against spcl (adapted), IoU in % on "
        f"{scores[-1].baseline.num_images} {TARGET_SPLIT} images; source_only and adabn come from "
        "a second run of equal length from the same warm-up. The last row says whose batch-norm "
        "statistics a score was read with.",
        markup=False,
        highlight=False,
    )
