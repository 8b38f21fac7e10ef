"""Tables, captions and LaTeX of the figures, by value."""

import math
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from dashboard.text.common import csv_bytes
from dashboard.text.paper.captions import (
    Caption,
    caption,
    captions_latex,
    captions_text,
    provenance,
)
from dashboard.text.paper.masks import Scored, roles, scored_text
from dashboard.text.paper.tables import iou_caption, iou_latex, iou_table
from spcl.store.formats.latex import SPECIAL, latex
from tests.support.synthetic_run import run_info

NOW = {"mean_iou": 0.5004, "per_class_iou": [0.75, None, 0.2508]}
BEFORE = {"mean_iou": 0.4449, "per_class_iou": [0.70, None, 0.1898]}
HOSTILE = ["a_b & 50%", "\\input{x}", "#1 {$x^2~$}"]


def test_the_table_holds_both_steps_the_change_of_the_numbers_shown_and_the_mean() -> None:
    table = iou_table(["Road", "Sky", "Car"], BEFORE, NOW)
    assert table.columns.tolist() == ["class", "before", "after", "change"]
    assert table["class"].tolist() == ["Road", "Sky", "Car", "mean"]
    assert table["before"].tolist()[0::2] == [70.0, 19.0]
    assert table["change"].tolist()[0::2] == [5.0, 6.1]
    assert table.iloc[3].tolist() == ["mean", 44.5, 50.0, 5.5]
    assert all(math.isnan(value) for value in table.iloc[1].tolist()[1:])
    assert csv_bytes(table).decode().splitlines() == [
        "class,before,after,change",
        "Road,70.0,75.0,5.0",
        "Sky,,,",
        "Car,19.0,25.1,6.1",
        "mean,44.5,50.0,5.5",
    ]


def test_without_anything_to_compare_with_the_table_has_one_number_a_class() -> None:
    table = iou_table(["Road"], None, {"mean_iou": None, "per_class_iou": [0.5]})
    assert table.to_dict("list")["class"] == ["Road", "mean"]
    assert table["iou"].tolist()[0] == 50.0
    assert math.isnan(table["iou"].tolist()[1])
    assert "Class & IoU \\\\" in iou_latex(table, caption="", label="")


def test_class_names_are_text_in_latex() -> None:
    found = iou_latex(iou_table(HOSTILE, BEFORE, NOW), caption=HOSTILE[0], label="tab:x")
    lines = [line.strip() for line in found.splitlines()]
    assert r"a\_b \& 50\% & 70.0 & 75.0 & +5.0 \\" in lines
    assert r"\textbackslash{}input\{x\} & -- & -- & -- \\" in lines
    assert r"\#1 \{\$x\textasciicircum{}2\textasciitilde{}\$\} & 19.0 & 25.1 & +6.1 \\" in lines
    assert r"\caption{a\_b \& 50\%}" in lines
    rules = [line for line in lines if line.endswith("rule")]
    assert rules == [r"\toprule", r"\midrule", r"\midrule", r"\bottomrule"]
    assert lines.index(r"mean & 44.5 & 50.0 & +5.5 \\") == lines.index(r"\bottomrule") - 1


def test_signs_that_fonts_of_latex_lack_become_its_own() -> None:
    assert latex("○ −1.5 → ●") == r"$\circ$ $-$1.5 $\rightarrow$ $\bullet$"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")
@pytest.mark.parametrize("encoding", ["OT1", "T1"])
def test_latex_sets_every_sign_that_is_replaced_and_every_hostile_name(
    tmp_path: Path, encoding: str
) -> None:
    names = [*HOSTILE, *SPECIAL, "Gehweg größer", "* x", "[x] * \\\\"]
    table = iou_table(names, None, {"mean_iou": 0.5, "per_class_iou": [0.5] * len(names)})
    document = [
        r"\documentclass[twocolumn]{article}",
        rf"\usepackage[{encoding}]{{fontenc}}",
        r"\usepackage{booktabs}\usepackage[demo]{graphicx}",
        r"\begin{document}",
        iou_latex(table, caption="".join(names), label="tab:x"),
        captions_latex([Caption("a", 3.3, names[0]), Caption("b", 7.0, "".join(SPECIAL))]),
        r"\end{document}",
    ]
    (tmp_path / "paper.tex").write_text("\n".join(document), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "paper.log").read_text(errors="replace")


def test_provenance_names_run_step_seed_and_commit_where_it_is_known() -> None:
    info = replace(run_info("a_run"), seed=3)
    assert provenance(info, 1400) == "Run a_run, step 1,400, seed 3"
    known = replace(info, git_commit="0a1b2c3d4e5f")
    assert provenance(known, 1400) == "Run a_run, step 1,400, seed 3, commit 0a1b2c3d4e5f"


def test_captions_are_sentences_in_both_files() -> None:
    text = caption("mIoU over the steps (%)", "", "each line is a domain.", "Run a_b")
    assert text == "mIoU over the steps (%). Each line is a domain. Run a_b."
    one, two = Caption("miou", 3.3, text), Caption("map", 7.0, "Map.")
    assert captions_text([one, two]) == f"miou\n{text}\n\nmap\nMap.\n"
    written = captions_latex([one, two])
    assert written.count("\\begin{figure}") == written.count("\\begin{figure*}") == 1
    assert "\\includegraphics[width=\\linewidth]{miou}" in written
    assert "\\caption{mIoU over the steps (\\%). Each line is a domain. Run a\\_b.}" in written
    assert iou_caption("dusk", 1, 20, 40).endswith(
        "over all pixels of 1 image, before adaptation (step 20) and after it (step 40), "
        "change in points"
    )


def test_a_grid_shows_the_median_image_first_and_never_one_twice() -> None:
    tabs = {"typical": ["b", "a"], "improved": ["a"], "harmed": [], "all": ["a", "b"]}
    assert roles(tabs, 3) == {"Typical": ["b", "a"], "Best": ["a", "b"], "Worst": ["a"]}
    assert roles({"all": ["a", "b", "c"]}, 2) == {"Image 1": ["a"], "Image 2": ["b"]}
    assert scored_text(Scored("k", "n", "Best", 0.412, 0.501)) == "n, mIoU 41.2 → 50.1 % (+8.9)"
    assert scored_text(Scored("k", "n", "Best", math.nan, 0.5)) == "n, mIoU 50.0 %"
    assert scored_text(Scored("k", "n", "Best", math.nan, math.nan)) == "n"


def test_a_number_that_is_not_known_is_empty_in_csv() -> None:
    assert csv_bytes(pd.DataFrame({"a": [math.nan, 1.5]})) == b'a\n""\n1.5\n'
