"""`console.pyz --config FILE`."""

import sys

from console.server.main import main

sys.exit(main())
