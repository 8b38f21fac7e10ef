"""What the scores at a step were measured on, where that is not a whole split."""

from dashboard.data.whole_scores import Part, Whole
from dashboard.text.common import counted, percent
from spcl.store.schema import RunInfo


def part_note(info: RunInfo, step: int, part: Part | None, whole: Whole | None) -> str:
    """Return which images were scored at a step and where the split was last; "" for all of it."""
    if part is None:
        return ""
    name = info.domain_name(part.domain)
    text = (
        f"At step {step:,}, {part.num_images:,} of the {counted(part.of, f'{name} image')} were "
        "looked at, those that every snapshot observes."
    )
    if whole is None:
        return f"{text} All of them have not been scored yet."
    return (
        f"{text} All {whole.num_images:,} were scored last at step {whole.step:,}: mean IoU "
        f"{percent(whole.mean_iou)} %. Curves and key figures are of all images."
    )
