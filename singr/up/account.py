"""As whom private servers run: as ourselves, or, when we are root, as an account that is not."""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

OUTSIDE = Path("/var/lib/singr")
NAMES = ("postgres", "nobody")


class Switch(TypedDict, total=False):
    """How `subprocess` starts a program as somebody else, without root's groups."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    def give(self, path: Path) -> None:
        """Make `path` the account's own."""
        os.chown(path, self.uid, self.gid)

    def reaches(self, directory: Path) -> bool:
        """Whether the account can enter `directory` through all its parents."""
        done = subprocess.run(  # noqa: S603
            ["/usr/bin/env", "test", "-x", str(directory)], check=False, cwd="/", timeout=10, **self.switch()
        )
        return done.returncode == 0

    def switch(self) -> Switch:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def unprivileged() -> Account | None:
    """The account to switch to, None when we are nobody special ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in NAMES if name in known)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def room(home: Path, name: str, account: Account | None) -> Path:
    """The directory `home/name`, 0700 and `account`'s own; its real path.

    A clone under /root cannot be entered by another account: then the data lies in /var/lib/singr under a
    random name, and `home/name` is a link to it.
    """
    path = home / name
    if not path.is_dir():
        real = path
        if account and not account.reaches(home):
            real = _outside() / name
            path.unlink(missing_ok=True)
            path.symlink_to(real)
        real.mkdir(mode=0o700)
        if account:
            account.give(real)
    return path.resolve()


def _outside() -> Path:
    OUTSIDE.mkdir(mode=0o711, parents=True, exist_ok=True)
    made = OUTSIDE / secrets.token_hex(8)
    made.mkdir(mode=0o711)
    return made
