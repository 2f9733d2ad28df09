"""`python -m bot`."""

import sys

try:
    from bot.cli import main

    code = main(sys.argv[1:])
except KeyboardInterrupt:  # while modules were imported
    code = 130
sys.exit(code)
