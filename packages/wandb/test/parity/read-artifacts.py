"""Gets the artifacts of the shared run with Python's client: `read-artifacts.py FOLDER`, and says in read.json what is in them."""

import json
import sys

import numpy as np
import wandb

(folder,) = sys.argv[1:]
api = wandb.Api()
model = api.artifact("me/parity/models.ep0.pt:ep0-ba0")
model.download(root=f"{folder}/model")
table = api.artifact("me/parity/run-shared-Table:latest").get("Table")
pictures = api.artifact("me/parity/run-shared-evalImagesTable-Zx3I7g:latest").get("eval/Images Table")
picture = pictures.data[1][0]
read = {
    "type": model.type,
    "version": model.version,
    "batch": model.metadata["timestamp/batch"],
    "columns": table.columns,
    "data": table.data,
    "pixels": np.asarray(picture.image).tolist(),
    "masks": list(picture._masks),
}
with open(f"{folder}/read.json", "w") as file:
    json.dump(read, file)
