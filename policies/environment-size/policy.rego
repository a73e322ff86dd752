package causeway.environment_size

deny contains sprintf("%d services are more than the %d allowed", [count(services), data.parameters.services]) if {
	count(services) > data.parameters.services
}

deny contains sprintf("%s: %d replicas are more than the %d allowed", [one.at, one.replicas, data.parameters.replicas]) if {
	some one in counted
	whole(one.replicas)
	one.replicas > data.parameters.replicas
}

deny contains sprintf("%d replicas in all are more than the %d allowed", [total, data.parameters.replicasInAll]) if {
	total > data.parameters.replicasInAll
}

deny contains sprintf("%s: replicas must be a whole number that is not negative", [one.at]) if {
	some one in counted
	not whole(one.replicas)
}

deny contains "services must be a list" if {
	services != null
	not is_array(services)
}

deny contains sprintf("%s must be an object with a name", [one.at]) if {
	some one in counted
	not named(one.service)
}

default services := null

services := input.spec.services

counted := [{"at": place(index, service), "service": service, "replicas": replicas(service)} |
	some index
	service := services[index]
]

replicas(service) := service.replicas if service.replicas != null

replicas(service) := 1 if object.get(service, "replicas", null) == null

replicas(service) := 1 if not is_object(service)

named(service) if is_string(service.name)

total := sum([one.replicas | some one in counted; whole(one.replicas)])

whole(value) if {
	is_number(value)
	value >= 0
	value == floor(value)
}

place(index, service) := sprintf("services[%v] (%s)", [index, service.name]) if {
	is_string(service.name)
} else := sprintf("services[%v]", [index])
