"""Why something of a data set is not where it belongs: the usual causes, told with what to do."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from spcl.data.official.layouts import Layout, Part, recognized

_ARCHIVES = (".zip", ".tar", ".rar", ".7z", ".gz")


def near(root: Path) -> Layout | None:
    """Return which data set lies at `root` or a level beside it, whose audit then says so."""
    found = recognized(root)
    if found is not None or not root.is_dir():
        return found
    above = [*root.absolute().parents][:3]
    places = (recognized(place) for place in (*_entries(root), *above))
    return next((layout for layout in places if layout is not None), None)


def no_images(layout: Layout, root: Path, part: Part) -> str:
    """Say why a split has no image, and what to do."""
    title, folder = layout.title, layout.image_folder
    expected = f"{title} has its images in {layout.pattern(part)}"
    if not root.is_dir():
        return f"{root} is not a folder; name the one that {title} was unpacked into"
    for place in (root, root / folder):
        if place.is_dir() and not os.access(place, os.R_OK | os.X_OK):
            return f"{place} may not be read; change its permissions (chmod +rx)"
    if (root / folder).is_dir():
        return _empty(layout, root, part)
    elsewhere = _other_level(layout, root)
    if elsewhere is not None:
        side = "above" if root in elsewhere.parents else "below"
        return f"{root} is a level {side} the root of {title}; name {elsewhere}"
    if (root / layout.label_folder).is_dir():
        return (
            f"{root} has {layout.label_folder} without {folder}: the labels of {title} are there, "
            f"its images are not; unpack {layout.archives[0]} there, too"
        )
    return f"{root} has no {folder}; {expected}" + _packed(root)


def _empty(layout: Layout, root: Path, part: Part) -> str:
    folder = root / layout.image_folder
    expected = f"{layout.title} has them in {layout.pattern(part)}"
    below = layout.below[part].partition("*")[0].strip("/")
    if below and not (folder / below).is_dir():
        others = sorted(path.name for path in _entries(folder) if path.is_dir())
        has = f"it has {', '.join(others[:4])} only" if others else "it is empty"
        return f"{folder} has no {below} ({has}); {expected}, so unpack {layout.archives[0]} whole"
    lying = next((f"; {path.name} lies there" for path in _entries(folder) if path.is_file()), "")
    return f"{folder} has no images of {part}{lying}; {expected}" + _packed(root)


def _other_level(layout: Layout, root: Path) -> Path | None:
    """Return the root near `root`, where people name the folder above it or one inside it."""
    tops = {layout.image_folder.split("/")[0], layout.label_folder.split("/")[0]}
    for above in [*root.absolute().parents][:3]:
        inside = root.absolute().relative_to(above).parts
        if inside[0] in tops and (above / layout.image_folder).is_dir():
            return above
    return next((one for one in _entries(root) if (one / layout.image_folder).is_dir()), None)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _packed(root: Path) -> str:
    """Say that there is an archive, which must be unpacked first; nothing where there is none."""
    packed = [path for path in _entries(root) if path.suffix.lower() in _ARCHIVES]
    return f"; {packed[0].name} is still packed, so unpack it there" if packed else ""


def missing_labels(
    layout: Layout, root: Path, missing: Sequence[Path], images: Sequence[Path], split: str
) -> str:
    """Say which labels are missing, with the likely cause and what to do."""
    folder, archive = root / layout.label_folder, layout.archives[1]
    counted = f"{len(missing)} of {len(images)} labels of {split} are missing"
    if not folder.is_dir():
        return (
            f"{root} has {layout.image_folder} without {layout.label_folder}, so {counted}; "
            f"unpack {archive} there" + _packed(root)
        )
    label = next(layout.labels_of(root, missing[0]))
    begin = f"{missing[0]} has no label {label.relative_to(root)} ({counted})"
    if layout.name == "cityscapes":
        polygons = label.with_name(label.name.replace("labelIds.png", "polygons.json"))
        if polygons.is_file():
            return (
                f"{begin}, but {polygons.name} is there; labelIds are in {archive}, too "
                "(labelTrainIds need not be made), so unpack it whole"
            )
    return (
        f"{begin}; the download may be partial or not wholly unpacked, so get {archive} again, or "
        "remove the images"
    )


def labels_without_images(
    layout: Layout, root: Path, labels: Collection[Path], images: Collection[Path]
) -> str | None:
    """Say how many labels have no image; None if all have one."""
    used = {label for image in images for label in layout.labels_of(root, image)}
    unused = sorted(set(labels) - used)
    if not unused:
        return None
    return (
        f"{len(unused)} labels in {root / layout.label_folder} have no image, for example "
        f"{unused[0].name}; the images may be downloaded in part ({layout.archives[0]})"
    )


def fewer_than_published(layout: Layout, part: Part, count: int, split: str) -> str | None:
    """Say that a split has fewer images than were published; None if it has them all."""
    published = layout.published[part]
    if count >= published:
        return None
    return (
        f"{split} has {count:,} of the {published:,} images of {layout.title}; the download may be "
        "partial"
    )
