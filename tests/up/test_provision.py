"""What is missing is installed where that is permitted, and otherwise named in one line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from singr.up import machine, packages, provision
from singr.up.packages import Missing
from tests.up.programs import Programs

OFFERED = "postgresql-14-postgis-3 - old\npostgresql-15-postgis-3 - Debian 12\npostgresql-17-postgis-3 - newer"


@pytest.fixture
def debian(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A Debian that has nothing yet, for root."""
    programs.add("apt-get")
    programs.add("apt-cache", f"printf '{OFFERED}\\n'")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(machine, "postgres_programs", list)
    monkeypatch.setattr(machine, "redis_program", lambda: None)
    return programs


def test_what_is_there_is_not_installed(debian: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "redis_program", lambda: Path("/usr/bin/redis-server"))
    provision.ensure(redis=True)
    assert debian.calls == []


def test_root_installs_the_newest_postgis_on_offer(debian: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    def installed() -> bool:
        return any(" install " in call for call in debian.calls)

    monkeypatch.setattr(machine, "redis_program", lambda: Path("/usr/bin/redis-server") if installed() else None)
    monkeypatch.setattr(machine, "postgres_programs", lambda: [object()] if installed() else [])
    provision.ensure(postgres=True, redis=True)
    update, _, install = debian.calls
    assert update.endswith(" update")
    assert install.endswith(" install --yes --no-install-recommends postgresql-17-postgis-3 redis-server")


def test_installed_servers_are_not_started_meanwhile(debian: Programs) -> None:
    debian.add("apt-get", f"cat {packages.POLICY} >> {debian.log} 2>&1 || true")
    with pytest.raises(Missing):
        provision.ensure(redis=True)
    assert "exit 101" in debian.calls
    assert not packages.POLICY.exists()


def test_a_policy_of_somebody_else_stays(debian: Programs) -> None:
    packages.POLICY.write_text("theirs")
    with pytest.raises(Missing):
        provision.ensure(redis=True)
    assert packages.POLICY.read_text() == "theirs"


def test_others_install_with_sudo_after_saying_so(
    debian: Programs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    debian.add("sudo", '[ "$1" = -n ] || "$@"')
    with pytest.raises(Missing):
        provision.ensure(redis=True)
    assert "installing redis-server with sudo apt-get" in capsys.readouterr().out
    assert any(call.startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get") for call in debian.calls)


def test_without_permission_one_line_says_what_to_install(debian: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages, "prefix", lambda: None)
    with pytest.raises(Missing, match=r"^Please install PostgreSQL 15 or newer with PostGIS and Redis 7 .*Docker.*\.$"):
        provision.ensure(postgres=True, redis=True)


def test_elsewhere_the_line_names_the_formulae(debian: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    debian.add("brew")
    with pytest.raises(Missing, match=r"brew install postgresql postgis redis"):
        provision.ensure(postgres=True, redis=True)


def test_a_distribution_that_is_too_old_is_told_so(debian: Programs) -> None:
    debian.add("apt-cache", "echo 'postgresql-13-postgis-3 - Debian 11'")
    with pytest.raises(Missing, match="Please install PostgreSQL 15"):
        provision.ensure(postgres=True)


def test_a_failing_apt_shows_its_last_words(debian: Programs) -> None:
    debian.add("apt-get", "echo 'E: no network'; exit 100")
    with pytest.raises(Missing, match="E: no network"):
        provision.ensure(redis=True)


def test_somebody_else_s_apt_is_waited_for(debian: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "LOOK_EVERY_S", 0)
    debian.add("apt-get", f"[ $(wc -l < {debian.log}) -gt 2 ] || {{ echo 'E: Could not get lock'; exit 100; }}")
    packages.refresh()
    assert len(debian.calls) == 3
