"""axe-core in the pages as they are: what it finds against people who see, hear or move less than others."""

from __future__ import annotations

from collections.abc import Mapping

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

# The script is evaluated from outside: the pages' security policy, which would stop it inside, stays as it is.
RUN = """async (options) => {
  const { violations } = await axe.run({ resultTypes: ["violations"], ...options });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any, all }) =>
    `${id}: ${target.join(" ")} (${[...any, ...all].map(({ message }) => message).join("; ")})`));
}"""
SETTLED = "() => Promise.all(document.getAnimations().map(({ finished }) => finished))"
WEAR = "(theme) => (document.documentElement.dataset.theme = theme)"
CONTRAST = ["color-contrast", "color-contrast-enhanced"]  # text 7:1
EVERYTHING = {"rules": {"color-contrast-enhanced": {"enabled": True}}}
COLOURS_ALONE = {"runOnly": {"type": "rule", "values": CONTRAST}}


async def found(page: Page) -> list[str]:
    """Each violation of the page as it stands, and of its colours in the other theme; none is what we want."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    own = await page.evaluate("document.documentElement.dataset.theme")
    other = "dark" if own == "light" else "light"
    violations = await _run(page, EVERYTHING)
    await page.evaluate(WEAR, other)
    violations += [f"{other}: {each}" for each in await _run(page, COLOURS_ALONE)]
    await page.evaluate(WEAR, own)
    return violations


async def _run(page: Page, options: Mapping[str, object]) -> list[str]:
    await page.evaluate(SETTLED)
    return list(await page.evaluate(RUN, options))
