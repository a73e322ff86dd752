package causeway.production_runbook

deny contains sprintf("%s has no runbook", [service]) if {
	in_production
	not runbook
}

runbook if {
	some place in [["runbook"], ["service", "runbook"], ["attributes", "runbook"]]
	text := object.get(input.spec, place, "")
	says_something(text)
}

says_something(text) if {
	is_string(text)
	words := lower(trim_space(text))
	count(words) >= 5
	not words in data.parameters.placeholders
}

default service := "the service"

service := input.metadata.name if is_string(input.metadata.name)

default environment := "production"

environment := input.spec.environment if is_string(input.spec.environment)

in_production if environment in data.parameters.environments
