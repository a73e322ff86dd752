package causeway.no_latest

deny contains sprintf("%s runs %s", [one.at, what]) if {
	some one in containers
	what := moving(one.container.image)
}

deny contains sprintf("%s names no image", [one.at]) if {
	some one in containers
	not has_image(one.container)
}

has_image(container) if is_image(container.image)

is_image(image) if {
	is_string(image)
	image != ""
}

moving(image) := sprintf("%s without a tag", [image]) if {
	is_image(image)
	not contains(image, "@")
	not tag(image)
}

moving(image) := image if {
	not contains(image, "@")
	tag(image) in data.parameters.tags
}

# A colon in what follows the last slash; before it, it is the port of a registry.
tag(image) := split(name, ":")[1] if {
	is_image(image)
	parts := split(image, "/")
	name := parts[count(parts) - 1]
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
