"""The shared run, as Python's client logs it: `shared-run.py first|second MODEL`. shared-run.ts is its twin."""

import sys

import numpy as np
import wandb

part, model = sys.argv[1:]

HEIGHT, WIDTH = 6, 8
TIMES = "iteration epoch batch sample token epoch_in_iteration token_in_iteration batch_in_epoch sample_in_epoch"
TIMES += " token_in_epoch"
DURATIONS = "total_wct iteration_wct epoch_wct batch_wct"


def ramp(add):
    """Pixels that every client takes as they are."""
    return np.arange(HEIGHT * WIDTH * 3, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3) + np.uint8(add)


def image(add, labels={0: "background", 1: "cat", 2: "dog"}):
    mask = ((np.arange(HEIGHT * WIDTH) + add) % 3).astype(np.uint8).reshape(HEIGHT, WIDTH)
    truth = {"mask_data": mask} if labels is None else {"mask_data": mask, "class_labels": labels}
    return wandb.Image(ramp(add), masks={"truth": truth})


def first():
    run = wandb.init(
        project="parity",
        id="shared",
        name="a run",
        group="a group",
        job_type="train",
        tags=["b", "a"],
        notes="some notes",
    )
    run.config.update(
        {
            "lr": 0.1,
            "steps": 2**60,
            "flag": True,
            "nothing": None,
            "name": "Zürich",
            "nan": float("nan"),
            "inf": float("inf"),
            "list": [1, float("nan"), {"deep": float("-inf")}],
            "empty": {},
            "-trimmed-": 1,
            "optimizer": {"name": "adam", "betas": [0.9, 0.999], "amsgrad": {"on": False}},
        }
    )
    run.log({"trace": {"a": {"b": 1}, "c": [1, "x", None]}}, step=0)
    # Merged leaf by leaf.
    run.log({"trace": {"a": {"d": 2}, "c": [2]}}, step=0)
    run.log({"loss/train": 1.0, "nan": float("nan"), "inf": float("inf"), "ninf": float("-inf"), "ok": True}, step=0)
    run.log({"loss/train": 0.5, "acc": 1e-7, "count": 2**53}, step=1)
    # Of one step, in two calls: one row.
    run.log({"acc": 0.25, "a.b": 3}, step=1)
    # Of an earlier one: dropped.
    run.log({"late": 1}, step=0)
    columns = ["text", "number", "list", "flag", "nothing"]
    rows = [["x", 1.5, [1, 2], True, None], ["ä", float("nan"), [3], False, None], [None, float("inf"), [], None, None]]
    run.log({"Table": wandb.Table(columns=columns, data=rows)}, step=1)
    run.log({"odd ü/n%me!": wandb.Table(columns=["a"], data=[[1]])}, step=1)
    # The first call of its step.
    run.log({"Images": [image(0), image(50), image(100)]}, step=4)
    run.log({"Unnamed": [image(0, labels=None)]}, step=4)
    pictures = wandb.Table(columns=["eval/Images"], data=[[image(0)], [image(7)]])
    run.log({"eval/Images Table": pictures}, step=4)
    histogram = wandb.Histogram(np_histogram=([1, 0, 2, 3], [0.0, 0.5, 1.0, 1.5, 2.0]))
    run.log({"weights": histogram}, step=6)
    times = {f"timestamp/{name}": 0 for name in TIMES.split()}
    durations = {f"timestamp/{name}": "0:00:00" for name in DURATIONS.split()}
    artifact = wandb.Artifact("models.ep0.pt", type="model", metadata={**times, **durations})
    artifact.add_file(model, name="ep0.pt")
    run.log_artifact(artifact, aliases=["latest", "ep0-ba0"])
    run.log({"loss/train": 0.125}, step=7)
    run.finish(exit_code=0)


def second():
    run = wandb.init(project="parity", id="shared", resume="must")
    run.config.update({"more": [1, {"deep": "value"}]})
    run.log({"loss/train": 0.0625, "only": 5}, step=9)
    run.finish(exit_code=1)


{"first": first, "second": second}[part]()
