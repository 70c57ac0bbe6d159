"""What kind of machine measured: enough to compare by, and nothing that tells which one it was."""

import os
import platform
import sys
from pathlib import Path


def machine() -> dict[str, object]:
    """Describe the processor, its number of cores, and the interpreter."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": ".".join(map(str, sys.version_info[:3])),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
