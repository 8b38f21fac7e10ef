"""`ablate` as a researcher uses it, and `evaluate --statistics`."""

import csv
import json

import pytest

from spcl.commands import main
from tests.support.tiny_training import SMALL, STEPS


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("")
    return file


@pytest.fixture
def ablate(root, config, tmp_path, capsys):
    """Return `ablate(*more)`: exit code, what it printed, what it said."""

    def call(*more):
        words = [*SMALL, *STEPS, f"data.root={root}", "record.probe_images=20"]
        arguments = ["ablate", config, *words, "--runs", tmp_path / "runs", *more]
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--arms", ""], "--arms names no arm; use some of before"),
        (["--seeds", ""], '--seeds is ""; use whole numbers separated by commas'),
        (["--seeds", "0,1,0"], "--seeds is 0,1,0, which names a seed twice; name each once"),
        (["--seeds", "one"], "use whole numbers"),
        (["--minus", "all"], "is not a part of the method"),
        (["--set", "adapt.stps=3"], 'did you mean "adapt.steps"'),
        (["--set", "adapt.steps=3", "--set", "adapt.steps=3"], "is asked for twice"),
        (["--arms", "spcl", "--against", "oracle"], "--against is"),
        (["--jobs", "0"], "--jobs is 0; use a whole number of at least 1"),
        (["--csv", "/no/such/folder/a.csv"], "its folder does not exist"),
        (["evaluate.stride=[900,900]"], "leaves pixels between"),
    ],
)
def test_what_makes_no_comparison_is_one_sentence_before_anything_is_trained(
    ablate, tmp_path, more, said
):
    code, printed, told = ablate(*more)
    assert (code, printed) == (2, "")
    assert said in told
    assert len(told.strip().splitlines()) == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.long
@pytest.mark.slow
def test_a_comparison_is_one_table_and_all_its_numbers(ablate, tmp_path):
    arms = ["--arms", "source_only,adabn,spcl,oracle", "--seeds", "1,0"]
    switches = ["--set", "contrast.adapt_ratio=0,0.2", "--minus", "class_weights"]
    files = ["--csv", tmp_path / "t.csv", "--latex", tmp_path / "t.tex"]
    code, printed, told = ablate(*arms, *switches, *files)
    assert code == 0, told
    assert told.splitlines()[0] == "10 runs; 10 to train, 1 at a time"
    assert "(statistics of the source)" in told
    assert "oracle, seed 1 (10 of 10): 64 of 64, adaptation to target" in told.splitlines()[-1]
    names = ["source_only", "adabn", "spcl", "oracle", "contrast.adapt_ratio=0"]
    names += ["contrast.adapt_ratio=0.2", "minus class_weights"]
    for name in names:
        assert name in printed
    sentences = " ".join(printed.split())  # a terminal breaks them where it ends
    assert "mIoU on 6 target/val images, seeds 0, 1" in sentences
    assert "for an interval 10 images recorded one by one are needed, and there are 6" in sentences

    code, printed, told = ablate(*arms, *switches, "--json")
    assert (code, told) == (0, "")
    result = json.loads(printed)
    assert (result["split"], result["against"]) == ("target/val", "spcl")
    found = result["arms"]
    assert list(found) == names
    same = found["contrast.adapt_ratio=0.2"]
    assert [run["run"] for run in same["runs"]] == [run["run"] for run in found["spcl"]["runs"]]
    assert same["difference"]["mean_iou"] == 0
    assert found["spcl"]["difference"] is None
    assert found["source_only"]["statistics"] == ["source", "source"]
    assert found["adabn"]["statistics"] == ["target", "target"]
    assert (found["source_only"]["gap_closed"], found["oracle"]["gap_closed"]) == (0, 1)
    for name in names:
        one = found[name]
        assert one["seeds"] == [0, 1]
        assert one["num_images"] == 6
        assert all(seconds > 0 for seconds in one["seconds"])
        assert one["mean"] == pytest.approx(sum(one["mean_iou"]) / 2)
        is_told = [value is not None for value in one["separability"].values()]
        assert all(is_told) or name == "source_only"
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["arm"] for row in rows] == names
    assert float(rows[2]["mean_iou"]) == pytest.approx(100 * found["spcl"]["mean"], abs=0.01)
    assert "contrast.adapt\\_ratio=0.2 & target" in (tmp_path / "t.tex").read_text()


@pytest.mark.long
@pytest.mark.slow
def test_separability_is_that_of_the_analysis(ablate):
    from spcl.analysis import Run, separability

    code, printed, _ = ablate("--arms", "before,spcl", "--json", "--jobs", "2")
    assert code == 0
    found = json.loads(printed)["arms"]
    table = separability(Run(found["spcl"]["runs"][0]["path"]))
    table = table[(table["labels"] == "truth") & table["class"].isna()]
    for arm, step in (("before", 4), ("spcl", 8)):
        for name, measure, domain in (
            ("nearest_prototype_accuracy", "nearest_prototype_accuracy", "target"),
            ("margin", "margin_mean", "target"),
            ("domain_gap", "domain_gap", "both"),
            ("purity_to_source", "knn_purity_to_source", "both"),
        ):
            one = table[(table["step"] == step) & (table["measure"] == measure)]
            (expected,) = one[one["domain"] == domain]["value"]
            assert found[arm]["separability"][name] == pytest.approx(expected)


@pytest.mark.slow
def test_evaluate_says_whose_statistics_and_reads_with_either(ablate, tmp_path, capsys):
    assert ablate("--arms", "source_only,spcl")[0] == 0
    source_only, spcl = (
        tmp_path / "runs" / f"config-{arm}-seed0" for arm in ("source-only", "spcl")
    )

    def evaluated(path, *more):
        assert main(["evaluate", str(path), "--json", *more]) == 0
        return json.loads(capsys.readouterr().out)

    assert evaluated(source_only)["statistics"] == "source"
    assert evaluated(spcl)["statistics"] == "target"
    by = {name: evaluated(source_only, "--statistics", name) for name in ("source", "target")}
    both = by["source"]["mean_iou_by_statistics"]
    assert {name: one["mean_iou"] for name, one in by.items()} == both
    assert both["source"] != both["target"]
    anew = evaluated(source_only, "--statistics", "source", "evaluate.mode=scaled")
    assert anew["mean_iou"] == pytest.approx(both["source"])
    assert evaluated(source_only, "--split", "source/val")["statistics"] == "source"
    assert evaluated(spcl, "--at", "before")["statistics"] == "source"
    assert main(["evaluate", str(spcl), "--at", "before", "--statistics", "target"]) == 2
    assert "at step 4 no statistics of the target" in capsys.readouterr().err
    assert main(["evaluate", str(source_only)]) == 0
    printed = capsys.readouterr().out
    assert "Read with batch-norm statistics of the source." in printed
    assert "With batch-norm statistics of the target, estimated on" in printed
    assert main(["evaluate", str(source_only), "--as-baseline", "plain", str(spcl)]) == 0
    (one,) = (
        row
        for row in json.loads((spcl / "baselines.json").read_text())["baselines"]
        if row["name"] == "plain"
    )
    assert one["mean_iou"] == both["source"]
    assert "statistics of the source" in one["what"]
    capsys.readouterr()
    assert main(["compare", str(source_only), str(spcl)]) == 0
    assert "Both are read with batch-norm statistics of the target" in capsys.readouterr().out
