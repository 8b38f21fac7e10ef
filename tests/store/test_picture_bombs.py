"""A picture of a received run whose texts unpack to far more than the file."""

import shutil
import tracemalloc

import pytest

from spcl.store.errors import StoreError
from spcl.store.reader import Run
from tests.support.strange_pictures import png_text_bomb


@pytest.mark.slow
@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
@pytest.mark.parametrize("at", [33, -12], ids=["before the pixels", "behind them"])
def test_a_text_that_unpacks_to_200_mb_is_refused_and_not_unpacked(
    analyzed_run, tmp_path, kind, at
):
    run = Run(shutil.copytree(analyzed_run, tmp_path / "run"))
    key = run.probe().images[0].key
    png_text_bomb(run.path / "snapshots" / "step_0000040" / "masks" / f"{key}.png", kind, at=at)
    tracemalloc.start()
    with pytest.raises(StoreError, match=f"{key}.png cannot be read .*Decompressed data too large"):
        run.snapshot(40).mask(key)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
