package main

deny contains "no owner" if not input.metadata.labels.owner

violation_region contains msg if {
	input.spec.region != "eu-central-1"
	msg := sprintf("in %s", [input.spec.region])
}

exception contains [""] if input.metadata.labels.kind == "sandbox"

exception contains ["region"] if input.metadata.labels.kind == "global"
