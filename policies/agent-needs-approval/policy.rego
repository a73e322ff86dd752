package causeway.agent_needs_approval

deny contains sprintf("%s is an agent and needs a person’s approval to change %s in production", [user, service]) if {
	data.request.actor == "agent"
	in_production
	not harmless
	count(people) == 0
}

# A service that nobody has released yet, and what is only written on its label.
harmless if {
	input.kind == "Service"
	data.request.operation == "CREATE"
}

harmless if {
	input.kind == "Service"
	data.request.operation == "UPDATE"
	data.request.old.spec == input.spec
}

# Neither itself nor another program.
people contains name if {
	some one in approvals
	is_string(one)
	name := lower(trim_space(one))
	name != ""
	name != lower(user)
	not startswith(name, "agent:")
	not startswith(name, "automation:")
	not startswith(name, "system:")
}

approvals contains one if one := input.spec.approvals[_]

approvals contains one if one := data.request.context.approvals[_]

default user := "whoever asks"

user := data.request.user if is_string(data.request.user)

default service := "the service"

service := input.metadata.name if is_string(input.metadata.name)

in_production if environment in data.parameters.environments

# What a service says of itself, it says of production.
environment := input.spec.environment if {
	input.kind == "ReleaseEvidence"
	is_string(input.spec.environment)
} else := "production"
