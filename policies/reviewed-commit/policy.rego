package causeway.reviewed_commit

deny contains sprintf("nobody but %s has seen %s of %s", [requester, commit, service]) if {
	in_production
	not reviewed
}

# Where nobody is named, it must be said.
reviewed if {
	input.spec.reviewed == true
	not input.spec.approvals
	data.parameters.approvals <= 1
}

reviewed if count(reviewers) >= data.parameters.approvals

# Whoever asked for the release cannot review it, and programs do not.
reviewers contains name if {
	one := input.spec.approvals[_]
	is_string(one)
	name := lower(trim_space(one))
	name != ""
	name != lower(requester)
	not startswith(name, "agent:")
	not startswith(name, "automation:")
	not startswith(name, "system:")
}

default requester := "whoever asked"

requester := input.spec.requestedBy if is_string(input.spec.requestedBy)

default commit := "the commit"

commit := substring(input.spec.commit, 0, 10) if is_string(input.spec.commit)

default service := "the service"

service := input.metadata.name if is_string(input.metadata.name)

default environment := "production"

environment := input.spec.environment if is_string(input.spec.environment)

in_production if environment in data.parameters.environments
