import threading
import time

import pytest

from spcl.recorder.in_order import InOrder


def test_work_is_done_in_order_by_one_other_thread():
    later, done = InOrder(most_waiting=3), []
    for number in range(50):
        later.add(lambda number=number: done.append((number, threading.get_ident())))
    later.finish()
    assert [number for number, _ in done] == list(range(50))
    assert {thread for _, thread in done} - {threading.get_ident()}
    assert len({thread for _, thread in done}) == 1
    later.close()


@pytest.mark.slow
def test_no_more_waits_than_is_allowed():
    later, go_on, most = InOrder(most_waiting=2), threading.Event(), []
    for _ in range(3):
        later.add(go_on.wait)  # one is worked on, two wait
        time.sleep(0.02)
    giver = threading.Thread(target=lambda: later.add(lambda: most.append("given")))
    giver.start()
    giver.join(timeout=0.2)
    assert giver.is_alive()
    go_on.set()
    giver.join(timeout=10)
    later.finish()
    assert most == ["given"]
    later.close()


def test_what_goes_wrong_is_raised_where_work_is_given_and_the_rest_is_dropped():
    later, go_on, done = InOrder(most_waiting=5), threading.Event(), []

    def wrong():
        go_on.wait()
        raise OSError("no space")

    later.add(wrong)
    later.add(lambda: done.append("after"))
    go_on.set()
    for ask in (later.finish, later.finish, later.check, lambda: later.add(print)):
        with pytest.raises(OSError, match="no space"):
            ask()
    assert isinstance(later.close(), OSError)
    assert done == []


def test_closing_waits_for_the_rest_and_leaves_no_thread():
    before, later, done = threading.active_count(), InOrder(most_waiting=5), []
    for number in range(4):
        later.add(lambda number=number: (time.sleep(0.02), done.append(number)))
    assert later.close() is None
    assert done == [0, 1, 2, 3]
    assert threading.active_count() == before
    later.add(lambda: done.append(4))  # a run that is taken up again
    later.finish()
    assert done[-1] == 4
    later.close()
