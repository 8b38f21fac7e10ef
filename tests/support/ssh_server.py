"""OpenSSH's own server on a port of this machine, with keys and a configuration of the test's."""

import os
import pwd
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.elsewhere import free_port
from tests.support.tools import needed


@dataclass(frozen=True)
class SshServer:
    """How the server is reached: the program and its options, up to what is asked of it."""

    command: tuple[str, ...]
    name: str
    port: int
    user: str


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Yield a server that lets the user of this process in with a key made in `folder`."""
    sshd, ssh = needed("sshd", "openssh-server"), needed("ssh", "openssh-client")
    keygen, port = needed("ssh-keygen", "openssh-client"), free_port()
    user = pwd.getpwuid(os.getuid()).pw_name
    folder.mkdir(mode=0o700)
    for name in ("host", "mine"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "allowed").write_text((folder / "mine.pub").read_text())
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    settings = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "allowed",
        "PidFile": "none",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "StrictModes": "no",  # the folder of a test lies in one that everybody writes to
        "PermitRootLogin": "prohibit-password",
        "Subsystem": "sftp internal-sftp",
    }
    written = "".join(f"{key} {value}\n" for key, value in settings.items())
    (folder / "sshd_config").write_text(written)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # it refuses to start without
    command = [sshd, "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)
    try:
        _wait_for(folder / "log", server)
        options = {"UserKnownHostsFile": folder / "known", "BatchMode": "yes", "User": user}
        given = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        base = (ssh, "-F", "none", "-p", str(port), "-i", str(folder / "mine"), *given)
        yield SshServer(base, "127.0.0.1", port, user)
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for(log: Path, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 15
    while "Server listening" not in log.read_text(errors="replace"):
        assert server.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < end, "sshd does not listen"
        time.sleep(0.05)
