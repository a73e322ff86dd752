package causeway.production_on_call

deny contains sprintf("nobody is called when %s fails", [service]) if {
	in_production
	not on_call
}

on_call if {
	some place in [["team", "onCall"], ["attributes", "onCall"]]
	who := object.get(input.spec, place, "")
	is_string(who)
	name := lower(trim_space(who))
	name != ""
	not name in data.parameters.placeholders
}

default service := "the service"

service := input.metadata.name if is_string(input.metadata.name)

default environment := "production"

environment := input.spec.environment if is_string(input.spec.environment)

in_production if environment in data.parameters.environments
