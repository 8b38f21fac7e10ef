import re

import pytest

from spcl.analysis import separability
from spcl.store import names, schema
from spcl.store.derived import reader as derived
from spcl.store.edits import notes, selections, story
from spcl.store.names import EventKind, EventRow
from spcl.store.reader import Run
from tests import ROOT
from tests.support.synthetic_run import write_synthetic_run


@pytest.fixture(scope="module")
def text():
    return (ROOT / "docs" / "run-store.md").read_text(encoding="utf-8")


def test_every_field_of_run_json_is_described(text):
    missing = [name for name in schema.RunInfo.__dataclass_fields__ if f"`{name}`" not in text]
    assert missing == []


def test_every_described_key_of_run_json_exists(text):
    table = text.split("## `run.json`")[1].split("##")[0]
    keys = [
        k
        for row in table.splitlines()
        if row.startswith("| `")
        for k in re.findall(r"`(\w+)`", row.split("|")[1])
    ]
    known = set(schema.RunInfo.__dataclass_fields__) | {"classes"}
    assert keys
    assert [key for key in keys if key not in known] == []


def test_every_file_of_the_contract_is_named(text):
    files = [value for name, value in vars(schema).items() if name.endswith(("_FILE", "_FOLDER"))]
    files += [
        value
        for module in (derived, notes, selections, story)
        for name, value in vars(module).items()
        if name.endswith("_FILE")
    ]
    assert [name for name in files if name not in text] == []


def test_every_kind_of_event_and_every_column_is_described(text):
    assert [kind for kind in EventKind if f"`{kind}`" not in text] == []
    columns = [*names.MEASURE_COLUMNS, *EventRow(0, None, "", 0, 0, "", rival="").to_json()]
    assert [column for column in columns if f"`{column}`" not in text] == []


def test_probe_images_are_described_field_by_field(text):
    assert [f for f in schema.ProbeImage.__dataclass_fields__ if f"`{f}`" not in text] == []


@pytest.mark.slow
def test_the_measures_described_are_those_that_are_written(tmp_path):
    text = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    run = Run(write_synthetic_run(tmp_path))
    table = separability(run, is_thorough=True)
    written = set(table["measure"]) | {"expected_calibration_error"}
    assert written == set(re.findall(r"^## `(\w+)`", text, flags=re.M))


def test_every_measure_is_described_line_by_line():
    text = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        fields = re.findall(r"^- (\w+): \S", section, flags=re.M)
        assert fields == ["Says", "Formula", "Range", "Misleads", "When", "Source", "Code"], section
        code = re.search(r"^- Code: `(.+)`$", section, flags=re.M)
        assert code and (ROOT / code[1]).is_file()


def test_range_unit_direction_and_time_of_a_measure_can_be_parsed():
    text = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        good = r"(high|low|neither) is good( on the diagonal)?"
        assert re.search(rf"^- Range: \S.*, \S.*; {good}$", section, flags=re.M), section
        assert re.search(r"^- When: (every snapshot|thorough)\b.*; \S", section, flags=re.M), (
            section
        )


def test_a_measure_is_taken_when_its_description_says(measures):
    text = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    often = set(measures[measures["step"] == 30]["measure"])
    described = re.findall(r"^## `(\w+)`(?:(?!^## ).)*?^- When: every", text, flags=re.M | re.S)
    assert often == set(described) - {"expected_calibration_error"}


def test_the_schema_version_is_the_documented_one(text):
    assert f"Schema version: {schema.SCHEMA_VERSION}." in text


def test_links_in_the_documents_lead_somewhere():
    for file in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", file.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (file.parent / target).exists(), f"{file.name}: {target}"
