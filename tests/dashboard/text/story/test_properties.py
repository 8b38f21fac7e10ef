"""No sentence of the story says more than its numbers carry, over runs that nobody thought of."""

import re

import pytest

from dashboard.text.story import frame
from dashboard.text.story.counted.numbers import StoryNumbers
from dashboard.text.story.panel import Panel
from dashboard.text.story.simpler import own_points
from dashboard.text.story.story import panels
from dashboard.text.story.words import called
from tests.dashboard.text.story.allowed import ALLOWED, rounded, target_gain
from tests.dashboard.text.story.random_runs import random_numbers
from tests.support.claims import broken, numbers_in, sweeping

RUNS = range(600)
JARGON = ("domain", "prototype", "baseline", "confusion", "epoch", "feature", "logit", "pseudo")
HARMLESS = (
    "thing that each pixel shows", "what every pixel shows", "for every new camera",
    "every new place", "all pixels counted together", "Weakest of all", "weakest of all",
    "Not sure at all",
    "losses at all", "gained most", "changed most", "Changed most", "At most",
    "distances between far groups mean nothing",
    "a model given all right answers", "claims nothing", "Nobody told the model",
    "nobody has tried here", "nobody knows how much", "nobody knows: there are no right answers",
    "No simpler way was tried yet", "nobody can say", "Nobody can say",
    "nobody can see", "nobody can count", "Whether that is right, nobody knows",
    "and for nothing else", "looks like any other name", "it made no difference here",
    "there is no loss to repair here", "Nothing to compare yet", "There is nothing to compare yet",
    "There is nothing yet to be sure of", "Nothing to be sure of yet", "Nothing counted yet",
    "Nothing can be counted", "nothing can be counted", "Nothing to count with",
    "No right answers to count with", "nothing to compare with", "adds nothing to that",
    "No. This", "No. It", "and none with the right answers", "none with the right answers",
    "No picture here comes with the right answers", "comes with the right answers",
    "There are none for", "proves nothing", "What nobody can see", "and from no",
)  # fmt: skip
"""What defines a word, or says that something is not known: no claim about counts."""


@pytest.fixture(scope="module")
def told() -> list[tuple[StoryNumbers, tuple[Panel, ...]]]:
    return [(numbers, panels(numbers)) for numbers in map(random_numbers, RUNS)]


def sentences(panel: Panel) -> list[str]:
    """Return what a panel says, but for what the run itself has noted and the command to type."""
    noted = {fact.text for fact in panel.facts if fact.label == "Noted"}
    return [text.split(" Type ")[0] for text in panel.sentences if text and text not in noted]


def test_every_state_of_a_run_is_among_them(told) -> None:
    numbers = [one for one, _ in told]
    compared = [one for one in numbers if one.phase == "adapted" and one.is_compared]
    assert {one.verdict for one in compared} == {"better", "worse", "mixed", "same", "few"}
    assert {one.phase for one in numbers} == {"learning", "turning", "adapted"}
    assert any(one.renamed for one in numbers)
    assert any(one.is_grouped and one.is_compared for one in numbers)
    assert any(own_points(one) for one in numbers)
    assert any(one.others for one in numbers)


@pytest.mark.slow
def test_every_number_of_a_sentence_is_one_of_the_runs(told) -> None:
    for numbers, story in told:
        for panel in story:
            allowed = ALLOWED[panel.key](numbers)
            for text in sentences(panel):
                text = text.replace("GTA5", "")
                assert set(numbers_in(text)) <= allowed, (panel.key, text, sorted(allowed))


@pytest.mark.slow
def test_no_sentence_holds_a_hole_or_a_plural_of_one(told) -> None:
    for numbers, story in told:
        around = (frame.title(numbers), frame.summary(numbers), frame.running(numbers) or "")
        for text in (*around, *(one for panel in story for one in sentences(panel))):
            assert not broken(text), text
            if not text:
                continue
            assert text[0].isupper() or not text[0].isalpha() or text.startswith("mIoU"), text


@pytest.mark.slow
def test_nothing_is_claimed_of_all_or_none_but_what_is_counted(told) -> None:
    for numbers, story in told:
        for panel in story:
            for text in sentences(panel):
                for word in sweeping(text, HARMLESS):
                    assert _is_counted(word, text, panel, numbers), (word, text)


def _is_counted(word: str, text: str, panel: Panel, numbers: StoryNumbers) -> bool:
    """Return whether the numbers carry a claim about most, all or none."""
    gains = [target_gain(numbers), *(other.gain for other in numbers.others)]
    if word == "Most":
        own = own_points(numbers)
        return own is not None and 2 * own.simpler > own.gain
    if "gained, on" in text:
        wanted = {"all": min(gains) > 0, "none": max(gains) <= 0}
        return len(gains) > 1 and wanted[word]
    if text.startswith("None of") and "pictures" in text:
        return len(numbers.pictures) > 1 and not numbers.harmed
    if text.startswith("None of"):
        compared = [kind for kind in numbers.known_kinds if kind.before is not None]
        return len(compared) > 1 and min(kind.gain for kind in compared) >= 0
    if text.startswith("No mistake is left"):
        now = numbers.target_now
        return now is not None and now.right == now.total
    if text.startswith("No name is given"):
        return not any(one.change for one in numbers.named)
    if text.startswith("No ") and " picture here comes with the right answers" in text:
        return not numbers.is_scored
    if " comes with them" in text:
        return numbers.at_the_start[1] is None
    return False


def test_better_and_worse_are_said_of_what_rose_and_fell(told) -> None:
    for numbers, story in told:
        if numbers.phase != "adapted" or not numbers.is_compared:
            continue
        better, worse = story[2], story[3]
        gain = target_gain(numbers)
        assert (better.kicker == "Where it got better") <= (gain > 0)
        assert better.sentence.startswith("It got worse") <= (gain < 0)
        if better.kicker == "Where it got better":  # nothing that speaks against it is left out
            assert numbers.improved > numbers.harmed
            assert numbers.mean_points > -0.5
            assert len(numbers.pictures) >= 10
        assert ("more pixel" in better.card_caption) <= (gain > 0)
        assert ("fewer pixel" in better.card_caption) <= (gain < 0)
        lost = [kind for kind in numbers.known_kinds if kind.gain < 0]
        assert (worse.kicker == "Where it got worse") == bool(lost)
        assert ("gained most" in " ".join(better.text)) <= any(
            kind.gain > 0 for kind in numbers.known_kinds
        )


def test_the_largest_step_closer_is_the_largest_and_closer(told) -> None:
    for numbers, story in told:
        if "largest step closer" in " ".join(story[1].text):
            assert numbers.gap is not None
            assert numbers.gap.closest is not None
            _, before, now = numbers.gap.closest
            assert now < before


def test_the_worse_panel_is_never_empty(told) -> None:
    for numbers, story in told:
        worse = story[3]
        assert worse.sentence
        assert worse.text
        if numbers.phase == "adapted" and numbers.known_kinds:
            assert worse.bars
            assert worse.number is not None


def test_few_pixels_are_counted_and_never_a_share(told) -> None:
    for numbers, story in told:
        now = numbers.target_now
        if now is not None and now.total < 30 and numbers.phase == "adapted":
            assert "of 100 dusk" not in story[2].sentence.lower()
            assert "percent" not in story[2].sentence


def test_the_problem_is_told_only_where_there_is_one(told) -> None:
    for numbers, story in told:
        source, target = numbers.at_the_start
        is_problem = "That loss is the problem." in story[0].notes.say
        if is_problem:
            assert source is not None
            assert target is not None
            assert target.of_100 < source.of_100


def test_no_word_that_the_page_does_not_explain(told) -> None:
    for _, story in told:
        for panel in story:
            text = " ".join(sentences(panel)).lower()
            assert not [word for word in JARGON if word in text], text
            assert "iou" not in text or panel.key == "sure", text


def test_what_is_said_takes_twenty_seconds(told) -> None:
    for _, story in told:
        for panel in story:
            assert 3 <= len(panel.notes.say.split()) <= 60
            assert panel.notes.question.endswith("?")
            assert panel.notes.answer.endswith(".")


def test_the_labels_are_never_said_to_be_unused_where_they_chose(told) -> None:
    for numbers, story in told:
        facts = {fact.label: fact.text for fact in story[4].facts}
        if numbers.selected_by == "target_miou" or numbers.arm.startswith("oracle"):
            assert "nothing else" not in facts["Right answers"]
        if not numbers.is_the_method:
            assert "method adds" not in " ".join(sentences(story[2]) + sentences(story[4]))


def test_what_the_method_adds_to_a_gain_in_pixels_is_part_of_it(told) -> None:
    found = 0
    for numbers, story in told:
        for text in story[2].text:
            said = re.match(r"Of (\d+) gained, the method adds (\d+): .* gets (\d+) right\.", text)
            if said:
                found += 1
                gained, adds, theirs = map(int, said.groups())
                assert theirs == rounded(max(rival.pixels_right for rival in numbers.rivals))
                assert gained == target_gain(numbers) > adds > 0
                assert theirs + adds == numbers.target_now.of_100
    assert found


def test_the_map_says_what_its_marks_are_and_what_it_does_not_show(told) -> None:
    for numbers, story in told:
        caption = story[1].caption
        if numbers.has_map:
            for word in (called(numbers.source), called(numbers.target)):
                assert word in caption
            for word in ("rings", "discs", "diamonds", "mean nothing", "not on the map"):
                assert word in caption


# Words that leave the picture of a panel its room: on average over the runs that are compared.
MOST_WORDS = {"learned": 60, "better": 56, "worse": 47, "facts": 110}


def test_words_leave_room_for_the_picture(told) -> None:
    words: dict[str, list[int]] = {key: [] for key in MOST_WORDS}
    for numbers, story in told:
        if numbers.phase == "adapted" and numbers.is_compared and len(numbers.pictures) >= 10:
            for panel in story[1:4]:
                words[panel.key].append(len(" ".join(panel.text).split()))
            facts = [fact.text for fact in story[4].facts if fact.label != "Noted"]
            words["facts"].append(len(" ".join(facts).split()))
    means = {key: sum(counts) / len(counts) for key, counts in words.items()}
    assert all(means[key] <= most for key, most in MOST_WORDS.items()), means
