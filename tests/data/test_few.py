"""Few labelled source images: which, what is counted over them, and who says so."""

import numpy as np
import pytest

from spcl import launch
from spcl.__main__ import main
from spcl.data.domains import Domains
from spcl.errors import UserError
from spcl.store.reader import Run
from spcl.training.batches import Batches
from tests.support.tiny_training import settings


def opened(root, *words):
    return Domains.open(settings(root, *words))


def names(domains):
    return domains.source_train.split.names


def test_fewer_images_are_among_more_and_another_seed_draws_others(shared_pair):
    every = names(opened(shared_pair))
    four, two = (names(opened(shared_pair, f"data.source_images={n}")) for n in (4, 2))
    assert len(every) == 6
    assert (len(four), len(two)) == (4, 2)
    assert set(two) < set(four) < set(every)
    assert list(four) == sorted(four, key=every.index)
    draws = {names(opened(shared_pair, "data.source_images=2", f"seed={s}")) for s in range(6)}
    assert len(draws) > 2
    assert names(opened(shared_pair, "data.source_images=6")) == every


def test_images_and_labels_stay_together_and_val_and_target_are_whole(shared_pair):
    few = opened(shared_pair, "data.source_images=3")
    split = few.source_train.split
    assert [path.stem for path in split.images] == [path.stem for path in split.labels]
    assert [len(one) for one in (few.source_val, few.target_train, few.target_val)] == [6, 6, 6]


def test_classes_are_counted_and_drawn_over_those_images_alone(shared_pair):
    every, few = opened(shared_pair), opened(shared_pair, "data.source_images=3")
    chosen = [names(every).index(name) for name in names(few)]
    assert np.array_equal(few.source_counts, every.source_counts[chosen])
    config = settings(shared_pair, "data.source_images=3", "data.sampling=rare_class")
    batches = Batches(config, Domains.open(config))
    pictures = {few.source_train[i][0].tobytes() for i in range(3)}
    assert len(pictures) == 3
    assert len(batches.warmup_source.draw.frames) == 3
    assert {max(batches.source.draw._indices(np.random.default_rng(s))) for s in range(20)} <= {
        *range(3)
    }
    assert sum(len(batch.images) for batch in batches.whole_source()) == 3
    batches.close()


def test_the_files_are_those_of_the_pair_whatever_was_drawn(shared_pair):
    every, few = opened(shared_pair), opened(shared_pair, "data.source_images=3", "seed=2")
    assert few.fingerprint() == every.fingerprint()


def test_more_than_there_are_is_refused_in_a_sentence(shared_pair):
    with pytest.raises(UserError, match="data.source_images is 7, but source/train has 6 images"):
        opened(shared_pair, "data.source_images=7")


@pytest.mark.slow
def test_the_run_evaluate_and_check_say_so(shared_pair, tmp_path, capsys):
    said = "Learns from 3 of the 6 labelled source images, drawn by seed 0."
    config = settings(shared_pair, "data.source_images=3")
    run = launch.start(config, runs_dir=tmp_path, run_id="run")
    run._begin_warmup()
    run.batches.close()
    run.recorder.end("stopped")
    assert said in Run.open(tmp_path / "run").info().notes
    assert main(["evaluate", str(tmp_path / "run")]) == 0
    assert said in capsys.readouterr().out
    file = tmp_path / "few.toml"
    file.write_text(f'[data]\nkind = "folder"\nroot = "{shared_pair}"\nsource_images = 3\n')
    main(["check", str(file)])
    assert said in capsys.readouterr().out
    main(["check", str(file), "data.source_images=0"])
    assert "Learns from" not in capsys.readouterr().out
