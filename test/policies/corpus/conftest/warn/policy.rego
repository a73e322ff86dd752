package main

recommended = {"app.kubernetes.io/name", "app.kubernetes.io/version"}

warn[msg] {
	label := recommended[_]
	not input.metadata.labels[label]
	msg := sprintf("%s should have the label %s", [input.metadata.name, label])
}
