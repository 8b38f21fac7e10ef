"""Look at a page as axe-core does: what of the rules A and AA does it break?"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.conftest import without_browser

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_RUN = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html, any, all, none }) => {
    const why = [...any, ...all, ...none][0]?.message ?? "";
    return `${id}: ${target.flat(3).join(" ")} ${html.slice(0, 200)} ${why}`;
  }));
}"""


@cache
def axe_source() -> str:
    """Return the program, from where node would find it; without it skip, and fail in CI."""
    further = os.environ.get("NODE_PATH", "").split(os.pathsep)
    for folder in (ROOT / "node_modules", *(Path(one) for one in further if one)):
        program = folder / "axe-core" / "axe.min.js"
        if program.is_file():
            return program.read_text()
    without_browser("axe-core is not there (`npm ci` brings it)")
    pytest.fail("never reached")


def violations(page: Any) -> list[str]:
    """Return each element of a page that breaks a rule: the rule, the element, why."""
    page.evaluate(axe_source())
    found: list[str] = page.evaluate(_RUN, list(RULES))
    return found
