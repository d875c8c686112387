from flytekit import PodTemplate, task, workflow
from kubernetes.client import V1Container, V1PodSpec, V1Volume, V1VolumeMount

BRACES = PodTemplate(annotations={"example.org/x": "{{ with secret }}"})
RESTARTS = PodTemplate(pod_spec=V1PodSpec(containers=[], restart_policy="Always"))
OURS = PodTemplate(pod_spec=V1PodSpec(containers=[], volumes=[V1Volume(name="dagwright-work")]))
TWICE = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="m", mount_path="/dev/shm")])]))


@task(pod_template=RESTARTS)  # E: DW540 cannot take the field restartPolicy
def restarts(n: int) -> int:
    return n


@task(pod_template_name="big")  # E: DW540 no pod template 'big' is configured
def named(n: int) -> int:
    return n


@task(pod_template=OURS)  # E: DW540 the volume dagwright-work
def ours(n: int) -> int:
    return n


@task(pod_template=TWICE, shared_memory=True)  # E: DW540 mounts /dev/shm
def twice(n: int) -> int:
    return n


@task(pod_template=BRACES)  # E: DW539 annotations of the pod template hold {{
def live(n: int) -> int:
    return n


@workflow
def main(n: int) -> int:
    return live(n=twice(n=ours(n=named(n=restarts(n=n)))))
