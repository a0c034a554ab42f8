// Which dex the tests sign in at, and what it is built of (go.sum). `python -m tests.services` builds it.
module dex

go 1.21

require github.com/dexidp/dex v0.0.0-20210917061239-f0186ff2651e
