"""Servers from images, against a `docker` that pretends: what is run, what stays secret, what is cleaned up."""

from __future__ import annotations

import pytest

from singr.up import docker
from singr.up.child import NotStarted
from tests.up.programs import Programs

PASSWORD = "a-secret"
ENGINE = """case "$1" in
  port) echo "127.0.0.1:49153" ;;
  run) echo "password=$POSTGRES_PASSWORD$REDIS_PASSWORD" >&2 ;;
esac"""


def test_postgres_runs_from_its_image_and_is_stopped(programs: Programs) -> None:
    programs.add("docker", ENGINE)
    with docker.postgres(PASSWORD) as url:
        assert url == f"postgresql://singr:{PASSWORD}@127.0.0.1:49153/singr"
        name = next(call for call in programs.calls if " run " in call).split("--name ")[1].split()[0]
    assert programs.calls[0] == f"docker rm --force {name}"  # one that a killed night left
    assert programs.calls[-1] == f"docker stop {name}"
    assert f"--volume {name}:/var/lib/postgresql/data" in "".join(programs.calls)


def test_redis_runs_from_its_image(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker, "answers", lambda port, password: (port, password) == (49153, PASSWORD))
    programs.add("docker", ENGINE)
    with docker.redis(PASSWORD) as url:
        assert url == f"redis://:{PASSWORD}@127.0.0.1:49153/0"
    assert any(f" {docker.REDIS_IMAGE} sh -c exec redis-server" in call for call in programs.calls)


def test_passwords_stay_off_the_command_line(programs: Programs) -> None:
    programs.add("docker", ENGINE)
    with docker.postgres(PASSWORD):
        pass
    assert PASSWORD not in "\n".join(programs.calls)


def test_what_docker_says_about_a_failure_is_passed_on(programs: Programs) -> None:
    programs.add("docker", '[ "$1" != run ] || { echo "no space left"; exit 125; }')
    with pytest.raises(NotStarted, match="no space left"), docker.postgres(PASSWORD):
        pass


@pytest.mark.parametrize(("does", "answers"), [("exit 0", True), ("echo 'no daemon'; exit 1", False)])
def test_an_engine_answers_or_not(programs: Programs, does: str, *, answers: bool) -> None:
    programs.add("docker", does)
    assert docker.answering() is answers
