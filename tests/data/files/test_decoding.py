import numpy as np
import pytest
from PIL import Image, ImageOps

from spcl.data.files import opening
from spcl.data.files.decoding import read_ids, read_image, read_size
from spcl.data.files.opening import ReadError

LZW = {"format": "TIFF", "compression": "tiff_lzw"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("options", [{"format": "PNG"}, {"format": "TIFF"}, LZW], ids=str)
def test_picture_and_label_stand_upright(tmp_path, orientation, options):
    ids = np.arange(15, dtype=np.uint8).reshape(3, 5)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(ids).save(tmp_path / "a", exif=exif, **options)
    turned = Image.fromarray(ids)
    turned.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(turned))
    assert expected.shape == ((3, 5) if orientation < 5 else (5, 3))
    assert np.array_equal(read_ids(tmp_path / "a"), expected)
    assert np.array_equal(read_image(tmp_path / "a")[:, :, 0], expected)
    assert read_size(tmp_path / "a") == expected.shape


@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_wide_ids_above_255_are_named(tmp_path, kind):
    file = tmp_path / "a.tif"
    Image.fromarray(np.array([[1, 300, 300]], kind)).save(file)
    with pytest.raises(ReadError, match="id 300 in 2 pixels"):
        read_ids(file)
    Image.fromarray(np.array([[1, 2, 255]], kind)).save(file)
    assert read_ids(file).tolist() == [[1, 2, 255]]


def test_a_label_is_never_taken_from_a_lossy_file_whatever_its_suffix(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "a.png", format="JPEG")
    with pytest.raises(ReadError, match="is a JPEG file, whose compression changes ids"):
        read_ids(tmp_path / "a.png")
    Image.new("L", (8, 8)).save(tmp_path / "b.tif", compression="jpeg")
    with pytest.raises(ReadError, match="is a TIFF file, whose compression changes ids"):
        read_ids(tmp_path / "b.tif")


def test_an_enormous_picture_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    Image.new("L", (40, 30)).save(tmp_path / "a.png")
    monkeypatch.setattr(opening, "MAX_PIXELS", 1000)
    with pytest.raises(ReadError, match="is 40x30"):
        read_image(tmp_path / "a.png")


def test_cmyk_and_palettes_become_rgb(tmp_path):
    Image.new("CMYK", (2, 1), (0, 255, 255, 0)).save(tmp_path / "a.tif")
    assert read_image(tmp_path / "a.tif")[0, 0].tolist() == [255, 0, 0]
    palette = Image.new("P", (2, 1), 1)
    palette.putpalette([0, 0, 0, 9, 8, 7])
    palette.save(tmp_path / "b.png", transparency=b"\x00\x80")
    assert read_image(tmp_path / "b.png")[0, 0].tolist() == [9, 8, 7]
