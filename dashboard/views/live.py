"""Live: is it working, how long still, did a class collapse; answered in the first screen."""

from dashboard import words
from dashboard.page import header, open_page, title_of


def render() -> None:
    """Draw the page."""
    page = open_page("Live")
    if page is None:
        return
    header(f"Live · {title_of(page)}", "Live", words.status_sentence(page.info, page.status))
