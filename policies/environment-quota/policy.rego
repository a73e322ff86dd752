package causeway.environment_quota

deny contains sprintf("the team %s has %d environments already; %d are allowed", [team, count(others), allowed]) if {
	count(others) >= allowed
}

# Those that the team has besides this one.
others contains name if {
	name := data.request.context.environments[_]
	name != own_name
}

default own_name := ""

own_name := input.metadata.name

allowed := object.get(data.parameters.teams, team, data.parameters.perTeam)

team := data.request.team if {
	is_string(data.request.team)
} else := input.metadata.namespace if {
	is_string(input.metadata.namespace)
} else := "it belongs to"
