"""What a KJ must be told although no page is open: message boxes in OpenKJ."""
