"""What lies in a folder of images or labels: what is used, and what is not and should be said."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spcl.errors import UserError

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")
LABEL_SUFFIXES = (".png", ".bmp", ".tif", ".tiff")

_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin"}


@dataclass(frozen=True)
class Listing:
    """The content of a folder, by name; files of the system and hidden ones are left out.

    Attributes:
        files: files that may be read, by their suffix.
        others: files of other kinds.
        folders: sub-folders.
    """

    files: tuple[Path, ...]
    others: tuple[Path, ...]
    folders: tuple[Path, ...]


def list_folder(folder: Path, suffixes: Sequence[str]) -> Listing:
    """List a folder (UserError if it may not be read); a suffix counts in any case."""
    files, others, folders = [], [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_hidden(entry.name):
                    continue
                path = folder / entry.name
                if entry.is_dir():
                    folders.append(path)
                elif path.suffix.lower() in suffixes and _is_file_or_dead_link(entry):
                    files.append(path)
                else:
                    others.append(path)
    except PermissionError:
        raise UserError(f"{folder} may not be read; change its permissions (chmod +rx)") from None
    return Listing(*(tuple(sorted(paths)) for paths in (files, others, folders)))


def is_hidden(name: str) -> bool:
    """Return whether a name is one that people do not see and did not choose."""
    return name.startswith(".") or name.lower() in _SYSTEM_FILES


def _is_file_or_dead_link(entry: "os.DirEntry[str]") -> bool:
    """Return False for pipes and devices; a dead link is read, and so reported."""
    return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())


def nested_images(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the images at any depth below `folders`."""
    for top in folders:
        for folder, below, names in os.walk(top):
            below[:] = sorted(name for name in below if not is_hidden(name))
            for name in sorted(names):
                if not is_hidden(name) and Path(name).suffix.lower() in IMAGE_SUFFIXES:
                    yield Path(folder) / name


def list_images(folder: Path) -> tuple[Path, ...]:
    """Return a folder's images by name (UserError: missing, empty, a name twice)."""
    if not folder.is_dir():
        raise UserError(
            f"{folder} does not exist; create it and put the images of this split there"
        )
    listing = list_folder(folder, IMAGE_SUFFIXES)
    if not listing.files:
        raise UserError(_no_images(folder, listing))
    require_distinct(folder, listing.files, "images")
    return listing.files


def _no_images(folder: Path, listing: Listing) -> str:
    nested = list(nested_images(listing.folders))
    if nested:
        example = nested[0].relative_to(folder)
        return (
            f"{folder} has no images itself, but {len(nested)} in sub-folders, for example "
            f"{example}; put them directly into {folder.name}/, under names that differ"
        )
    formats = ", ".join(IMAGE_SUFFIXES)
    if listing.others:
        return (
            f"{folder} has no images, but {len(listing.others)} other files, for example "
            f"{listing.others[0].name}; put JPEG or PNG files there ({formats} are read)"
        )
    return f"{folder} has no images; put JPEG or PNG files there"


def require_distinct(folder: Path, files: Sequence[Path], what: str) -> None:
    """Require that no two files share a name without suffix (UserError)."""
    seen: set[str] = set()
    for path in files:
        if path.stem in seen:
            raise UserError(
                f"{folder} has two {what} called {path.stem}; rename one, suffixes do not count"
            )
        seen.add(path.stem)


def match_labels(
    folder: Path, images: Sequence[Path], split: str
) -> tuple[tuple[Path, ...], str | None]:
    """Find the label of each image, the file of its name in `folder`.

    Returns:
        A path for each image, of a file that may be missing, and a sentence if any is.
    """
    present = list_folder(folder, LABEL_SUFFIXES) if folder.is_dir() else Listing((), (), ())
    by_name = _by_stem(present.files)
    for image in images:
        if len(by_name.get(image.stem, ())) > 1:
            require_distinct(folder, by_name[image.stem], "labels")
    labels = tuple(by_name.get(i.stem, [folder / f"{i.stem}.png"])[0] for i in images)
    missing = [image for image in images if image.stem not in by_name]
    if not missing:
        return labels, None
    return labels, _missing(folder, images, missing, present, split)


def _by_stem(files: Sequence[Path]) -> Mapping[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for path in files:
        found[path.stem].append(path)
    return found


def _missing(
    folder: Path, images: Sequence[Path], missing: Sequence[Path], present: Listing, split: str
) -> str:
    """Say which labels are missing, with the likely cause and what to do."""
    first = missing[0]
    counted = f"{len(missing)} of {len(images)} labels of {split} are missing"
    begin = f"{first} has no label {first.stem}.png in {folder} ({counted})"
    remedy = "give each image a PNG of the same name in labels/, or remove the image"
    names = {image.stem for image in images}
    lossy = next((path for path in present.others if path.stem in names), None)
    if lossy is not None:
        return f"{begin}; {lossy.name} is not lossless, so save labels as 8-bit PNG"
    unused = next((path for path in present.files if path.stem not in names), None)
    if unused is not None:
        return (
            f"{begin}, but {unused.name} lies there; the names of image and label must be equal, "
            "so rename them"
        )
    nested = next(nested_images(present.folders), None)
    if nested is not None:
        return f"{begin}, but {nested.relative_to(folder)} does; put labels directly into labels/"
    return f"{begin}; {remedy}"
