"""The list of commands, and completion as a real shell does it."""

import re
import shlex
import shutil
import subprocess

import pytest

from spcl.commands import COMMANDS, main
from spcl.commands.line.day import DAY
from tests.project.test_commands_told import parser_of

COMPLETE = """eval "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_spcl; printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = (
    """autoload -Uz compinit && compinit -u -D; eval "$1"; (( $+_comps[spcl] )) && print complete"""
)


@pytest.fixture
def script(capsys):
    """Return what `completion` prints for a shell."""

    def printed(shell):
        assert main(["completion", shell]) == 0
        return capsys.readouterr().out

    return printed


@pytest.fixture
def completed(script):
    """Return the words that bash offers after those typed, the last of which is unfinished."""

    def words(*typed):
        done = subprocess.run(
            ["bash", "-c", COMPLETE, "bash", script("bash"), "spcl", *typed],
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return words


def test_commands_and_their_options_are_completed(completed):
    assert completed("") == list(COMMANDS)
    assert completed("an") == ["analyse"]
    assert completed("analyse", "--f") == ["--follow"]
    assert completed("compare", "runs/a", "--c") == ["--csv"]


def test_words_to_choose_from_are_completed_and_files_are_left_to_the_shell(completed):
    assert completed("adapt", "--preset", "") == ["released", "spcl"]
    assert completed("completion", "") == ["bash", "zsh"]
    assert completed("adapt", "conf") == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_is_completed(completed, name):
    options = {flag for action in parser_of(name)._actions for flag in action.option_strings}
    assert set(completed(name, "-")) == options


def test_the_script_is_for_the_installed_command(script):
    assert script("bash").splitlines()[-1] == "complete -o default -F _spcl spcl"


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_takes_the_script(script):
    done = subprocess.run(["zsh", "-fc", ZSH, "zsh", script("zsh")], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("complete", "")


def test_what_the_help_says_to_type_for_completion_is_shell(capsys):
    with pytest.raises(SystemExit):
        main(["completion", "--help"])
    assert shlex.split(re.search(r"eval \"[^\"]+\"", capsys.readouterr().out)[0])


def test_the_list_of_commands_follows_a_day(capsys):
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert re.findall(r"^  .{8} ([\w-]+) ", printed, flags=re.M) == list(COMMANDS)
    for part, commands in DAY.items():
        assert re.search(rf"^  {part} +{next(iter(commands))} ", printed, flags=re.M)
