"""A small sound pair (ground, wall, disc), and what files of people do to it, a function a case."""

import json
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = [
    {"id": 0, "name": "ground", "color": [128, 64, 128]},
    {"id": 1, "name": "wall", "color": [70, 70, 70]},
    {"id": 2, "name": "disc", "color": [220, 20, 60]},
]


def scene(seed, *, dark):
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:64, :96]
    label = np.where(rows < 64 * 0.4, 1, 0).astype(np.uint8)
    label[(rows - 64 * 0.7) ** 2 + (columns - 96 * 0.25) ** 2 < (64 * 0.18) ** 2] = 2
    colors = np.array([[90, 140, 60], [60, 80, 190], [230, 200, 40]])
    image = colors[label] + random.normal(0, 12, (64, 96, 3))
    return (image * 0.5 + 10 if dark else image).clip(0, 255).astype(np.uint8), label


def write_case_pair(root: Path) -> Path:
    for d, domain in enumerate(("source", "target")):
        for s, split in enumerate(("train", "val")):
            for kind in ("images", "labels"):
                (root / domain / split / kind).mkdir(parents=True)
            for i in range(6):
                image, label = scene(100 * d + 10 * s + i, dark=bool(d))
                Image.fromarray(image).save(root / domain / split / "images" / f"f{i}.png")
                Image.fromarray(label).save(root / domain / split / "labels" / f"f{i}.png")
    return write_classes(root, CLASSES)


def write_classes(root, classes, ignore=255):
    (root / "classes.json").write_text(json.dumps({"ignore": ignore, "classes": classes}))
    return root


def images(root, pattern="*/*"):
    return sorted(root.glob(f"{pattern}/images/*.png"))


def labels(root, pattern="*/*"):
    return sorted(root.glob(f"{pattern}/labels/*.png"))


def write_gray_png(path, samples, bits):
    """Write samples (H, W) as a grey PNG of 1, 2 or 4 bits, as they are."""
    height, width = samples.shape
    planes = ((samples[:, :, None] >> np.arange(bits)[::-1]) & 1).reshape(height, -1)
    rows = b"".join(b"\0" + np.packbits(row.astype(np.uint8)).tobytes() for row in planes)
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
    )


def each_label(root, change):
    for path in labels(root):
        Image.fromarray(change(np.asarray(Image.open(path)))).save(path)


def city_folders(root):
    for folder in root.glob("*/*/*s"):
        (folder / "aachen").mkdir()
        for i in range(3):
            (folder / f"f{i}.png").rename(folder / "aachen" / f"f{i}.png")


def cityscapes_names(root):
    for path in images(root):
        path.rename(path.with_name(f"{path.stem}_leftImg8bit.png"))
    for path in labels(root):
        path.rename(path.with_name(f"{path.stem}_gtFine_labelTrainIds.png"))


def class_absent_predicted(root):
    for path in labels(root, "target/*"):
        ids = np.asarray(Image.open(path))
        Image.fromarray(np.where(ids == 2, 0, ids).astype(np.uint8)).save(path)


def class_names_twice(root):
    write_classes(root, [dict(c, name="wall" if c["id"] else c["name"]) for c in CLASSES])


def classes_256(root):
    classes = [{"id": i, "name": f"c{i}", "color": [i, 255 - i, 7]} for i in range(256)]
    write_classes(root, classes, ignore=-1)


def classes_bom_crlf(root):
    text = json.dumps({"ignore": 255, "classes": CLASSES}, indent=1).replace("\n", "\r\n")
    (root / "classes.json").write_bytes(b"\xef\xbb\xbf" + text.encode())


def colors_as_fractions(root):
    write_classes(root, [dict(c, color=[v / 255 for v in c["color"]]) for c in CLASSES])


def ids_with_gaps(root):
    write_classes(root, [dict(c, id=n) for c, n in zip(CLASSES, (7, 11, 26), strict=True)])


def one_class(root):
    write_classes(root, CLASSES[:1])
    each_label(root, lambda ids: np.where(ids == 0, 0, 255).astype(np.uint8))


def exif_upside_down(root):
    for path in images(root):
        exif = Image.Exif()
        exif[0x0112] = 3
        Image.open(path).rotate(180).save(path.with_suffix(".jpg"), quality=95, exif=exif)
        path.unlink()


def exif_on_its_side(root):
    for path in images(root):
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.open(path).rotate(90, expand=True).save(path.with_suffix(".jpg"), exif=exif)
        path.unlink()


def hidden_files(root):
    for folder in root.glob("*/*/*s"):
        for name in (".DS_Store", "Thumbs.db", "._f0.png", "desktop.ini"):
            (folder / name).write_bytes(b"\0\5\x16\7junk")
        (folder / "__MACOSX").mkdir()
        (folder / "__MACOSX" / "._f0.png").write_bytes(b"junk")


def image_16bit(root):
    for path in images(root):
        gray = np.asarray(Image.open(path).convert("L")).astype(np.uint16) * 257
        Image.fromarray(gray).save(path)


def image_float(root):
    Image.fromarray(np.full((64, 96), np.nan, np.float32)).save(
        root / "target/train/images/nan.tiff"
    )


def image_huge(root):
    Image.new("L", (14000, 13000), 90).save(root / "target/train/images/huge.png")


def image_truncated_train(root):
    path = root / "target/train/images/f3.png"
    jpeg = path.with_suffix(".jpg")
    Image.open(path).save(jpeg, quality=95)
    path.unlink()
    jpeg.write_bytes(jpeg.read_bytes()[: jpeg.stat().st_size // 2])


def image_empty(root):
    (root / "target/train/images/f3.png").write_bytes(b"")


def image_dead_link(root):
    (root / "target/train/images/gone.png").symlink_to(root / "nowhere.png")


def image_of_many_frames(root):
    page = Image.new("RGB", (96, 64))
    page.save(root / "target/train/images/pages.tif", save_all=True, append_images=[page])


def images_gray_and_alpha(root):
    for path in images(root):
        Image.open(path).convert("LA").save(path)


def images_webp_labels_tif(root):
    for path in images(root):
        Image.open(path).save(path.with_suffix(".webp"), lossless=True)
        path.unlink()
    for path in labels(root):
        Image.open(path).save(path.with_suffix(".TIF"), format="TIFF", compression="tiff_lzw")
        path.unlink()


def names_of_people(root):
    for path in (*images(root), *labels(root)):
        path.rename(path.with_name(f"Straße {path.stem} – früh.png"))


def images_linked(root):
    away = root / "elsewhere"
    away.mkdir()
    for number, path in enumerate(images(root)):
        path.rename(away / f"{number}.png")
        path.symlink_to(away / f"{number}.png")


def label_16bit(root):
    each_label(root, lambda ids: ids.astype(np.uint16))


def label_1bit(root):
    write_classes(root, CLASSES[:2])
    each_label(root, lambda ids: ids == 1)


def label_2bit_gray(root):
    spare = [{"id": i, "name": f"spare {i}", "color": [i, 70, 70]} for i in (1, 2)]
    write_classes(root, [CLASSES[0], *spare, dict(CLASSES[2], id=3)])
    for path in labels(root):
        ids = np.asarray(Image.open(path))
        write_gray_png(path, np.where(ids == 2, 3, 0).astype(np.uint8), 2)


def label_4bit_gray(root):
    for path in labels(root):
        write_gray_png(path, np.array(Image.open(path)), 4)


def label_all_unlabelled(root):
    for path in {*root.glob("*/*/labels/f0.png"), *labels(root, "target/val")}:
        Image.new("L", (96, 64), 255).save(path)


def label_rgb(root):
    colors = np.array([c["color"] for c in CLASSES], np.uint8)
    each_label(root, lambda ids: colors[ids])


def label_palette_of_colors(root):
    for path in labels(root):
        ids = np.asarray(Image.open(path))
        picture = Image.fromarray(2 - ids).convert("P")
        picture.putpalette([v for c in reversed(CLASSES) for v in c["color"]])
        picture.save(path)


def label_jpeg(root):
    for path in labels(root):
        Image.open(path).save(path.with_suffix(".jpg"))
        path.unlink()


def labels_without_images(root):
    for domain in ("source", "target"):
        for i in (4, 5):
            (root / domain / f"train/images/f{i}.png").unlink()
        for kind in ("images", "labels"):
            shutil.copy(root / domain / "train" / kind / "f0.png", root / domain / "val" / kind)


def names_collide(root):
    for folder in root.glob("*/*/*s"):
        (folder / "f2.png").rename(folder / "f0.label.png")
        (folder / "f3.png").rename(folder / "f1.confidence.png")


def suffix_upper_case(root):
    for path in images(root):
        Image.open(path).save(path.with_suffix(".JPG"), format="JPEG", quality=95)
        path.unlink()
    for path in labels(root):
        path.rename(path.with_suffix(".PNG"))


def target_unlabelled(root):
    for split in ("train", "val"):
        shutil.rmtree(root / "target" / split / "labels")


def target_val_half_labelled(root):
    for i in (1, 3, 5):
        (root / f"target/val/labels/f{i}.png").unlink()
