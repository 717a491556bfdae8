"""The embedded S3 server: SeaweedFS from its wheel, all its parts in one process, reached over loopback."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import write_private
from app.embedded.processes import Program
from app.embedded.s3_probe import S3Probe

PORTS = ("s3", "s3_filer", "s3_volume", "s3_master", "s3_admin")
"""Names of the ports it needs. All listen on loopback; only the first is ours to talk to."""
PORTS_OFFSET = 10_000
"""It listens that far above each of its ports too. Its inner worker looks there, whatever the flags say."""


def _weed() -> Path:
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.is_file() else shutil.which("weed")
    if not found:
        raise StartError(
            "The embedded S3 server (weed) is not installed. Run `make run`, which installs it, or give the address of a store: "
            "DATAKURA_S3_ENDPOINT_URL with DATAKURA_S3_ACCESS_KEY and DATAKURA_S3_SECRET_KEY."
        )
    return Path(found)


@dataclass(frozen=True, kw_only=True)
class SeaweedFS:
    """The server of one data folder."""

    folder: Path
    """Holds the objects; made when missing. Its parent exists."""
    ports: Mapping[str, int]
    """A port for each name in PORTS."""
    access_key: str
    secret_key: str
    encryption_key: str
    internal_key: str
    bucket: str
    region: str
    log: Path

    @property
    def url(self) -> str:
        """What S3 clients connect to, with addressing by path."""
        return f"http://127.0.0.1:{self.ports['s3']}"

    def program(self) -> Program:
        """The server, to be supervised; its configuration is in place afterwards."""
        temporary = self.folder / "tmp"
        for folder in (self.folder, temporary):
            folder.mkdir(mode=0o700, exist_ok=True)
        identity = {
            "name": "datakura",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        write_private(self.folder / "s3.json", json.dumps({"identities": [identity]}))
        flags = {
            "dir": str(self.folder),
            "ip": "127.0.0.1",
            # Its default is every address of the machine.
            "ip.bind": "127.0.0.1",
            **{f"{name.removeprefix('s3_')}.port": str(self.ports[name]) for name in PORTS},
            "webdav": "false",
            "admin.ui": "false",
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "master.telemetry": "false",
            # Resuming, its master is no leader yet when its volume server first reports, which then waits 5 s to try again
            # (1 start in 7, measured 2026-11-23). It learns all it needs from that report.
            "master.resumeState": "false",
            "s3.config": str(self.folder / "s3.json"),
            "s3.allowDeleteBucketNotEmpty": "false",
            "s3.autoCreateBucket": "false",
            "filer.exposeDirectoryData": "false",
            "s3.allowedOrigins": "",
            # Relative to its working directory: the path of a socket is limited to 107 bytes. Its default is a fixed name
            # in the shared folder of temporary files, where another user's instance would be in the way.
            "s3.localSocket": "s3.sock",
            "filer.localSocket": "filer.sock",
            "volume.preStopSeconds": "0",
        }
        return Program(
            name="SeaweedFS",
            command=(str(_weed()), "-logtostderr=true", "mini", *(f"-{name}={value}" for name, value in flags.items())),
            environment={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.folder),
                "TMPDIR": str(temporary),
                # Without a limit, an upload of 1 GB made it grow to 1 GB.
                "GOMEMLIMIT": "400MiB",
                "GOGC": "50",
                "WEED_S3_SSE_KEY": self.encryption_key,
                # Without these, its inner ports serve and overwrite every object for anybody on this machine.
                "WEED_JWT_FILER_SIGNING_KEY": self.internal_key,
                "WEED_JWT_FILER_SIGNING_READ_KEY": self.internal_key,
                "WEED_JWT_SIGNING_KEY": self.internal_key,
            },
            log=self.log,
            directory=self.folder,
            is_ready=self.is_ready,
        )

    def is_ready(self) -> bool:
        """Whether an object can be stored and read back: it answers long before it can."""
        return S3Probe(
            endpoint_url=self.url,
            bucket=self.bucket,
            region=self.region,
            access_key=self.access_key,
            secret_key=self.secret_key,
        ).stores_objects()
