package main

deny[msg] {
	input.kind = "Deployment"
	not input.spec.selector.matchLabels.app
	msg = "Deployments need the label app to select their pods by"
}

deny[msg] {
	input.kind = "Deployment"
	input.spec.selector.matchLabels.app != input.spec.template.metadata.labels.app
	msg = sprintf("%s selects app=%s, and its pods have app=%s", [
		input.metadata.name,
		input.spec.selector.matchLabels.app,
		input.spec.template.metadata.labels.app,
	])
}
