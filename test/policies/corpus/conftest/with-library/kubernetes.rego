package lib.kubernetes

default is_workload = false

is_workload {
	kinds := {"Deployment", "StatefulSet", "DaemonSet"}
	kinds[input.kind]
}

containers[container] {
	container := input.spec.template.spec.containers[_]
}

containers[container] {
	container := input.spec.template.spec.initContainers[_]
}

format(container, words) = msg {
	msg := sprintf("%s/%s: %s %s", [input.kind, input.metadata.name, container.name, words])
}
