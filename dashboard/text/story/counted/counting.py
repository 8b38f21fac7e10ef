"""From a run's tables of counts to the numbers of the story."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from dashboard.data.story.facts import StoryRead
from dashboard.text.scores import baselines
from dashboard.text.scores.baselines import Mark
from dashboard.text.story.counted.groups import MANY_CLASSES, grouped
from dashboard.text.story.counted.numbers import Phase, StoryNumbers
from dashboard.text.story.counted.parts import Gap, Kind, Named, Other, Picture, Rival, Tally
from spcl.store.baselines.reader import Baseline
from spcl.store.compared.counted import Counted
from spcl.store.schema import RunInfo
from spcl.store.scores.counts import Counts, per_class_iou
from spcl.store.scores.thirteen import mean_of_13


def story_numbers(read: StoryRead) -> StoryNumbers:
    """Return the numbers of a run's story."""
    info = read.info
    phase = _phase(info, read.step)
    source, target = read.now.get("source"), read.now.get("target")
    source_before, target_before = read.before.get("source"), read.before.get("target")
    is_grouped = len(info.label_space) >= MANY_CLASSES
    names = [shown.display.lower() for shown in info.label_space]
    singles = [(name, [class_id]) for class_id, name in enumerate(names)]
    classes = _kinds(singles, target, target_before)
    groups = _kinds(grouped(info.label_space.classes), target, target_before)
    transfer = np.sum(list(read.transfers.values()), axis=0) if read.transfers else None
    marks = _marks(read, target, target_before)
    return StoryNumbers(
        title=info.title,
        run_id=info.id,
        source=info.domain_name("source"),
        target=info.domain_name("target"),
        status=read.status,
        step=read.step,
        reached=info.step,
        total_steps=info.total_steps,
        turns_at=info.before_step,
        phase=phase,
        num_classes=len(info.label_space),
        seed=info.seed,
        examples=tuple(names[:2]),
        commit=info.git_commit,
        notes=info.notes,
        arm=_arm(info),
        selected_by=str(_setting(info, "select", "by", "last")),
        is_drawn=_setting(info, "data", "kind", "folder") == "streets",
        saw_target_early=_setting(info, "warmup", "adversarial", "off") != "off",
        num_source=source.num_images if source else 0,
        num_target=target.num_images if target else len(read.names),
        source_before=_right(source_before),
        source_now=_right(source),
        target_before=_right(target_before),
        target_now=_right(target),
        mean_before=target_before.mean_iou if target_before else math.nan,
        mean_now=target.mean_iou if target else math.nan,
        mean_of_13=mean_of_13(info.label_space.names, per_class_iou(target.confusion))
        if target
        else None,
        num_counted=_num_counted(target),
        is_grouped=is_grouped,
        kinds=tuple(_with_members(kind, names) for kind in groups) if is_grouped else classes,
        classes=classes,
        pictures=_pictures(read, target, target_before),
        renamed=_renamed(transfer),
        named=_named(info, transfer),
        gap=_gap(read),
        has_map=read.has_map,
        rivals=_rivals(read.baselines, info.seed),
        marks=marks,
        compare_command=baselines.command(read.path),
        others=_others(read),
    )


def _phase(info: RunInfo, step: int) -> Phase:
    if info.before_step is None or step < info.before_step:
        return "learning"
    return "turning" if step == info.before_step else "adapted"


def _setting(info: RunInfo, section: str, key: str, default: object) -> object:
    """Return a setting as recorded; the default where the run does not say."""
    found = info.config.get(section)
    return found.get(key, default) if isinstance(found, Mapping) else default


def _arm(info: RunInfo) -> str:
    """Return what the training uses; without contrast it only trains on its own guesses."""
    arm = str(_setting(info, "adapt", "arm", "spcl"))
    has_contrast = _setting(info, "contrast", "weight", "ratio") != 0
    return "self_training" if arm == "spcl" and not has_contrast else arm


def _right(counted: Counted | None) -> Tally | None:
    return None if counted is None else _tally(counted.confusion)


def _tally(confusion: Counts) -> Tally:
    return Tally(int(np.trace(confusion)), int(confusion.sum()))


def _num_counted(counted: Counted | None) -> int:
    if counted is None:
        return 0
    return int(((counted.confusion.sum(0) + counted.confusion.sum(1)) > 0).sum())


def _kinds(
    groups: Iterable[tuple[str, Sequence[int]]], now: Counted | None, before: Counted | None
) -> tuple[Kind, ...]:
    """Return the kinds that occur on the target, the weakest first."""
    if now is None:
        return ()
    kinds = []
    for name, ids in groups:
        pixels = now.confusion[ids].sum(axis=1)
        if not pixels.sum():
            continue
        by_size = [ids[i] for i in np.argsort(-pixels, kind="stable")]
        then = _iou(before.confusion, ids) if before is not None else None
        found = _found(now.confusion, ids)
        earlier = _found(before.confusion, ids) if before is not None else None
        kinds.append(Kind(name, tuple(by_size), _iou(now.confusion, ids), found, then, earlier))
    return tuple(sorted(kinds, key=lambda kind: (kind.now.share, kind.name)))


def _found(confusion: Counts, ids: Sequence[int]) -> Tally:
    return Tally(_hits(confusion, ids), int(confusion[ids].sum()))


def _with_members(kind: Kind, names: Sequence[str]) -> Kind:
    return replace(kind, members=tuple(names[class_id] for class_id in kind.class_ids))


def _hits(confusion: Counts, ids: Sequence[int]) -> int:
    return int(confusion[np.ix_(ids, ids)].sum())


def _iou(confusion: Counts, ids: Sequence[int]) -> Tally:
    hits = _hits(confusion, ids)
    return Tally(hits, int(confusion[ids].sum() + confusion[:, ids].sum()) - hits)


def _pictures(read: StoryRead, now: Counted | None, before: Counted | None) -> tuple[Picture, ...]:
    if now is None or before is None:
        return ()
    return tuple(
        Picture(key, name, _tally(before.images[key]), _tally(now.images[key]))
        for key, name in read.names.items()
        if key in now.images and key in before.images
    )


def _renamed(transfer: Counts | None) -> Tally | None:
    if transfer is None or not transfer.sum():
        return None
    total = int(transfer.sum())
    return Tally(total - int(np.trace(transfer)), total)


def _named(info: RunInfo, transfer: Counts | None) -> tuple[Named, ...]:
    if transfer is None or not transfer.sum():
        return ()
    total = int(transfer.sum())
    before, now = transfer.sum(axis=1), transfer.sum(axis=0)
    return tuple(
        Named(
            shown.display.lower(),
            shown.id,
            Tally(int(before[shown.id]), total),
            Tally(int(now[shown.id]), total),
        )
        for shown in info.label_space
        if before[shown.id] or now[shown.id]
    )


def _gap(read: StoryRead) -> Gap | None:
    if not read.gaps:
        return None
    display = {shown.name: shown.display.lower() for shown in read.info.label_space}
    before, now = (float(np.mean([pair[i] for pair in read.gaps.values()])) for i in (0, 1))
    shown = {name: (round(b, 2), round(n, 2)) for name, (b, n) in read.gaps.items()}
    first = min(shown, key=lambda name: (shown[name][1] - shown[name][0], name))
    closest = None
    if shown[first][1] < shown[first][0] and first in display:
        closest = (display[first], *shown[first])
    return Gap(before, now, len(read.gaps), read.gaps_by_labels, closest)


def _rivals(found: Sequence[Baseline], seed: int) -> tuple[Rival, ...]:
    """Return the finished simpler models that saw no target labels, by pixels right."""
    by_name: dict[str, list[Baseline]] = {}
    for one in found:
        if one.is_final and baselines.is_rival(baselines.shown_name(one.name)):
            by_name.setdefault(baselines.shown_name(one.name), []).append(one)
    rivals = []
    for name, models in by_name.items():
        own = [one.pixel_accuracy for one in models if one.seed == seed]
        mean = float(np.mean([one.pixel_accuracy for one in models]))
        rivals.append(Rival(name, own[0] if own else mean))
    return tuple(sorted(rivals, key=lambda rival: rival.pixels_right))


def _marks(read: StoryRead, now: Counted | None, before: Counted | None) -> tuple[Mark, ...]:
    if now is None or before is None or math.isnan(now.mean_iou) or math.isnan(before.mean_iou):
        return ()
    is_final = read.step == read.info.total_steps
    return baselines.marks(
        read.baselines,
        before=before.mean_iou,
        now=now.mean_iou,
        seed=read.info.seed,
        step=None if is_final else read.step,
    )


def _others(read: StoryRead) -> tuple[Other, ...]:
    """Return trainings like this one: runs beside it, else those that its baselines name."""
    if read.others:
        return tuple(
            Other(one.seed, _tally(one.before.confusion).share, _tally(one.now.confusion).share)
            for one in read.others
        )
    by_seed: dict[int, dict[str, float]] = {}
    for one in read.baselines:
        is_end = one.name == "before" or (one.name == "spcl" and one.is_final)
        if is_end and one.seed != read.info.seed:
            by_seed.setdefault(one.seed, {})[one.name] = one.pixel_accuracy
    return tuple(
        Other(seed, shares["before"], shares["spcl"])
        for seed, shares in sorted(by_seed.items())
        if len(shares) == 2
    )
