"""Song books brought and taken as files: uploaded, read by a job, merged in one statement; and exported."""
