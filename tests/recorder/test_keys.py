from spcl.recorder.given.keys import key_parts


def test_plain_names_are_keys_as_they_are():
    names = ["frame_0", "0006R0_f00930", "a.b", "with space", "früh"]
    assert key_parts(names) == {name: name for name in names}


def test_no_two_keys_meet_on_any_file_system():
    names = ["f0", "f0.label", "F1", "f1", "f1.Confidence", "e\u0301", "\u00e9", "x" * 240]
    names += ["back\\slash", "line\nbreak", "latin\udce9", key_parts(["f0.label"])["f0.label"]]
    parts = key_parts(names)
    assert len({part.casefold() for part in parts.values()}) == len(names)
    assert parts["f0"] == "f0"
    for part in parts.values():
        assert not part.casefold().endswith((".label", ".confidence"))
        assert part == "f0" or part.isascii()
        assert not set(part) & set("/\\\n")
        assert len(part) < 90
