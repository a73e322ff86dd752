package causeway.resource_limits_set

deny contains sprintf("%s has no limit for %s", [one.at, resource]) if {
	some one in containers
	some resource in data.parameters.limits
	not has_limit(one.container, resource)
}

has_limit(container, resource) if limited(container.resources.limits[resource])

limited(quantity) if {
	is_number(quantity)
	quantity > 0
}

# A quantity of Kubernetes that is more than nothing.
limited(quantity) if {
	is_string(quantity)
	regex.match(`^[0-9]*\.?[0-9]+(m|k|Ki|[MGTPE]i?|e[0-9]+)?$`, quantity)
	regex.match(`^[0.]*[1-9]`, quantity)
}

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
