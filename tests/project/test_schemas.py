"""The JSON Schema files of the run on disk say what the code writes and reads."""

import json

import pytest

from spcl.recorder import record
from spcl.store import schema
from spcl.store.formats.digests import DIGESTS_FILE
from tests import ROOT
from tests.recorder.scenes import CLASSES, ColorModel, scenes
from tests.support.synthetic_run import write_synthetic_run

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
referencing = pytest.importorskip("referencing", reason="referencing is not installed")

FOLDER = ROOT / "docs" / "schemas" / str(schema.SCHEMA_VERSION)
SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.schema.json"))
}


def validator(name):
    resources = [(one["$id"], referencing.Resource.from_contents(one)) for one in SCHEMAS.values()]
    registry = referencing.Registry().with_resources(resources)
    return jsonschema.Draft202012Validator(SCHEMAS[name], registry=registry)


def content(path):
    return json.loads(path.read_text(encoding="utf-8"))


def described(path):
    """Yield the name of a schema and what it must describe, for every JSON file of a run."""
    yield "run", content(path / schema.RUN_FILE)
    yield "probe", content(path / schema.PROBE_FOLDER / schema.PROBE_FILE)
    for line in (path / schema.METRICS_FILE).read_text(encoding="utf-8").splitlines():
        yield "metrics_row", json.loads(line)
    if (path / schema.SCORED_FILE).exists():
        for line in (path / schema.SCORED_FILE).read_text(encoding="utf-8").splitlines():
            yield "scored_row", json.loads(line)
    for snapshot in sorted((path / schema.SNAPSHOTS_FOLDER).iterdir()):
        yield "scores", content(snapshot / schema.SCORES_FILE)
        yield "digests", content(snapshot / DIGESTS_FILE)


def lacking_run(runs):
    target = scenes(2, dark=True, labels=False)
    with record(runs, CLASSES, source=scenes(2), target=target) as run:
        run.log(0, loss=float("nan"), per_class=[1.0, 2.0])
        run.snapshot(0, ColorModel().ids)
    assert (run.path / schema.SCORED_FILE).read_bytes()
    return run.path


@pytest.mark.parametrize("write", [write_synthetic_run, lacking_run])
def test_what_is_written_fits_its_schema(tmp_path, write):
    found = list(described(write(tmp_path)))
    assert {name for name, _ in found} | {"classes", "scored_row"} == set(SCHEMAS)
    for name, value in found:
        assert [error.message for error in validator(name).iter_errors(value)] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def test_run_json_has_the_keys_of_the_code():
    fields = set(schema.RunInfo.__dataclass_fields__) - {"label_space"} | {"classes"}
    assert set(SCHEMAS["run"]["properties"]) == fields
    assert tuple(SCHEMAS["run"]["properties"]["absent"]["items"]["enum"]) == schema.ABSENT
    image = SCHEMAS["probe"]["properties"]["images"]["items"]["properties"]
    assert set(image) == set(schema.ProbeImage.__dataclass_fields__)


@pytest.mark.parametrize(
    ("key", "value"),
    [("status", "done"), ("step", "ten"), ("stages", [{"name": "a"}]), ("started_at", "noon"),
     ("not_default", "seed"),
     ("classes", {"classes": [{"id": 0, "name": "a", "color": [0, 0, 999]}]})],
)  # fmt: skip
def test_schema_and_reader_refuse_the_same(tmp_path, key, value):
    raw = content(write_synthetic_run(tmp_path) / schema.RUN_FILE) | {key: value}
    assert list(validator("run").iter_errors(raw))
    with pytest.raises((KeyError, TypeError, ValueError)):
        schema.RunInfo.from_json(raw)


def test_the_page_leads_to_every_schema():
    text = (ROOT / "docs" / "run-store.md").read_text(encoding="utf-8")
    links = [f"schemas/{schema.SCHEMA_VERSION}/{name}.schema.json" for name in SCHEMAS]
    assert [link for link in links if link not in text] == []
