package causeway.no_privileged

deny contains sprintf("%s is privileged", [one.at]) if {
	some one in containers
	value := one.container.securityContext.privileged
	not value in [false, null]
}

deny contains sprintf("the pod has %s: it is no longer apart from the machine", [field]) if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	value := pod[field]
	not value in [false, null]
}

deny contains sprintf("volumes[%d] is a folder of the machine (hostPath)", [index]) if {
	some index
	pod.volumes[index].hostPath != null
}

deny contains "volumes is not a list" if {
	pod.volumes != null
	not is_array(pod.volumes)
}

deny contains sprintf("%s adds the capability %v", [one.at, capability]) if {
	some one in containers
	capability := one.container.securityContext.capabilities.add[_]
	not capability in data.parameters.capabilities
}

deny contains sprintf("%s: capabilities.add is not a list", [one.at]) if {
	some one in containers
	added := one.container.securityContext.capabilities.add
	added != null
	not is_array(added)
}

deny contains sprintf("%s takes a port of the machine (hostPort)", [one.at]) if {
	some one in containers
	value := one.container.ports[_].hostPort
	not value in [0, null]
}

deny contains sprintf("%s is a process of the machine (hostProcess)", [owner.at]) if {
	some owner in owners
	value := owner.context.windowsOptions.hostProcess
	not value in [false, null]
}

deny contains sprintf("%s switches off seccomp", [owner.at]) if {
	some owner in owners
	owner.context.seccompProfile.type == "Unconfined"
}

deny contains sprintf("%s unmasks /proc (procMount)", [one.at]) if {
	some one in containers
	value := one.container.securityContext.procMount
	not value in ["Default", null]
}

deny contains sprintf("%s: securityContext is not an object", [owner.at]) if {
	some owner in owners
	owner.context != null
	not is_object(owner.context)
}

# Whatever has a securityContext.
owners := array.concat(
	[{"at": one.at, "context": one.container.securityContext} | some one in containers],
	[{"at": "the pod", "context": context} | context := pod.securityContext],
)

# The pod that a manifest makes.
pod := input.spec if input.kind == "Pod"

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

pod := input.spec.template.spec if not input.kind in {"Pod", "CronJob"}

lists := ["initContainers", "containers", "ephemeralContainers"]

containers := [{"at": place(list, index, container), "container": container} |
	some list in lists
	some index
	container := pod[list][index]
]

place(list, index, container) := sprintf("%s[%v] (%s)", [list, index, container.name]) if {
	is_string(container.name)
} else := sprintf("%s[%v]", [list, index])

deny contains sprintf("%s is not a list", [list]) if {
	some list in lists
	pod[list] != null
	not is_array(pod[list])
}

deny contains sprintf("the %s has no containers", [input.kind]) if count(containers) == 0
