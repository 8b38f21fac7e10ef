"""Labels in their official encodings, with files whose bytes are written by hand."""

import numpy as np
import pytest
from PIL import Image

from spcl.data.files.opening import ReadError
from spcl.data.official.classes import label_space
from spcl.data.official.labels import OfficialReader, read_first_channel
from tests.support.official_sets import PALETTE, label_ids, train_ids
from tests.support.pngs import write_png

IDS = train_ids(0)


def reader(encoding="label ids", num_classes=19, **options):
    return OfficialReader("the set", encoding, label_space(num_classes, {}), num_classes, **options)


def test_a_palette_is_a_legend_and_its_index_the_label_id(tmp_path):
    path = tmp_path / "a.png"
    write_png(path, label_ids(IDS), bits=8, color_type=3, palette=PALETTE, filters=(2, 1))
    assert np.array_equal(reader().read(path, IDS.shape), IDS)
    assert Image.open(path).convert("RGB").getpixel((0, 20)) == (128, 64, 128)


@pytest.mark.parametrize("filters", [(0,), (1,), (2,), (0, 1, 2)])
def test_synthia_keeps_classes_in_16_bits_of_the_first_channel(tmp_path, filters):
    samples = np.zeros((23, 6, 3), int)
    samples[:, :, 0] = np.arange(23)[:, None]
    samples[:, :, 1], samples[:, :, 2] = 40_000, 5
    write_png(tmp_path / "a.png", samples, bits=16, color_type=2, filters=filters)
    assert not np.asarray(Image.open(tmp_path / "a.png"))[:, :, 0].any()  # the trap: all void
    assert read_first_channel(tmp_path / "a.png")[:, 0].tolist() == [*range(23)]
    wanted = {3: 0, 4: 1, 2: 2, 21: 3, 5: 4, 7: 5, 15: 6, 9: 7, 6: 8, 1: 9, 10: 10, 17: 11}
    wanted |= {8: 12, 19: 13, 12: 14, 11: 15}
    found = reader("synthia", 16).read(tmp_path / "a.png", (23, 6))[:, 0]
    assert found.tolist() == [wanted.get(i, 255) for i in range(23)]


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda f: Image.new("RGB", (6, 4)).save(f), "three channels of 16 bits"),
        (lambda f: Image.new("L", (6, 4)).save(f), "nothing converted"),
        (lambda f: Image.new("RGB", (6, 4)).save(f, format="JPEG"), "three channels of 16 bits"),
        (
            lambda f: write_png(f, np.full((4, 6, 3), 258), bits=16, color_type=2),
            "an id above 255",
        ),
        (lambda f: write_png(f, np.full((4, 6, 3), 23), bits=16, color_type=2), "has id 23 in 24"),
        (lambda f: f.write_bytes(b"\x89PNG\r\n\x1a\nbroken"), "not a readable image"),
        (lambda f: None, "it is not there"),
    ],
)
def test_what_is_no_label_of_synthia_is_refused(tmp_path, write, sentence):
    write(tmp_path / "a.png")
    with pytest.raises(ReadError, match=sentence):
        reader("synthia", 16).read(tmp_path / "a.png", (4, 6))


def test_a_cut_off_label_of_synthia_is_refused(tmp_path):
    path = tmp_path / "a.png"
    noise = np.random.default_rng(0).integers(0, 23, (40, 60, 3))
    write_png(path, noise, bits=16, color_type=2)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ReadError, match="not a readable image"):
        reader("synthia", 16).read(path, (40, 60))


def test_files_named_train_ids_are_read_as_train_ids(tmp_path):
    path = tmp_path / "x_gtFine_labelTrainIds.png"
    Image.fromarray(IDS).save(path)
    assert np.array_equal(reader().read(path, IDS.shape), IDS)
    Image.fromarray(label_ids(IDS)).save(path)
    with pytest.raises(ReadError, match="hold 0 to 18, or 255"):
        reader().read(path, IDS.shape)


def test_16_classes_leave_the_others_unlabelled(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.array([[22, 27, 31, 23, 33, 7]], np.uint8)).save(path)
    assert reader(num_classes=16).read(path, (1, 6)).tolist() == [[255, 255, 255, 9, 15, 0]]
    assert reader(num_classes=13).read(path, (1, 6)).tolist() == [[255, 255, 255, 6, 12, 0]]


def test_a_license_plate_is_unlabelled_and_other_ids_are_refused(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.array([[34, 255, 0, 7]], np.uint8)).save(path)
    assert reader().read(path, (1, 4)).tolist() == [[255, 255, 255, 0]]
    Image.fromarray(np.array([[35, 35, 0, 7]], np.uint8)).save(path)
    with pytest.raises(ReadError, match=r"has id 35 in 2 pixels; labels of the set hold 0 to 34"):
        reader().read(path, (1, 4))
    look = reader().look(path)
    assert [error.kind for error in look.errors] == ["ids"]
    assert look.counts[0] == 1
    assert look.counts[255] == 3


def test_a_label_is_resized_where_the_data_set_needs_that_only(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.array([[7, 8], [11, 12]], np.uint8)).save(path)
    wanted = [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]
    assert reader(resizes=True).read(path, (4, 4)).tolist() == wanted
    with pytest.raises(ReadError, match="is 2x2 but its image is 4x4"):
        reader().read(path, (4, 4))


def test_a_palette_sorted_anew_is_refused(tmp_path):
    """Programs that make PNGs smaller drop unused colours, and so renumber the ids."""
    path = tmp_path / "a.png"
    smaller = [PALETTE[23], PALETTE[7], *PALETTE[2:]]
    ids = np.array([[0, 1, 11, 12], [0, 1, 7, 23]])
    write_png(path, ids, bits=8, color_type=3, palette=smaller)
    assert reader().look(path).errors == []  # ids 0 and 1 are no classes, the others are right
    smaller = [PALETTE[i] for i in (0, 1, 2, 3, 4, 5, 6, 8, 7, 23, 11)]
    write_png(path, np.array([[7, 8, 7, 8]]), bits=8, color_type=3, palette=smaller)
    (error,) = reader().look(path).errors
    assert "shows id 7 in the colour of sidewalk, which is id 8" in str(error)
