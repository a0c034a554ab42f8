from singr.cli import main

main()
