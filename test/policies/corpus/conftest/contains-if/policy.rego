package main

deny contains msg if {
	input.kind == "Service"
	input.spec.type == "LoadBalancer"
	not input.metadata.annotations["example.com/internal"] == "true"
	msg := sprintf("Service %s must not be reached from outside", [input.metadata.name])
}
