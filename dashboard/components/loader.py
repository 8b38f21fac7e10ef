"""Register components whose code is an ES module of our own server, fetched once and cached."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.data.opened_run import base_path

_LOADER = """
export default async (component) =>
  (await import(new URL("{base}/assets/{name}/index.js", location.origin).href)).default(component);
"""


def component(name: str) -> Callable[..., Any]:
    """Return a component that runs `default(component)` of `components/NAME/index.js`.

    Its elements stand in the page, not in a shadow root, so that the theme's variables reach them.
    """
    script = _LOADER.format(base=base_path(), name=name)
    mount: Callable[..., Any] = st.components.v2.component(
        f"spcl_{name}", js=script, isolate_styles=False
    )
    return mount
