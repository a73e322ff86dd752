package causeway.no_root

deny contains sprintf("%s may run as root", [one.at]) if {
	some one in containers
	not leaves_root(one.container)
}

leaves_root(container) if {
	setting(container, "runAsNonRoot") == true
	not is_root(container)
}

leaves_root(container) if {
	user := setting(container, "runAsUser")
	is_number(user)
	user > 0
}

is_root(container) if setting(container, "runAsUser") == 0

# What a container says wins over what its pod says.
setting(container, field) := container.securityContext[field] if says(container, field)

setting(container, field) := pod.securityContext[field] if {
	not says(container, field)
	says(pod, field)
}

says(owner, field) if owner.securityContext[field] != null

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
