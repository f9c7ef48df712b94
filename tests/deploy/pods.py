"""Print, as JSON, what the chart's spawner asks Kubernetes for: run by test_kubernetes.py.

It runs where jupyterhub-kubespawner and kubernetes-validate are. For each profile of the values on
stdin: the pod of a student and its claim of a disk, both held against Kubernetes' own schemas.
"""

import asyncio
import json
import sys

from jupyterhub.traitlets import ByteSpecification
from kubernetes_asyncio.client import ApiClient
from kubernetes_validate import validate
from kubespawner.objects import make_pod, make_pvc

# The oldest and newest that the chart and kubernetes-validate know.
VERSIONS = "1.28", "1.37"


def size(told):
    """What KubeSpawner makes of a size such as 300M."""
    return ByteSpecification().validate(None, told)


def pod(student, override):
    """The pod of a student who has chosen the profile with this `kubespawner_override`."""
    image, memory = student["image"], student["memory"]
    return make_pod(
        name="jupyter-hoc-vien-01",
        cmd=student["cmd"],
        port=8888,
        image=override.get("image", "{name}:{tag}".format(**image)),
        image_pull_policy="IfNotPresent",
        env=student["extraEnv"],
        cpu_guarantee=override.get("cpu_guarantee", student["cpu"]["guarantee"]),
        cpu_limit=override.get("cpu_limit", student["cpu"]["limit"]),
        mem_guarantee=size(override.get("mem_guarantee", memory["guarantee"])),
        mem_limit=size(override.get("mem_limit", memory["limit"])),
        extra_resource_limits=override.get("extra_resource_limits"),
        volumes=[{"name": "home", "persistentVolumeClaim": {"claimName": "claim-hoc-vien-01"}}],
        volume_mounts=[{"name": "home", "mountPath": "/home/jovyan"}],
        fs_gid=100,
        uid=1000,
    )


async def main():
    """Make them all, and tell; the client wants a loop that runs."""
    student = json.load(sys.stdin)["singleuser"]
    claim = make_pvc(
        name="claim-hoc-vien-01",
        storage_class=None,
        selector=None,
        access_modes=["ReadWriteOnce"],
        storage=student["storage"]["capacity"],
        labels={},
        annotations={},
    )
    overrides = [profile.get("kubespawner_override", {}) for profile in student["profileList"]]
    async with ApiClient() as client:
        objects = [pod(student, override) for override in overrides]
        objects = client.sanitize_for_serialization([claim, *objects])
    for thing in objects:
        for version in VERSIONS:
            validate(thing, version, strict=True)
    json.dump(objects, sys.stdout)


asyncio.run(main())
