"""Register components whose code is an ES module of our own server, fetched once and cached."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.data.addresses import base_path

# Streamlit sends this again with every change of the data; all else stands in the module.
_LOADER = """
const address = new URL("BASE/assets/NAME/index.js", location.origin).href;
const failed = "This part of the page could not be loaded. Reload the page; if that does not help, \
start the dashboard again.";
export default async (component) => {
  const module = await import(address).catch(() => null);
  if (!module) component.parentElement.textContent = failed;
  return module?.default(component);
};
"""


def component(name: str) -> Callable[..., Any]:
    """Return a component that runs `default(component)` of `components/NAME/index.js`.

    Its elements stand in the page, not in a shadow root, so that the theme's variables reach them.
    """
    script = _LOADER.replace("BASE", base_path()).replace("NAME", name)
    mount: Callable[..., Any] = st.components.v2.component(
        f"spcl_{name}", js=script, isolate_styles=False
    )
    return mount
