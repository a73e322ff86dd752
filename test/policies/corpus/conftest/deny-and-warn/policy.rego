package main

import rego.v1

name := input.metadata.name

warn contains msg if {
	input.kind == "Deployment"
	input.spec.replicas == 1
	msg := sprintf("%s has one replica", [name])
}

deny contains msg if {
	input.kind == "Deployment"
	input.spec.replicas > 50
	msg := sprintf("%s has %d replicas", [name, input.spec.replicas])
}
