"""What the process says about itself: log lines, metrics, health."""
