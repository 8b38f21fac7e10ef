"""That a story was edited by hand, and in what."""

from collections.abc import Sequence

from dashboard.text.common import counted, listing


def edited(
    *,
    has_title: bool,
    has_summary: bool,
    num_pictures: int,
    hidden: Sequence[str],
    written_at: int,
    step: int,
) -> str:
    """Return what was edited by hand, "" where nothing was.

    Args:
        has_title: whether the title is a person's.
        has_summary: whether the summary is.
        num_pictures: panels that show another picture than the story would choose.
        hidden: kickers of the panels left out.
        written_at: the snapshot that was shown when the words were written.
        step: the snapshot shown.
    """
    changed = ["title"] * has_title + ["summary"] * has_summary
    if num_pictures:
        changed.append(f"choice of {counted(num_pictures, 'picture')}")
    told = []
    if changed:
        told.append(listing(changed))
    if hidden:
        told.append(f"left out: {listing(list(hidden))}")
    if not told:
        return ""
    when = f" (written at step {written_at:,})" if has_summary and written_at != step else ""
    return f"Edited by hand: {'; '.join(told)}{when}."
