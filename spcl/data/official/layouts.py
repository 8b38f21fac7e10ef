"""How each data set of the field lies on disk once its archives are unpacked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from spcl.config.sections.inputs import TargetName
from spcl.data.official.classes import Encoding

Part = Literal["train", "val"]


@dataclass(frozen=True)
class Layout:
    """Where images and labels of a data set stand, and how one belongs to the other.

    A label has the path of its image with another folder on top and another ending.

    Attributes:
        name: what `data.source` and `data.target` call it.
        title: what people call it.
        image_folder: folder of all images, below the root.
        label_folder: folder of all labels, below the root.
        image_end: how names of images end.
        label_ends: how names of labels end; of two that are there, the first is read.
        below: folders of a split below both, as a pattern; "" for none.
        encoding: how labels name classes.
        published: number of images of each split.
        archives: the files to download, images then labels.
        val_every: where the data set has no split of its own, one image in so many is val.
        resizes_labels: whether some labels have another size than their images.
        without_labels: splits that are published without labels.
        named_by_folder: whether names of images begin with the folder that tells them apart.
        other_labels: endings of label files that hold something else.
    """

    name: TargetName
    title: str
    image_folder: str
    label_folder: str
    image_end: str
    label_ends: tuple[str, ...]
    below: Mapping[Part, str]
    encoding: Encoding
    published: Mapping[Part, int]
    archives: tuple[str, str]
    val_every: int = 0
    resizes_labels: bool = False
    without_labels: tuple[Part, ...] = ()
    named_by_folder: bool = False
    other_labels: tuple[str, ...] = field(default=())

    def images(self, root: Path, part: Part) -> list[Path]:
        """List the images of a split, by path."""
        found = sorted(self._found(root, self.image_folder, part, self.image_end))
        if not self.val_every:
            return found
        is_val = part == "val"
        return [path for i, path in enumerate(found) if (i % self.val_every == 0) is is_val]

    def labels(self, root: Path, part: Part) -> set[Path]:
        """List all files that are labels of a split, or of all where it has none of its own."""
        return {
            path
            for end in self.label_ends
            for path in self._found(root, self.label_folder, part, end)
        }

    def labels_of(self, root: Path, image: Path) -> Iterator[Path]:
        """Yield where the label of an image may be, the one to be read first."""
        below = image.relative_to(root / self.image_folder)
        begin = below.name.removesuffix(self.image_end)
        for end in self.label_ends:
            yield root / self.label_folder / below.parent / f"{begin}{end}"

    def name_of(self, root: Path, image: Path) -> str:
        """Return what an image is called, without the ending that all have."""
        name = image.name.removesuffix(self.image_end)
        top = image.relative_to(root / self.image_folder).parts[0]
        return f"{top}_{name}" if self.named_by_folder else name

    def pattern(self, part: Part) -> str:
        """Return where images of a split are expected, for people."""
        below = self.below[part].replace("*", "...")
        return "/".join(word for word in (self.image_folder, below, f"*{self.image_end}") if word)

    def _found(self, root: Path, folder: str, part: Part, end: str) -> Iterator[Path]:
        top = root / folder
        for path in top.glob(f"{self.below[part]}/*{end}".lstrip("/")):
            if not path.name.startswith(".") and not path.name.endswith(self.other_labels):
                yield path


_FLAT: Mapping[Part, str] = {"train": "", "val": ""}
_MADE_BY_OTHERS = ("_labelTrainIds.png", "_labelIds.png")
"""Labels that other programs write beside the published ones, for themselves."""

LAYOUTS: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout(
            name="gta5",
            title="GTA5",
            image_folder="images",
            label_folder="labels",
            image_end=".png",
            label_ends=(".png",),
            below=_FLAT,
            encoding="label ids",
            published={"train": 24_466, "val": 500},
            archives=("01_images.zip to 10_images.zip", "01_labels.zip to 10_labels.zip"),
            val_every=50,
            resizes_labels=True,
            other_labels=_MADE_BY_OTHERS,
        ),
        Layout(
            name="synthia",
            title="SYNTHIA RAND-CITYSCAPES",
            image_folder="RGB",
            label_folder="GT/LABELS",
            image_end=".png",
            label_ends=(".png",),
            below=_FLAT,
            encoding="synthia",
            published={"train": 9_212, "val": 188},
            archives=("SYNTHIA_RAND_CITYSCAPES.rar", "SYNTHIA_RAND_CITYSCAPES.rar"),
            val_every=50,
            other_labels=_MADE_BY_OTHERS,
        ),
        Layout(
            name="synscapes",
            title="Synscapes",
            image_folder="img/rgb",
            label_folder="img/class",
            image_end=".png",
            label_ends=(".png",),
            below=_FLAT,
            encoding="label ids",
            published={"train": 24_500, "val": 500},
            archives=("synscapes.tar", "synscapes.tar"),
            val_every=50,
            other_labels=_MADE_BY_OTHERS,
        ),
        Layout(
            name="cityscapes",
            title="Cityscapes",
            image_folder="leftImg8bit",
            label_folder="gtFine",
            image_end="_leftImg8bit.png",
            label_ends=("_gtFine_labelIds.png", "_gtFine_labelTrainIds.png"),
            below={"train": "train/*", "val": "val/*"},
            encoding="label ids",
            published={"train": 2_975, "val": 500},
            archives=("leftImg8bit_trainvaltest.zip", "gtFine_trainvaltest.zip"),
        ),
        Layout(
            name="acdc",
            title="ACDC",
            image_folder="rgb_anon",
            label_folder="gt",
            image_end="_rgb_anon.png",
            label_ends=("_gt_labelTrainIds.png", "_gt_labelIds.png"),
            below={"train": "*/train/*", "val": "*/val/*"},
            encoding="label ids",
            published={"train": 1_600, "val": 406},
            archives=("rgb_anon_trainvaltest.zip", "gt_trainval.zip"),
            named_by_folder=True,
        ),
        Layout(
            name="dark_zurich",
            title="Dark Zurich",
            image_folder="rgb_anon",
            label_folder="gt",
            image_end="_rgb_anon.png",
            label_ends=("_gt_labelTrainIds.png", "_gt_labelIds.png"),
            below={"train": "train/night/*", "val": "val/night/*"},
            encoding="label ids",
            published={"train": 2_416, "val": 50},
            archives=("Dark_Zurich_train_anon.zip", "Dark_Zurich_val_anon.zip"),
            without_labels=("train",),
        ),
    )
}


def recognized(root: Path) -> Layout | None:
    """Return which data set lies at `root`, by its folders; None if it is none of them."""
    if any((root / "rgb_anon" / part).is_dir() for part in ("train", "val")):
        return LAYOUTS["dark_zurich"]
    for name, layout in LAYOUTS.items():
        is_one = (root / layout.image_folder).is_dir() or (root / layout.label_folder).is_dir()
        if name != "gta5" and is_one:
            return layout
    is_gta5 = all((root / folder).is_dir() for folder in ("images", "labels"))
    return LAYOUTS["gta5"] if is_gta5 else None
