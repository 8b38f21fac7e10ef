"""The server: it serves the pages and the recorded files, and starts the analyses."""

from streamlit.logger import set_log_level

set_log_level("error")  # before anything is cached: Streamlit would warn that no page is open yet
