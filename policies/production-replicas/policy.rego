package causeway.production_replicas

deny contains sprintf("%s runs %d times; at least %d are needed", [service, replicas, data.parameters.least]) if {
	in_production
	is_number(replicas)
	replicas < data.parameters.least
}

deny contains sprintf("%s does not say how many replicas it has", [service]) if {
	in_production
	not is_said
}

is_said if is_number(replicas)

replicas := input.spec.replicas if {
	is_number(input.spec.replicas)
} else := input.spec.attributes.replicas

default service := "the service"

service := input.metadata.name if is_string(input.metadata.name)

default environment := "production"

environment := input.spec.environment if is_string(input.spec.environment)

in_production if environment in data.parameters.environments
