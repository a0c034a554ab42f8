"""The container files agree with the code they start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from singr.core.settings import NAMES
from singr.up import docker

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_compose_sets_nothing_that_is_not_a_setting() -> None:
    block = COMPOSE.split("x-settings:")[1].split("\nservices:")[0]
    names = set(re.findall(r"^  ([A-Z_]+):", block, re.MULTILINE))
    assert "DATABASE_URL" in names
    assert names <= set(NAMES)


@pytest.mark.parametrize("image", [docker.POSTGRES_IMAGE, docker.REDIS_IMAGE])
def test_compose_and_singr_up_use_the_same_images(image: str) -> None:
    assert f"image: {image}\n" in COMPOSE


def test_what_the_image_copies_is_sent_to_the_engine() -> None:
    sent = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    copied = {
        part
        for line in re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+)$", DOCKERFILE, re.MULTILINE)
        for part in line.split()[:-1]
    }
    assert copied
    assert all(part in sent or part.split("/")[0] in sent for part in copied)
    assert all((ROOT / part).exists() for part in copied)


def test_the_image_does_not_run_as_root() -> None:
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["singr"]


def test_the_entrypoint_migrates_before_it_serves() -> None:
    script = ROOT / "deploy" / "entrypoint"
    lines = [line.strip() for line in script.read_text().splitlines()]
    assert script.stat().st_mode & 0o111
    assert lines.index("singr migrate") < lines.index("singr seed") < lines.index('exec singr "$@"')
