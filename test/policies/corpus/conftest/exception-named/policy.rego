package main

deny_run_as_root[msg] {
	input.kind == "Deployment"
	not input.spec.template.spec.securityContext.runAsNonRoot
	msg := "may run as root"
}

deny_no_limits[msg] {
	input.kind == "Deployment"
	container := input.spec.template.spec.containers[_]
	not container.resources.limits
	msg := sprintf("%s has no limits", [container.name])
}

exception[rules] {
	input.metadata.name == "legacy"
	rules := ["run_as_root"]
}
