package main

default allowed_replicas = 5

allowed_replicas = 20 {
	input.metadata.labels.tier == "gold"
} else = 10 {
	input.metadata.labels.tier == "silver"
}

deny[msg] {
	input.spec.replicas > allowed_replicas
	msg := sprintf("%d replicas, %d are allowed", [input.spec.replicas, allowed_replicas])
}
