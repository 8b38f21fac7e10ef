"""The button that copies the address of what is seen; what a link says is read in the browser."""

from dashboard.components.loader import component

_mount = component("copy_link")


def copy_link(*, key: str) -> None:
    """Draw the button."""
    _mount(key=key, data={})
