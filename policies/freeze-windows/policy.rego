package causeway.freeze_windows

deny contains sprintf("%s is frozen until %s: %s", [environment, window.to, window.reason]) if {
	some window in concerned
	not serving
	now >= time.parse_rfc3339_ns(window.from)
	now < time.parse_rfc3339_ns(window.to)
}

# Nobody knows what such a window was meant to stop.
deny contains sprintf("the window from %v to %v has no beginning before its end", [window.from, window.to]) if {
	some window in concerned
	not in_order(window)
}

deny contains "it is not known what time it is" if {
	count(concerned) > 0
	not now
}

concerned contains window if {
	some window in data.parameters.windows
	environment in object.get(window, "environments", ["production"])
	not team in object.get(window, "exceptTeams", [])
}

# What is looked at again has been released already.
serving if data.request.place == "scan"

in_order(window) if time.parse_rfc3339_ns(window.from) < time.parse_rfc3339_ns(window.to)

now := time.parse_rfc3339_ns(data.request.time)

default environment := "production"

environment := input.spec.environment if is_string(input.spec.environment)

team := data.request.team if {
	is_string(data.request.team)
} else := input.metadata.namespace if {
	is_string(input.metadata.namespace)
} else := ""
