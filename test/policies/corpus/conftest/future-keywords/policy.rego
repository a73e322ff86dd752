package main

import future.keywords.contains
import future.keywords.every
import future.keywords.if
import future.keywords.in

deny contains msg if {
	input.kind == "NetworkPolicy"
	not closed
	msg := "a NetworkPolicy must name where traffic comes from"
}

closed if {
	every rule in input.spec.ingress {
		count(rule.from) > 0
	}
}
