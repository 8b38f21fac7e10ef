import pytest

from spcl.config import (
    Config,
    known_keys,
    load_config,
    make_config,
    not_default,
    plain,
    recorded_config,
)
from spcl.config.text import fields_of
from spcl.errors import UserError
from spcl.store.limits import Limits
from tests import ROOT


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("prototypes.momentm=1", 'did you mean "prototypes.momentum"?'),
        ("prototypes.momentum=1.2", "prototypes.momentum is 1.2; use a number at least 0"),
        ("warmup.steps=1.5", "warmup.steps is 1.5; use a whole number at least 1"),
        ("seed=true", "seed is True; use a whole number"),
        ("contrast.weight=no", "contrast.weight is 'no'; use a number at least 0 or \"ratio\""),
        ("contrast.temperature=inf", "contrast.temperature is inf"),
        ("data.size=[1]", "data.size is [1]; use two whole numbers"),
        (
            "selftrain.scale=[0.1, 2]",
            "is 0.1; use [smallest, largest], each a number at least 0.25",
        ),
        ("data.kind=4", 'data.kind is 4; use "streets" or "folder"'),
        ("seed", "write KEY=VALUE"),
    ],
)
def test_a_wrong_value_gets_one_sentence(override, sentence):
    with pytest.raises(UserError) as error:
        make_config({}, [override])
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_key_in_the_file_names_the_nearest():
    with pytest.raises(UserError, match='did you mean "warmup.steps"'):
        make_config({"warmup": {"stesp": 3}})


def test_a_missing_file_and_broken_toml_are_sentences(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        load_config(tmp_path / "no.toml")
    (tmp_path / "bad.toml").write_text("seed = = 1")
    with pytest.raises(UserError, match="not valid TOML"):
        load_config(tmp_path / "bad.toml")


def test_the_recorded_configuration_reads_back_the_same():
    config = load_config(ROOT / "configs" / "streets.toml", ["contrast.weight=0.5", "seed=3"])
    assert make_config(plain(config)) == config


def test_every_shipped_configuration_is_valid():
    files = sorted((ROOT / "configs").glob("*.toml"))
    assert files
    assert all(isinstance(load_config(file), Config) for file in files)


def test_every_key_is_explained():
    for key in known_keys():
        model = Config
        *sections, name = key.split(".")
        for section in sections:
            model = fields_of(model)[section].annotation
        assert fields_of(model)[name].description, key


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ({"rank_share": 1.5}, "events.rank_share is 1.5; use a number at least 0 and at most 1"),
        ({"prototype_age": "9"}, "events.prototype_age is '9'; use a whole number at least 0"),
        ({"least_gap": float("inf")}, "events.least_gap is inf; use a number"),
        ({"rank_shar": 0.5}, '"events.rank_shar" is not a key; did you mean "events.rank_share"?'),
        (3, "events is 3; use a table of settings"),
    ],
)
def test_limits_of_alarms_are_checked_like_every_other_key(events, said):
    with pytest.raises(UserError) as raised:
        make_config({"events": events})
    assert str(raised.value) == f"configuration: {said}"
    assert make_config({"events": {"rank_share": 0.5}}).events == Limits(rank_share=0.5)


def test_every_key_is_in_the_method_document():
    text = (ROOT / "docs" / "method.md").read_text()
    assert [key for key in known_keys() if f"`{key}`" not in text] == []


def test_a_run_recorded_with_the_old_spelling_opens():
    old = {
        "optimiser": {"kind": "sgd"},
        "normalisation": {"target_statistics": False},
        "prototypes": {"normalise": False},
        "contrast": {"source_pixels": "labelled"},
        "select": {"by": "information_maximisation"},
    }
    config = recorded_config(old, where="run.json")
    assert (config.optimizer.kind, config.normalization.target_statistics) == ("sgd", False)
    assert (config.prototypes.normalize, config.contrast.source_pixels) == (False, "labeled")
    assert config.select.by == "information_maximization"


def test_a_run_recorded_with_a_removed_key_opens_if_it_had_the_default():
    assert recorded_config({"data": {"seed": 0}}, where="run.json") == make_config({})
    with pytest.raises(UserError, match='"data.seed" is not a key'):
        recorded_config({"data": {"seed": 1}}, where="run.json")


@pytest.mark.parametrize("raw", [{"settings": {"lr": 1}}, {"predictions": "/x"}])
def test_a_run_of_another_program_has_no_settings_to_train_with(raw):
    with pytest.raises(UserError, match="RUN was recorded by another program"):
        recorded_config(raw, where="RUN")
    assert recorded_config({}, where="RUN") == make_config({})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("optimiser.kind=sgd", "optimizer.kind"),
        ("prototypes.normalise=true", "prototypes.normalize"),
    ],
)
def test_the_old_spelling_gets_a_suggestion(old, new):
    with pytest.raises(UserError, match=f'did you mean "{new}"'):
        make_config({}, [old])
    section, key = old.split("=")[0].split(".")
    with pytest.raises(UserError, match="did you mean"):
        make_config({section: {key: "sgd"}})


def test_keys_that_are_not_as_by_default_are_named_those_of_a_preset_among_them():
    assert not_default(make_config({})) == []
    assert not_default(make_config({}, ["seed=2", "contrast.weight=0.5", "adapt.steps=240"])) == [
        "seed",
        "contrast.weight",
    ]
    of_preset = not_default(make_config({}, ["preset=released"]))
    assert {"preset", "teacher.momentum", "prototypes.absent"} <= set(of_preset)
    grown = make_config({}).model_copy()
    wider = grown.model.model_copy(update={"architecture": {"width": 8}})
    assert not_default(grown.model_copy(update={"model": wider})) == ["model.architecture.width"]
