package causeway.production_health_check

deny contains sprintf("%s has no health check", [service]) if {
	in_production
	not checked
}

checked if {
	some place in [["service", "http", "healthPath"], ["attributes", "healthCheck"]]
	path := object.get(input.spec, place, "")
	is_string(path)
	regex.match(`^(/|https?://)`, path)
}

# An open port is all that can be asked of what does not speak HTTP.
checked if input.spec.service.http.readiness == "tcp"

default service := "the service"

service := input.metadata.name if is_string(input.metadata.name)

default environment := "production"

environment := input.spec.environment if is_string(input.spec.environment)

in_production if environment in data.parameters.environments
