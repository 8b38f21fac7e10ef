"""The map of two runs, made on request: each run's part is written into its own `derived/`."""

from collections.abc import Sequence

import numpy as np

from spcl.analysis.formulas.neighbors import neighbors_kept
from spcl.analysis.maps import embedding
from spcl.analysis.maps.joint import OnPart, joint_layout
from spcl.store.classes import IGNORE_INDEX
from spcl.store.derived.joint import JOINT, joint_part, joint_recipe
from spcl.store.derived.reader import VERSIONS, Layout
from spcl.store.derived.writer import DerivedWriter, scale_for
from spcl.store.reader import Run

PARTS = 5
"""Of the work, as `on_part` counts them."""


def write_joint_map(runs: Sequence[Run], steps: Sequence[int], *, on_part: OnPart) -> str:
    """Lay out a snapshot of each of two runs on one map, and return its recipe.

    What is there already is not made again. Both parts have one scale, so that a place on one is
    the same place on the other.

    Args:
        runs: two runs that observe the same pixels.
        steps: the snapshot of each.
        on_part: told how far it is.

    Raises:
        UserError: the runs cannot be laid out together.
        StoreError: something cannot be read or written.
    """
    infos = [run.info() for run in runs]
    recipe = joint_recipe(infos, steps)
    parts = zip(runs, steps, strict=True)
    if all(joint_part(run, recipe, step) is not None for run, step in parts):
        return recipe
    together = joint_layout(runs, steps, on_part=on_part)
    on_part(PARTS - 1, "classes by their neighbours")
    kept = kept_by_class(runs, steps)
    placed = [np.vstack(both) for both in zip(together.pixels, together.prototypes, strict=True)]
    scale = scale_for(np.vstack(placed))
    for i, (run, step) in enumerate(zip(runs, steps, strict=True)):
        quality = together.quality[i]._asdict()
        layout = Layout(
            method=JOINT,
            recipe=recipe,
            parameters={
                "version": VERSIONS["maps"],
                "neighbors": embedding.NUM_NEIGHBORS,
                "components": embedding.NUM_COMPONENTS,
                "runs": [[info.id, at] for info, at in zip(infos, steps, strict=True)],
            },
            seed=0,
            num_pixels=len(together.pixels[i]),
            num_prototypes=len(together.prototypes[i]),
            scale=scale,
            steps={step: {k: None if v is None else round(v, 4) for k, v in quality.items()}},
            kept=kept,
        )
        writer = DerivedWriter(run)
        writer.write_positions(layout, step, placed[i])
        writer.write_layout(layout)
    return recipe


def kept_by_class(runs: Sequence[Run], steps: Sequence[int]) -> dict[str, float]:
    """Return class name -> mean share of the ten nearest pixels that are the same in both runs.

    Of the target pixels of a class: by truth where the target has any, else by the first run's
    prediction. In each run's full feature space, so that no map and no common space is needed.
    """
    one, other = (run.snapshot(step) for run, step in zip(runs, steps, strict=True))
    pixels = runs[0].probe().pixels
    target = pixels["domain"] == 1
    truth = pixels["class_id"]
    has_truth = bool((truth[target] != IGNORE_INDEX).any())
    class_id = truth if has_truth else one.predictions["class_id"]
    kept = neighbors_kept(one.features, other.features)
    return {
        info.name: round(float(kept[mine].mean()), 4)
        for info in runs[0].info().label_space.classes
        if (mine := target & (class_id == info.id)).any()
    }
