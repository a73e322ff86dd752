package k8sprocmount

violation contains {"msg": msg, "details": {"container": container.name}} if {
	some container in input.review.object.spec.containers
	wanted := object.get(container, ["securityContext", "procMount"], "Default")
	lower(wanted) != lower(allowed)
	msg := sprintf("%s mounts /proc as %s, only %s is allowed", [container.name, wanted, allowed])
}

default allowed := "Default"

allowed := input.parameters.procMount
