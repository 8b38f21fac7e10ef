import math

import pytest

from dashboard.charts.common import square
from dashboard.charts.separability.domain_gap import gap_figure
from dashboard.charts.separability.dumbbell import dumbbell_figure
from dashboard.charts.separability.matrix import matrix_figure
from dashboard.text.captions import PAGE, caption
from dashboard.text.separability import classes as words
from dashboard.text.separability.domain_gap import gap_changes, gap_histories, gap_reading
from dashboard.text.separability.readings import matrix_reading, reading
from dashboard.text.separability.rivals import rival_reading, rival_table
from spcl.analysis.measures.snapshot import separability
from spcl.store.reader import Run
from tests.support.synthetic_run import NAMES, write_synthetic_run

DISPLAY = {name: name.capitalize() for name in NAMES}
MARK = dict.fromkeys(NAMES, "#336699")
MANY = dict.fromkeys(NAMES, 200)
FEW = {**MANY, "car": 12}


def rows_of(measures, measure="nearest_prototype_accuracy", step=40, pixels=MANY):
    return words.class_rows(measures, measure, step=step, before=20, names=NAMES, pixels=pixels)


def test_classes_come_worst_at_the_target_first(measures):
    rows = rows_of(measures, "margin_mean")
    assert [row.name for row in rows] != []
    assert [row.target for row in rows] == sorted(row.target for row in rows)


def test_a_row_holds_the_numbers_of_its_step(measures):
    row = next(row for row in rows_of(measures, "margin_mean") if row.name == "sky")
    mine = measures[
        (measures.measure == "margin_mean")
        & (measures["class"] == "sky")
        & (measures.labels == "truth")
    ].set_index(["domain", "step"])["value"]
    assert row.source == mine["source", 40]
    assert row.target == mine["target", 40]
    assert row.before == mine["target", 20]
    assert len(row.history) == 5


def test_headline_counts_the_weak_classes():
    def row(name, value):
        return words.ClassRow(name, 0.9, value, math.nan, None, math.nan, (), 200)

    def said(rows, labels="truth"):
        measure = "nearest_prototype_accuracy"
        return words.headline(rows, measure, labels=labels, target="dusk", num_snapshots=2)

    rows = [row("a", 0.5), row("b", 0.8), row("c", 0.9)]
    assert said(rows) == "2 of 3 classes stand apart on dusk; 1 does not (below 70 %)"
    assert said(rows[1:]) == "Both classes stand apart on dusk"
    assert said(rows, "pseudo").startswith("Going by pseudo labels, 2 of 3 classes stand apart")
    assert said([]).startswith("Nothing")


def test_of_few_pixels_counts_are_shown_and_many_are_the_example(measures):
    rows = [row for row in rows_of(measures, step=10, pixels=FEW) if row.name in ("car", "sky")]
    car = next(row for row in rows if row.name == "car")
    count = f"{round(12 * car.target)} of 12"
    figure = dumbbell_figure(
        rows, "nearest_prototype_accuracy", display=DISPLAY, mark=MARK, swatch=MARK, dark=False
    )
    texts = [note.text for note in figure.layout.annotations]
    assert f"<b>{count}</b>" in texts
    said = reading(rows, "nearest_prototype_accuracy", DISPLAY, "dusk")
    assert "% of the dusk sky pixels lie nearer to their own prototype" in said
    assert f"{count} dusk car pixels" in reading(
        [car], "nearest_prototype_accuracy", DISPLAY, "dusk"
    )
    assert "of 12 pixels only" in reading([car], "margin_mean", DISPLAY, "dusk")

    shares = words.share_rows(measures, 10)
    matrix = matrix_figure(shares, names=NAMES, display=DISPLAY, pixels=FEW, dark=False)
    rows_named = list(matrix.layout.yaxis.ticktext)
    assert rows_named[-1] == "Car (12 px)"
    assert rows_named[0] == "Road"
    assert "car pixels" not in matrix_reading(shares, DISPLAY, FEW)
    only_car = shares[shares["class"] == "car"]
    assert "of 12 car pixels" in matrix_reading(only_car, DISPLAY, FEW)


def test_a_share_axis_ends_at_all_pixels_and_never_shrinks_to_a_point():
    row = words.ClassRow("sky", 1.0, 1.0, 1.0, None, math.nan, (1.0, 1.0), 200)
    figure = dumbbell_figure(
        [row], "nearest_prototype_accuracy", display=DISPLAY, mark=MARK, swatch=MARK, dark=False
    )
    low, high = figure.layout.xaxis.range
    assert low < 0.9
    assert 1 < high < 1.1


def test_gap_changes_put_what_closed_least_first(measures):
    histories = gap_histories(measures, 40)
    changes = gap_changes(histories, 20)
    values = [one.change for one in changes]
    assert values == sorted(values, reverse=True)
    assert "closed most" in gap_reading(changes, DISPLAY)


@pytest.mark.slow
def test_without_truth_the_pseudo_labels_are_used_and_named(tmp_path):
    table = separability(Run(write_synthetic_run(tmp_path, target_labels=False)))
    assert words.labels_used(table, "target") == "pseudo"
    assert rows_of(table)


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("measure", list(words.MEASURES.values()))
def test_figures_draw_every_class(measures, measure, dark):
    rows = rows_of(measures, measure)
    figure = dumbbell_figure(rows, measure, display=DISPLAY, mark=MARK, swatch=MARK, dark=dark)
    swatch = square(MARK["sky"], dark)
    assert list(figure.layout.yaxis.ticktext) == [f"{swatch} {DISPLAY[row.name]} " for row in rows]
    shares = words.share_rows(measures, 40)
    matrix = matrix_figure(shares, names=NAMES, display=DISPLAY, pixels=MANY, dark=dark)
    assert len(matrix.data[0].z) == len(NAMES)


def test_the_gap_figure_labels_what_moved(measures):
    histories = gap_histories(measures, 40)
    changes = gap_changes(histories, 20)
    figure = gap_figure(histories, changes, display=DISPLAY, mark=MARK, dark=False)
    labels = [note.text for note in figure.layout.annotations]
    assert any(DISPLAY[changes[0].name] in text for text in labels)


def test_the_only_step_of_a_gap_stands_once_on_its_axis():
    figure = gap_figure(
        {"sky": {20: 0.4}}, gap_changes({"sky": {20: 0.4}}, 20), display=DISPLAY, mark=MARK,
        dark=False,
    )  # fmt: skip
    assert list(figure.layout.xaxis.tickvals) == [20]


@pytest.mark.parametrize("dark", [False, True])
def test_more_pixels_stand_out_more_from_the_page(measures, dark):
    shares = words.share_rows(measures, 40)
    figure = matrix_figure(shares, names=NAMES, display=DISPLAY, pixels=MANY, dark=dark)
    ramp = [color for _, color in figure.data[0].colorscale]
    light = [sum(int(color[i : i + 2], 16) for i in (1, 3, 5)) for color in ramp]
    assert light == sorted(light, reverse=not dark)


def test_every_measure_of_the_page_is_described_and_high_is_good():
    for measure in words.MEASURES.values():
        assert caption(measure).good == "high"
        assert words.title_of(measure)
        assert measure in words.WEAK


def test_captions_are_the_words_of_the_document():
    text = PAGE.read_text(encoding="utf-8")
    for measure in words.MEASURES.values():
        assert f"- Says: {caption(measure).says}\n" in text
        assert caption(measure).misleads in text


def test_rivals_stand_side_by_side_with_disagreement_first(measures):
    table = rival_table(measures, 0, names=NAMES, display=DISPLAY)
    assert list(table.columns) == ["Class", "By prototype", "By margin", "By confusion"]
    named = [
        {cell.rsplit(" ", 1)[0] for cell in row if cell != "none"}
        for row in table[["By prototype", "By margin", "By confusion"]].to_numpy()
    ]
    counts = [len(rivals) for rivals in named]
    assert counts == sorted(counts, reverse=True)
    split = sum(count > 1 for count in counts)
    assert split
    assert f"For {split} of {len(table)} classes" in rival_reading(table)
    agreed = table.assign(**dict.fromkeys(("By prototype", "By margin", "By confusion"), "Sky 1"))
    assert f"The three agree for all {len(table)} classes." in rival_reading(agreed)
