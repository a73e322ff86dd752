package main

containers[container] {
	container := input.spec.template.spec.containers[_]
}

deny_latest[msg] {
	endswith(containers[container].image, ":latest")
	msg := sprintf("%s runs latest", [container.name])
}

deny_untagged[msg] {
	container := containers[_]
	not contains(container.image, ":")
	msg := sprintf("%s has no tag", [container.name])
}

warn_pull_policy[msg] {
	container := containers[_]
	container.imagePullPolicy == "Always"
	msg := sprintf("%s is pulled at each start", [container.name])
}
