"""Datumaro's side: every picture with its boxes."""

from __future__ import annotations

import json
import logging
import sys
import time

from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset

logging.disable(logging.CRITICAL)
kind, path = sys.argv[1:3]
wanted = (AnnotationType.bbox, AnnotationType.polygon, AnnotationType.mask)
began = time.process_time()
dataset = Dataset.import_from(path, {"coco": "coco_instances", "voc": "voc_detection", "yolo": "yolo"}[kind])
items = list(dataset)
boxes = sum(1 for item in items for one in item.annotations if one.type in wanted)
print(json.dumps({"work": time.process_time() - began, "items": len(items), "boxes": boxes}))
