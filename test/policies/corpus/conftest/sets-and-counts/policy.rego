package main

required := {"owner", "cost-center", "tier"}

provided := {label | input.metadata.labels[label]}

missing := required - provided

deny[msg] {
	count(missing) > 0
	msg := sprintf("missing labels: %s", [concat(", ", sort(missing))])
}

deny[msg] {
	ports := [port | port := input.spec.ports[_].port]
	count(ports) != count({port | port := ports[_]})
	msg := "a port is there twice"
}
