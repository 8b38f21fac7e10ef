"""The four small cards of a class over the steps: IoU, pseudo labels, margin and prototype."""

import pandas as pd

from dashboard import colors
from dashboard.charts.classes.lines import Line, lines_figure
from dashboard.charts.common import Card, Look
from dashboard.data.classes.history import ClassHistory, Series
from dashboard.data.opened_run import OpenedRun
from dashboard.text import absent
from dashboard.text.classes import readings
from spcl.store.classes import ClassInfo

_SHARE = (0.0, 100.0)


def iou_card(opened: OpenedRun, history: ClassHistory, look: Look) -> Card:
    """Return the IoU of the class in both domains."""
    title, domains = "IoU", _domains(opened)
    if not history.iou:
        return Card(title, "%", awaited="No snapshot has a score of this class.")
    since = opened.compared_step
    return Card(
        title,
        "%, all val pixels",
        lines_figure(
            _by_domain(_percent(history.iou), domains, look),
            digits=1,
            before=opened.before,
            dark=look.dark,
            limits=_SHARE,
        ),
        reading=readings.iou_reading(history, domains, since),
        numbers=_numbers(history.iou, "domain", "iou"),
    )


def labels_card(opened: OpenedRun, history: ClassHistory, info: ClassInfo, look: Look) -> Card:
    """Return how many pseudo labels of the class are kept, and how many of those are right."""
    title, unit = "Pseudo labels", "% called so"
    if not history.kept:
        lacks = absent.lacks(opened.info, "confidence")
        awaited = absent.NO_CONFIDENCE if lacks else readings.no_pseudo_labels(info.display.lower())
        return Card(title, unit, awaited=awaited)
    series = {"kept": history.kept, "right": history.right}
    series = {name: values for name, values in series.items() if values}
    inks = {"kept": colors.BETTER[look.dark], "right": colors.INK_3[look.dark]}
    lines = [
        Line(name, values, inks[name], name == "right") for name, values in _percent(series).items()
    ]
    return Card(
        title,
        unit,
        lines_figure(lines, digits=0, before=opened.before, dark=look.dark, limits=_SHARE),
        reading=readings.labels_reading(history, info.display.lower()),
        numbers=_numbers(series, "what", "share"),
    )


def margin_card(opened: OpenedRun, history: ClassHistory, info: ClassInfo, look: Look) -> Card:
    """Return how much nearer the pixels of the class lie to their own prototype."""
    title, unit, domains = "Margin", "difference of cosines", _domains(opened)
    if not history.margin:
        return Card(title, unit, awaited=_not_measured(opened))
    lines = _by_domain(history.margin, domains, look)
    return Card(
        title,
        unit,
        lines_figure(lines, digits=2, before=opened.before, dark=look.dark),
        reading=readings.margin_reading(history, info.display.lower(), domains["target"]),
        numbers=_numbers(history.margin, "domain", "margin_mean"),
    )


def prototype_card(opened: OpenedRun, history: ClassHistory, look: Look) -> Card:
    """Return how far the prototype has turned, and how far the nearest others are."""
    title, unit = "Prototype", "1 − cosine"
    is_safe = opened.selection.palette == "safe"  # its colours are too pale for a line
    inks = [colors.relit(one, look.dark) if is_safe else one for one in look.marks]
    by_name = dict(zip(opened.names, inks, strict=True))
    lines = [
        Line(opened.displays[name], series, by_name[name], is_dashed=True)
        for name, series in history.distances.items()
        if series
    ]
    if history.drift:
        lines.insert(0, Line("to before", history.drift, colors.BETTER[look.dark]))
    if not lines:
        return Card(title, unit, awaited=_not_measured(opened))
    series = {"before": history.drift, **history.distances}
    return Card(
        title,
        unit,
        lines_figure(lines, digits=2, before=opened.before, dark=look.dark),
        reading=readings.prototype_reading(history, opened.displays),
        numbers=_numbers(series, "to", "distance"),
    )


def _not_measured(opened: OpenedRun) -> str:
    if absent.lacks(opened.info, "features"):
        return absent.NO_MARGIN
    return readings.NOT_MEASURED


def _domains(opened: OpenedRun) -> dict[str, str]:
    return {domain: opened.info.domain_name(domain) for domain in ("source", "target")}


def _by_domain(values: dict[str, Series], domains: dict[str, str], look: Look) -> list[Line]:
    inks = {"target": colors.BETTER[look.dark], "source": colors.INK_3[look.dark]}
    return [
        Line(domains[domain], values[domain], inks[domain])
        for domain in ("target", "source")
        if domain in values
    ]


def _percent(series: dict[str, Series]) -> dict[str, Series]:
    return {
        name: {step: 100 * value for step, value in values.items()}
        for name, values in series.items()
    }


def _numbers(series: dict[str, Series], what: str, value: str) -> pd.DataFrame:
    rows = [(name, step, one) for name, values in series.items() for step, one in values.items()]
    return pd.DataFrame(rows, columns=[what, "step", value])
