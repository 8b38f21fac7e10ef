"""A run from files alone: masks, logits and features that any training has left in folders.

docs/own-training.md describes the folders.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spcl.data.class_ids import read_label
from spcl.data.files.decoding import read_ids, read_image
from spcl.data.files.listing import is_hidden, list_images, match_labels
from spcl.errors import UserError
from spcl.label_space import LabelSpace, load_label_space
from spcl.recorder import record
from spcl.recorder.given.outputs import Output
from spcl.store.schema import DOMAINS, Domain

_EXAMPLE = "source/predictions/1000/IMAGE.png"


def record_predictions(
    root: Path,
    runs: Path,
    *,
    title: str = "",
    run_id: str | None = None,
    before: int | None = None,
) -> Path:
    """Record every step found in `root` as a snapshot of a new run; return its folder.

    Args:
        root: the folder with classes.json, source and target.
        runs: folder of all runs.
        title: what people call the run; the folder's name by default.
        run_id: name of the run's folder.
        before: the step that later ones are compared with; the first by default.

    Raises:
        UserError: a folder or file is missing or does not fit; the sentence names it.
    """
    if not root.is_dir():
        raise UserError(f"{root} is not a folder; name one with classes.json, source/ and target/")
    space = load_label_space(root / "classes.json")
    folders = {domain: DomainFolder.open(root, domain, space) for domain in DOMAINS}
    steps = _steps(folders)
    if before is not None and before not in steps:
        raise UserError(f"--before is {before}; use one of {', '.join(map(str, steps))}")
    with record(
        runs,
        space,
        source=folders["source"],
        target=folders["target"],
        names={domain: folder.names for domain, folder in folders.items()},
        steps=steps[-1],
        before=before,
        title=title or root.resolve().name,
        run_id=run_id,
        config={"predictions": str(root.resolve())},
    ) as run:
        for step in steps:
            run.observe(step, partial(_outputs, folders, step))
    return run.path


def _outputs(
    folders: Mapping[Domain, "DomainFolder"], step: int, domain: Domain
) -> Iterator[Output]:
    return folders[domain].outputs(step)


def _steps(folders: Mapping[Domain, "DomainFolder"]) -> list[int]:
    """Return the steps, ascending; both domains must have the same (UserError)."""
    source, target = (folders[domain].steps() for domain in DOMAINS)
    lacking = sorted(set(source) ^ set(target))
    if lacking:
        there, missing = DOMAINS if lacking[0] in source else DOMAINS[::-1]
        raise UserError(
            f"{folders[missing].root}/predictions has no step {lacking[0]}, which "
            f"{there}/predictions has; predict both domains at the same steps"
        )
    return source


@dataclass(frozen=True)
class DomainFolder:
    """Images of a domain, their labels if there are any, and what was predicted at some steps."""

    root: Path
    space: LabelSpace
    images: tuple[Path, ...]
    labels: tuple[Path, ...] | None

    @classmethod
    def open(cls, root: Path, domain: Domain, space: LabelSpace) -> "DomainFolder":
        """List the images of `domain` and their labels (UserError: none, or a label is missing)."""
        folder = root / domain
        images = list_images(folder / "images")
        if not (folder / "labels").is_dir():
            return cls(folder, space, images, None)
        labels, missing = match_labels(folder / "labels", images, domain)
        if missing is not None:
            raise UserError(missing)
        return cls(folder, space, images, labels)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the images, without suffix."""
        return tuple(path.stem for path in self.images)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        return read_image(self.images[index]), self._label(index)

    def _label(self, index: int) -> NDArray[np.uint8] | None:
        if self.labels is None:
            return None
        num_classes, ignore = len(self.space), self.space.ignore
        return read_label(self.labels[index], num_classes=num_classes, ignore=ignore)

    def steps(self) -> list[int]:
        """Return the steps that were predicted, ascending (UserError: none, or no number)."""
        folder = self.root / "predictions"
        if not folder.is_dir():
            raise UserError(f"{folder} does not exist; put masks there, as {_EXAMPLE}")
        names = [path.name for path in folder.iterdir() if not is_hidden(path.name)]
        wrong = sorted(name for name in names if not (name.isascii() and name.isdigit()))
        if wrong:
            raise UserError(
                f"{folder / wrong[0]} is no step; give each step a folder with its number, as "
                f"{_EXAMPLE}"
            )
        if not names:
            raise UserError(f"{folder} is empty; put masks there, as {_EXAMPLE}")
        if len({int(name) for name in names}) < len(names):
            raise UserError(f"{folder} has a step twice, with and without zeros; remove one")
        return sorted(int(name) for name in names)

    def outputs(self, step: int) -> Iterator[Output]:
        """Yield what was predicted of every image at `step` (UserError that names a file)."""
        predictions, features = (self._folder(name, step) for name in ("predictions", "features"))
        assert predictions is not None, "the step was found there"
        for index, path in enumerate(self.images):
            image, label = self[index]
            height, width = image.shape[:2] if label is None else label.shape
            scores = self._scores(predictions, path.stem)
            cells = None if features is None else _array(features / f"{path.stem}.npy", "C")
            yield Output(index, label, (height, width), scores, cells)

    def _folder(self, kind: str, step: int) -> Path | None:
        folder = self.root / kind
        if not folder.is_dir():
            return None
        found = [
            path for path in folder.iterdir() if path.name.isdigit() and int(path.name) == step
        ]
        if not found:
            raise UserError(f"{folder} has no step {step}; give {kind} at every step, or at none")
        return found[0]

    def _scores(self, folder: Path, name: str) -> NDArray[Any]:
        """Return logits (K, h, w) of a .npy, or class ids (h, w) of a .png."""
        num_classes = len(self.space)
        logits = folder / f"{name}.npy"
        if logits.is_file():
            scores = _array(logits, "K")
            if len(scores) != num_classes:
                raise UserError(
                    f"{logits} has logits of {len(scores)} classes; classes.json names "
                    f"{num_classes}"
                )
            return scores
        path = folder / f"{name}.png"
        if not path.is_file():
            raise UserError(f"{path} is missing; give every image a mask, or logits as {name}.npy")
        ids = read_ids(path)
        if (ids >= num_classes).any():
            wrong = ids[ids >= num_classes]
            raise UserError(
                f"{path} has id {wrong[0]} in {len(wrong)} pixels; predict one of the classes 0 to "
                f"{num_classes - 1} in every pixel"
            )
        return ids


def _array(path: Path, axis: str) -> NDArray[np.float32]:
    """Return the finite floats (`axis`, h, w) of a .npy; nothing in it is unpickled (UserError)."""
    try:
        array = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise UserError(f"{path} is missing; give every image one, or none") from None
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path} is no array of numpy ({str(error)[:80]}); save it anew") from None
    if array.ndim != 3 or array.dtype.kind != "f":
        raise UserError(
            f"{path} is {array.dtype} of the shape {array.shape}; save floats ({axis}, h, w)"
        )
    if not np.isfinite(array).all():
        raise UserError(f"{path} holds values that are not finite; leave this step out")
    return np.asarray(array, np.float32)
