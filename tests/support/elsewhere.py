"""Servers on this machine that stand in for machines elsewhere: an S3 store and an SSH host."""

import asyncio
import atexit
import logging
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.synthetic_run import write_synthetic_run

BUCKET = "lab"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def wait_until(holds: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait for what another thread or process brings about (AssertionError: it does not)."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


@cache
def _made() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="elsewhere-")
    atexit.register(folder.cleanup)
    return write_synthetic_run(Path(folder.name), images=1, pixels_per_class=5)


def small_run(folder: Path) -> Path:
    """Return a finished run of five snapshots with few files, below `folder`."""
    return Path(shutil.copytree(_made(), folder / _made().name))


class S3Server:
    """An S3 store whose objects outlive a stop of the server."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.address = f"s3://{BUCKET}/runs"
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "AKIATESTKEY",
            "AWS_SECRET_ACCESS_KEY": "do-not-show-this",
            "AWS_DEFAULT_REGION": "us-east-1",
            "HOME": str(home),
        }

    def start(self) -> None:
        import boto3
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()
        given = {key.lower().removesuffix("_url"): value for key, value in self.environment.items()}
        self._client = boto3.client(
            "s3",
            endpoint_url=given["aws_endpoint"],
            aws_access_key_id=given["aws_access_key_id"],
            aws_secret_access_key=given["aws_secret_access_key"],
            region_name=given["aws_default_region"],
        )
        self._client.create_bucket(Bucket=BUCKET)

    def stop(self) -> None:
        self._server.stop()

    def end(self) -> None:
        import moto.backends

        moto.backends.get_backend("s3").reset()

    def put(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket=BUCKET, Key=f"runs/{name}", Body=content)

    def put_tree(self, folder: Path, name: str) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def replace_tree(self, folder: Path, name: str) -> None:
        self.put_tree(folder, name)

    def remove(self, name: str) -> None:
        found = self._client.list_objects_v2(Bucket=BUCKET, Prefix=f"runs/{name}")
        for entry in found.get("Contents", ()):
            self._client.delete_object(Bucket=BUCKET, Key=entry["Key"])


class SshHost:
    """An SSH host that gives the files below a folder to whoever has the key in `home`."""

    def __init__(self, home: Path) -> None:
        import asyncssh

        self.port = free_port()
        self.address = "sftp://gpu-7/runs"
        self.environment = {"HOME": str(home)}
        self.root = home / "of-the-host"
        (self.root / "runs").mkdir(parents=True)
        ssh = home / ".ssh"
        ssh.mkdir(mode=0o700)
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(ssh / "id_ed25519")
        key.write_public_key(home / "allowed.pub")
        self._allowed = str(home / "allowed.pub")
        public = self._host_key.export_public_key().decode().strip()
        self.known_hosts = ssh / "known_hosts"
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}\n")
        (ssh / "config").write_text(
            f"Host gpu-7\n  HostName 127.0.0.1\n  Port {self.port}\n  User ada\n"
        )
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def start(self) -> None:
        self._open: list[Any] = []
        self._server = self._do(self._listen())

    async def _listen(self) -> Any:
        import asyncssh

        host = self

        class Server(asyncssh.SSHServer):  # type: ignore[misc]
            def connection_made(self, conn: Any) -> None:
                host._open.append(conn)

        def files(chan: Any) -> Any:
            return asyncssh.SFTPServer(chan, chroot=str(host.root).encode())

        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=Server,
            server_host_keys=[self._host_key],
            authorized_client_keys=self._allowed,
            sftp_factory=files,
            reuse_address=True,
        )

    def stop(self) -> None:
        async def cut() -> None:
            self._server.close()
            for connection in self._open:
                connection.abort()

        self._do(cut())

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=20)

    def put(self, name: str, content: bytes) -> None:
        path = self.root / "runs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def put_tree(self, folder: Path, name: str) -> None:
        shutil.copytree(folder, self.root / "runs" / name)

    def replace_tree(self, folder: Path, name: str) -> None:
        shutil.copytree(folder, self.root / "runs" / name, dirs_exist_ok=True)

    def remove(self, name: str) -> None:
        shutil.rmtree(self.root / "runs" / name)


SERVERS = {"s3": S3Server, "sftp": SshHost}
