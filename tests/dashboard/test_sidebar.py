"""The sidebar looks at the disk, and never in the way of somebody who clicks."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.data import runs_folder


def _script() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx
    from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

    from dashboard import sidebar

    context = get_script_run_ctx()
    assert context is not None
    drawn = st.session_state.setdefault("drawn", [])
    drawn.append(context.page_script_hash)
    if len(drawn) > 1:
        return

    def look() -> None:  # a look takes a while, and somebody clicks meanwhile
        assert context.script_requests is not None
        context.script_requests.request_rerun(RerunData(page_script_hash="another page"))

    sidebar._look(("what was there before",), look)


def test_a_click_while_the_disk_is_looked_at_leads_where_it_should(tmp_path: Path) -> None:
    runs_folder.use(tmp_path)
    app = AppTest.from_function(_script).run()
    assert not app.exception
    assert app.session_state["drawn"][1:] == ["another page"]
