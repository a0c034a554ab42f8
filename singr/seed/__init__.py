"""First data: what every installation needs, and a small night to try everything with."""

from singr.seed.baseline import seed_baseline
from singr.seed.demo import Demo, seed_demo

__all__ = ["Demo", "seed_baseline", "seed_demo"]
