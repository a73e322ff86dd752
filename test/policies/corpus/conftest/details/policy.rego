package main

deny[{"msg": msg, "details": details}] {
	rule := input.spec.rules[index]
	not rule.host
	msg := "every rule of an Ingress needs a host"
	details := {"rule": index, "paths": count(rule.http.paths)}
}
