import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from spcl.data.files import decoding
from spcl.data.files.decoding import read_size
from spcl.data.files.png_chunks import may_be_turned
from spcl.errors import UserError


def turned(path, *, where):
    """Write a PNG of 20 x 10 pixels that is to be shown on its side."""
    exif, texts = Image.Exif(), PngImagePlugin.PngInfo()
    exif[0x0112] = 6
    if where == "text":
        xmp = '<x tiff:Orientation="6"/>'
        texts.add_itxt("XML:com.adobe.xmp", xmp)
    picture = Image.fromarray(np.zeros((10, 20), np.uint8))
    picture.save(path, pnginfo=texts, **({"exif": exif} if where != "text" else {}))
    png = path.read_bytes()
    if where == "behind the pixels":
        begin = png.index(b"eXIf") - 4
        end = begin + 12 + int.from_bytes(png[begin : begin + 4])
        path.write_bytes(png[:begin] + png[end:-12] + png[begin:end] + png[-12:])


@pytest.mark.parametrize("where", ["before the pixels", "behind the pixels", "text"])
def test_an_orientation_counts_wherever_a_png_has_it(tmp_path, where):
    turned(tmp_path / "a.png", where=where)
    assert may_be_turned(tmp_path / "a.png")
    assert read_size(tmp_path / "a.png") == (20, 10)
    assert decoding.read_image(tmp_path / "a.png").shape[:2] == (20, 10)


def test_a_plain_png_has_its_size_read_without_decoding_it(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.zeros((10, 20), np.uint8)).save(path)
    png = path.read_bytes()
    pixels = png.index(b"IDAT") + 4
    path.write_bytes(png[:pixels] + b"\xff" * 4 + png[pixels + 4 :])
    assert not may_be_turned(path)
    assert read_size(path) == (10, 20)
    with pytest.raises(UserError, match="is not a readable image"):
        decoding.read_image(path)


@pytest.mark.parametrize("content", [b"", b"\x89PNG", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffabcd"])
def test_a_file_that_ends_early_is_not_turned(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    assert not may_be_turned(tmp_path / "a.png")
