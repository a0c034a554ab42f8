"""`singr up`: a whole karaoke night from one command.

    night      all of it, in order                live       API, workers, and our servers kept up
    servers    PostgreSQL and Redis, from where?  docker     both from images
    postgres   one private PostgreSQL             redis      one private Redis
    child      a process that ends when we end    account    as whom it runs (never as root)
    lock       whose directory it is              kept       secrets made once
    machine    which programs are here            provision  those missing, installed
    packages   apt-get, where permitted           ports      free ports, our address
    demo       demo data, demo.json               announce   tells programs and people
    banner     what people read                   venv       the environment, from a bare python3

`machine`, `provision`, `packages` and `venv` need nothing but the standard library: they run before anything is
installed.
"""
