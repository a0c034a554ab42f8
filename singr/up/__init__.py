"""`singr up`: a whole karaoke night from one command.

    machine    which programs are here            packages   how to get the missing ones
    account    as whom they run (never as root)   child      a process that ends when we end
    postgres   one private PostgreSQL             redis      one private Redis
    docker     both, from images                  lock       whose directory it is
    kept       secrets made once                  night      all of it, in order
    demo       demo.json for programs             banner     the same for people
    venv       the virtual environment, from a bare python3

`machine`, `packages` and `venv` need nothing but the standard library: they run before anything is installed.
"""
