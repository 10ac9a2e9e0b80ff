"""Our side: every picture with its boxes, as the stages get them."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

kind, path = sys.argv[1], Path(sys.argv[2])
module = importlib.import_module(f"ingather.formats.layouts.{kind}")
began = time.process_time()
items = [item for item in module.read(path, module.Config()) if hasattr(item, "label")]
boxes = sum(len(item.label or []) for item in items)
print(json.dumps({"work": time.process_time() - began, "items": len(items), "boxes": boxes}))
