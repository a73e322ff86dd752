package causeway.environment_lifetime

deny contains "the lifetime is missing" if {
	temporary
	not lifetime
}

deny contains sprintf("the lifetime %v is not a duration such as 14d", [lifetime]) if {
	temporary
	not seconds(lifetime)
}

deny contains sprintf("the lifetime %s is none", [lifetime]) if {
	temporary
	seconds(lifetime) == 0
}

deny contains sprintf("the lifetime %s is longer than %s%s", [lifetime, longest, purpose_words]) if {
	temporary
	seconds(lifetime) > seconds(longest)
}

# What people ask for ends. An environment without a lifetime is a standing one.
temporary if input.kind == "EnvironmentRequest"

temporary if {
	input.kind == "Environment"
	object.get(input, ["spec", "lifetime"], null) != null
}

lifetime := input.spec.lifetime if input.spec.lifetime != null

longest := data.parameters.purposes[input.spec.purpose] if {
	is_string(input.spec.purpose)
} else := data.parameters.longest

purpose_words := sprintf(" for the purpose %s", [input.spec.purpose]) if {
	data.parameters.purposes[input.spec.purpose]
} else := ""

# As people write durations: 90m, 1h30m, 14d, 2w.
seconds(text) := sum([amount |
	some part in regex.find_all_string_submatch_n(`([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)`, text, -1)
	amount := to_number(part[1]) * units[part[2]]
]) if {
	is_string(text)
	regex.match(`^([0-9]+(\.[0-9]+)?(ms|s|m|h|d|w))+$`, text)
}

units := {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
