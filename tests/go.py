"""Tools written in Go: the one on the PATH, else one that Go builds once and we keep under `~/.cache/singr`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from singr.up import lock
from singr.up.packages import Missing, say

GO_AT = "/usr/local/go/bin"
BUILDS_AT_MOST_S = 1800
ASK_TIMEOUT_S = 10


@dataclass(frozen=True)
class Tool:
    """A program by its name on the PATH. Where others have this name, `sign` stands in what it answers to `asked`.

    `source` is what Go installs; with `module`, a folder with go.mod and go.sum, what it builds there.
    """

    name: str
    source: str
    module: Path | None = None
    asked: str = "version"
    sign: str = ""


K6 = Tool("k6", "go.k6.io/k6@v1.8.1")
DEX = Tool("dex", "github.com/dexidp/dex/cmd/dex", Path(__file__).with_name("openid") / "dex", sign="Dex Version")
TOXIPROXY = Tool("toxiproxy-server", "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0")
ALL = (K6, DEX, TOXIPROXY)


def program(tool: Tool) -> Path:
    """Where it is, built if need be; raises Missing with what to do about it."""
    found = next((path for path in _places(tool) if path.exists() and _is(tool, path)), None)
    return found or _build(tool)


def needed(tool: Tool) -> Path:
    """The same for a test, which is skipped where the tool cannot be had."""
    import pytest  # which benches do without

    try:
        return program(tool)
    except Missing as exc:
        pytest.skip(str(exc))


def _places(tool: Tool) -> Iterator[Path]:
    if here := shutil.which(tool.name):
        yield Path(here)
    yield Path(os.environ.get("GOPATH") or Path.home() / "go") / "bin" / tool.name
    yield _kept(tool)


def _is(tool: Tool, path: Path) -> bool:
    if not tool.sign:
        return True
    told = subprocess.run([path, tool.asked], capture_output=True, text=True, timeout=ASK_TIMEOUT_S, check=False)
    return tool.sign in told.stdout


def _kept(tool: Tool) -> Path:
    """Named after what it is built of."""
    made_of = tool.source.encode()
    if tool.module:
        made_of += b"".join((tool.module / name).read_bytes() for name in ("go.mod", "go.sum"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "singr" / f"{tool.name}-{hashlib.sha256(made_of).hexdigest()[:12]}"


def _build(tool: Tool) -> Path:
    go, target = shutil.which("go") or shutil.which("go", path=GO_AT), _kept(tool)
    if go is None:
        raise Missing(f"Please put {tool.name} on the PATH, or a current Go and a C compiler, which build it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with lock.held(target.with_suffix(".lock"), wait_s=BUILDS_AT_MOST_S):
        if target.exists():
            return target
        say(f"{tool.name} not found: building {tool.source}; this happens once and takes some minutes …")
        new = target.with_suffix(".new")
        _run(tool, [go, "build", "-o", str(new), tool.source] if tool.module else [go, "install", tool.source], new)
        new.rename(target)
        return target


def _run(tool: Tool, command: list[str], new: Path) -> None:
    """Run Go; it leaves what it installs under the package's name in a directory of ours, which becomes `new`."""
    bin_of_ours = new.with_suffix(".bin")
    environ = os.environ | {
        "GOBIN": str(bin_of_ours),
        "GOFLAGS": "-mod=readonly" if tool.module else "",
        "GOWORK": "off",
    }
    done = subprocess.run(
        command, cwd=tool.module, env=environ, capture_output=True, text=True, timeout=BUILDS_AT_MOST_S, check=False
    )
    if done.returncode:
        raise Missing(f"{' '.join(command)} failed:\n{done.stderr[-2000:].strip()}")
    if not tool.module:
        (built,) = bin_of_ours.iterdir()
        built.rename(new)
        bin_of_ours.rmdir()
