from __future__ import annotations

from tests.identity.conftest import home, mailing

__all__ = ["home", "mailing"]
