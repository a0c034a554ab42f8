"""OpenKJ's request protocol: what a KJ's desktop program asks, answered exactly as it reads."""
