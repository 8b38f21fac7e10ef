"""What is said of the pixels of one class that go to another."""

from dashboard.text.common import FEW_CASES, counted, first_upper, of_100

NONE_CAPTION = "Choose two classes to see the pixels of one that go to the other."
NOT_PROBED = "The images hold such pixels, but none of the probe pixels is among them."
WAYS = {"prediction": "Prediction", "prototype": "Nearest prototype"}


def as_chosen(way: str) -> str | None:
    """Return a way as it is chosen: None for the prediction, which needs no choice."""
    return None if way == "prediction" else way


def none(name: str | None, target: str) -> str:
    """Return that no pixel goes astray; of one class, or of any."""
    whose = "probe pixel" if name is None else f"{name.lower()} probe pixel"
    return f"No {whose} on {target} goes to another class at this step"


def headline(
    names: tuple[str, str], *, count: int, whole: int, target: str, by: str | None, has_truth: bool
) -> str:
    """Return "14 % of the fence pixels on dusk are called building", as a count of few.

    Args:
        names: what people call the class of the pixels and the one they go to.
        count: the pixels.
        whole: all probe pixels of the first class.
        target: display name of the target domain.
        by: "prototype", or None for the prediction.
        has_truth: whether labels give the pixels their class; else the prediction does.
    """
    own, other = (name.lower() for name in names)
    same = own == other
    what = f"pixels called {own}" if not has_truth else f"{own} pixels"
    if not whole:
        return f"No probe pixel on {target} is {own}"
    share = f"{count} of {whole}" if whole < FEW_CASES else f"{of_100(count / whole)} % of the"
    verb = "lie nearest to" if by == "prototype" else "are called"
    if not count:
        return f"None of the {whole:,} {what} on {target} {_none(verb, other)}"
    ending = f"{verb} {other}" + (" as they should" if same and has_truth else "")
    return f"{first_upper(share)} {what} on {target} {ending}"


def _none(verb: str, other: str) -> str:
    return f"lies nearest to {other}" if verb.startswith("lie") else f"is called {other}"


def caption(count: int, whole: int, num_images: int, step: int, *, has_truth: bool) -> str:
    """Return how many pixels that is, in how many images, and who says what they are."""
    who = "by their labels" if has_truth else "by their prediction, as there are no labels"
    return (
        f"{count:,} of {whole:,} probe pixels of that class ({who}) in "
        f"{counted(num_images, 'image')}, at step {step:,}; the surest predictions come first."
    )


def counted_in(counts_all: bool) -> str:
    """Return which pixels of an image are counted."""
    return "all labelled pixels" if counts_all else "probe pixels"


def held(count: int) -> str:
    """Return how many of the pixels an image holds."""
    return counted(count, "pixel")
