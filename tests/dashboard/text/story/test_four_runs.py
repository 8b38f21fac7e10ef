"""Runs whose stories must differ in words: improved, got worse, without labels, 19 classes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.data import runs_folder
from dashboard.data.opened_run import open_run
from dashboard.data.selection import parse
from dashboard.data.story.facts import read_story
from dashboard.text.story import frame
from dashboard.text.story.counted.counting import story_numbers
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.counted.parts import Tally
from dashboard.text.story.panel import Panel
from dashboard.text.story.story import panels
from spcl.analysis.worker import analyse
from spcl.store.baselines.reader import Baseline
from spcl.store.baselines.writer import record_baselines
from spcl.store.reader import Run
from tests.support.synthetic_run import (
    CITYSCAPES,
    NAMES,
    SyntheticRun,
    set_recorded,
    write_synthetic_run,
)

PROBLEM, LEARNED, BETTER, WORSE, SURE = range(5)


def numbers_of(path: Path, step: str = "") -> StoryNumbers:
    runs_folder.use(path.parent)
    opened = open_run(parse({"run": path.name, "step": step}, [path.name]))
    assert opened is not None
    assert opened.step is not None
    return story_numbers(read_story(opened, opened.step))


def story(path: Path, step: str = "") -> tuple[Panel, ...]:
    return panels(numbers_of(path, step))


def text(panel: Panel) -> str:
    return "\n".join(panel.sentences)


def facts(panel: Panel) -> dict[str, str]:
    return {fact.label: fact.text for fact in panel.facts}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    def write(**options: object) -> Path:
        return write_synthetic_run(tmp_path_factory.mktemp("runs"), images=12, **options)

    return write


@pytest.fixture(scope="module")
def improved(run: Callable[..., Path]) -> Path:
    path = run()
    analyse(Run(path))
    return path


@pytest.fixture(scope="module")
def worsened(run: Callable[..., Path]) -> Path:
    return run(target_worsens=True)


@pytest.fixture(scope="module")
def unlabelled(run: Callable[..., Path]) -> Path:
    return run(target_labels=False)


@pytest.fixture(scope="module")
def nineteen(run: Callable[..., Path]) -> Path:
    return run(names=CITYSCAPES)


def baseline(name: str, accuracy: float, mean: float, seed: int = 0, step: int = 40) -> Baseline:
    return Baseline(
        name, "it", "r", seed, step, 40, 12, mean, mean, accuracy, dict.fromkeys(NAMES, mean)
    )


def test_a_run_that_improved_says_how_much_and_that_nothing_was_compared(improved: Path) -> None:
    told = story(improved)
    assert told[BETTER].kicker == "Where it got better"
    assert told[BETTER].sentence == (
        "Out of 100 dusk pixels it now names 100 right. Before, it was 88."
    )
    assert (str(told[BETTER].number), told[BETTER].card_number) == ("88 → 100", "88 → 100")
    assert told[BETTER].card_caption == "12 more pixels in 100 are right"
    assert "In 12 of 12 pictures more pixels are right, in 0 fewer;" in text(told[BETTER])
    assert "No simpler way was tried" in text(told[BETTER])
    assert "looks more alike" in told[LEARNED].sentence
    assert "% closer" in str(told[LEARNED].number)
    assert told[WORSE].kicker == "Where it is still weak"
    assert "None of 5 kinds of things got worse." in told[WORSE].text
    assert "python -m spcl ablate" in facts(told[SURE])["Compared with"]
    assert "got worse. Of" not in text(told[WORSE])
    assert "chance" not in text(told[BETTER])
    assert frame.summary(numbers_of(improved)).endswith(
        "88 of 100 dusk pixels were right before, 100 are now."
    )


def test_a_run_that_got_worse_says_so_first_and_claims_no_gain(worsened: Path) -> None:
    told = story(worsened)
    assert told[BETTER].kicker == "Did it get better?"
    assert told[BETTER].sentence == (
        "It got worse. Out of 100 dusk pixels it now names 68 right. Before, it was 88."
    )
    assert told[BETTER].card_caption == "20 fewer pixels in 100 are right"
    assert "harm" in told[BETTER].notes.say
    assert told[WORSE].kicker == "Where it got worse"
    assert told[WORSE].sentence == (
        "Car got worse. Of 100 pixels that are or were called car, 26 are right; before, 56 were."
    )
    assert "12 of 12 pictures got worse; the greatest loss: " in text(told[WORSE])
    assert [bar.name for bar in told[WORSE].bars] == ["person", "car", "sky", "building", "road"]
    for panel in told:
        assert "gained most" not in text(panel)
        assert "more pixels in 100" not in text(panel)
    assert "Where it got better" not in [panel.kicker for panel in told]


def test_a_run_without_target_labels_names_no_right_and_no_wrong(unlabelled: Path) -> None:
    told = story(unlabelled)
    assert told[PROBLEM].sentence.endswith("At dusk nobody can count.")
    assert told[BETTER].kicker == "What changed"
    assert told[BETTER].sentence == "Out of 100 dusk pixels, 12 got another name than before."
    assert told[WORSE].kicker == "What nobody can see"
    assert told[WORSE].bars
    assert told[SURE].sentence.startswith("Not sure at all")
    assert facts(told[SURE])["Next"] == "Have people mark some dusk pictures, to count with."
    for panel in (told[BETTER], told[WORSE], told[SURE]):
        assert "got worse." not in text(panel).replace("Nobody can say where it got worse.", "")
        assert "got better" not in text(panel)
        assert "mIoU" not in text(panel)
        assert "are right" not in text(panel)
    assert frame.summary(numbers_of(unlabelled)).endswith("whether it did, nobody can count.")


def test_with_19_classes_the_story_speaks_of_groups_that_anybody_can_name(nineteen: Path) -> None:
    told = story(nineteen, "30")
    names = [bar.name for bar in told[WORSE].bars]
    groups = {"ground", "buildings", "street furniture", "greenery", "sky", "people", "vehicles"}
    assert set(names) < groups
    assert len(names) == 6
    assert "None of 7 groups of things got worse." in told[WORSE].text
    assert "here means" in text(told[WORSE])
    assert "Mistakes within a group do not count here." in text(told[WORSE])
    assert "kinds of things got worse" not in text(told[WORSE])
    assert "19 kinds of things" in text(told[PROBLEM])
    people = facts(told[SURE])["People"]
    assert " of 100 person pixels (before " in people
    assert people.endswith("That is not a test of safety.")


def test_the_four_stories_differ_in_words(
    improved: Path, worsened: Path, unlabelled: Path, nineteen: Path
) -> None:
    told = [story(path) for path in (improved, worsened, unlabelled, nineteen)]
    for panel in (BETTER, WORSE):
        assert len({one[panel].sentence for one in told[:3]}) == 3
    assert len({one[WORSE].text for one in told}) == 4


def test_what_comes_without_the_method_is_said_where_the_gain_is(
    tmp_path: Path,
) -> None:
    path = write_synthetic_run(tmp_path, images=12)
    rivals = [baseline("source_only", 0.9, 0.72), baseline("adabn", 0.95, 0.9)]
    record_baselines(Run(path), rivals)
    told = story(path)
    assert (
        "Of 12 gained, the method adds 5: the same model, trained on day pictures alone, then "
        "adjusted to the average look of dusk ones (AdaBN), gets 95 right." in told[BETTER].text
    )
    assert str(told[SURE].number) == "10.0 of 30.8"
    assert "Of 30.8 points gained, the method adds 10.0." in told[SURE].sentence
    assert "Most of the gain, 20.8 of 30.8 points, comes without the method." in text(told[SURE])
    assert "10.0 more than AdaBN alone" in text(told[SURE])
    assert "AdaBN (the same model, trained on day pictures" in facts(told[SURE])["Compared with"]


def test_a_simpler_way_that_does_better_is_no_small_print(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path, images=12, target_worsens=True)
    record_baselines(Run(path), [baseline("adabn", 0.9, 0.8)])
    told = story(path)
    assert "gets 90 right: 22 more than the method." in text(told[BETTER])
    assert "less than AdaBN alone" in text(told[SURE])
    assert "the method adds" not in text(told[SURE])


@pytest.mark.slow
def test_runs_from_other_starts_stand_beside_it(tmp_path: Path) -> None:
    for seed in (0, 1, 2):
        path = write_synthetic_run(tmp_path, run_id=f"r{seed}", images=12, seed=seed)
    write_synthetic_run(tmp_path, run_id="other", images=3, seed=5)
    set_recorded(tmp_path / "other", config={"seed": 5, "data": {"kind": "folder"}})
    told = story(path)
    assert told[SURE].sentence == (
        "3 trainings from different random starts: all 3 gained, on 12 dusk pictures."
    )
    assert facts(told[SURE])["Trainings"].startswith("3 with the same settings")
    assert told[SURE].card_caption == "In 100 pixels, over 3 trainings"


def test_other_starts_come_from_the_baselines_where_no_run_is_beside_it(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path, images=12)
    found = [baseline("before", 0.8, 0.6, seed=1, step=20), baseline("spcl", 0.75, 0.5, seed=1)]
    record_baselines(Run(path), found)
    assert story(path)[SURE].sentence.startswith(
        "2 trainings from different random starts: 1 of 2 gained"
    )


def test_while_it_trains_the_story_says_so_and_claims_nothing_final(tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path, images=12)
    run.write_probe()
    for step in (0, 20, 30):
        run.write_snapshot(step)
    record_baselines(Run(run.path), [baseline("adabn", 0.99, 0.95)])
    numbers = numbers_of(run.path)
    told = panels(numbers)
    assert frame.running(numbers) == "Still training: step 30 of 40. This story follows it."
    assert "told for a training that ran to its end" in text(told[BETTER])
    assert "99 of 100" not in text(told[BETTER])
    assert facts(told[SURE])["Next"] == "Let the training end."


def test_one_snapshot_and_the_warm_up_promise_nothing(improved: Path, tmp_path: Path) -> None:
    run = SyntheticRun(tmp_path, images=12)
    run.write_probe()
    run.write_snapshot(0)
    for told in (story(run.path), story(improved, "10")):
        assert told[PROBLEM].number is None
        assert [panel.sentence for panel in told[BETTER : WORSE + 1]] == 2 * [
            "Nothing to compare yet."
        ]
        assert told[SURE].sentence == "There is nothing yet to be sure of."
        for panel in told:
            assert "got better" not in text(panel)
            assert "got worse" not in text(panel)
    assert story(run.path)[PROBLEM].sentence == "The model is still learning by day."
    assert frame.running(numbers_of(improved, "10")) == (
        "This story is told at step 10 of 40, not at the end."
    )


def test_where_adaptation_starts_the_weakest_class_is_known_and_nothing_is_compared(
    improved: Path,
) -> None:
    told = story(improved, "20")
    assert "without ever having seen it" in told[PROBLEM].sentence
    assert told[BETTER].sentence == "Nothing to compare yet."
    assert told[WORSE].sentence.startswith("It is weakest at person.")
    assert "before" not in told[WORSE].sentence


def test_few_pictures_give_numbers_and_no_verdict(tmp_path: Path) -> None:
    told = story(write_synthetic_run(tmp_path, images=3))
    assert told[BETTER].kicker == "What changed"
    assert told[BETTER].sentence.endswith("With 3 dusk pictures, that proves nothing.")
    assert "too few to judge" in told[BETTER].card_caption


def test_labels_that_chose_the_result_and_notes_of_the_run_are_told(tmp_path: Path) -> None:
    path = write_synthetic_run(tmp_path, images=12)
    set_recorded(path, config={"select": {"by": "target_miou"}}, notes=("Chosen by labels.",))
    told = facts(story(path)[SURE])
    assert "flattered" in told["Right answers"]
    assert told["Noted"] == "Chosen by labels."


def test_a_gain_in_pixels_that_something_speaks_against_is_no_gain(improved: Path) -> None:
    gained = numbers_of(improved)
    lost = tuple(
        replace(picture, before=Tally(90, 100), now=Tally(89, 100)) for picture in gained.pictures
    )
    spread = tuple(
        replace(picture, before=Tally(50, 100), now=Tally(30 if i % 2 else 75, 100))
        for i, picture in enumerate(gained.pictures)
    )
    assert gained.verdict == "better"
    for against in ({"mean_now": gained.mean_before - 0.01}, {"pictures": lost}):
        numbers = replace(gained, **against)
        better = panels(numbers)[BETTER]
        assert numbers.verdict == "mixed"
        assert better.kicker == "What changed"
        assert better.sentence.endswith("But not everything got better.")
    by_chance = panels(replace(gained, pictures=spread))[BETTER]
    assert by_chance.sentence.endswith("That may be chance.")
