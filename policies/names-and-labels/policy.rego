package causeway.names_and_labels

deny contains "it has no name" if not named

deny contains sprintf("the name %s does not fit %s", [input.metadata.name, data.parameters.names]) if {
	not regex.match(data.parameters.names, input.metadata.name)
	is_string(input.metadata.name)
}

deny contains sprintf("the name %s is longer than %d characters", [input.metadata.name, data.parameters.longest]) if {
	count(input.metadata.name) > data.parameters.longest
}

deny contains sprintf("the name %s says nothing", [input.metadata.name]) if {
	input.metadata.name in data.parameters.forbidden
}

deny contains sprintf("the label %s is missing", [label.key]) if {
	some label in wanted
	not value_of(label.key)
}

deny contains sprintf("the label %s is %s, which does not fit %s", [label.key, value, label.pattern]) if {
	some label in wanted
	value := value_of(label.key)
	not regex.match(label.pattern, value)
}

named if is_string(input.metadata.name)

# The labels that this kind needs. A label without kinds is needed by every kind.
wanted contains label if {
	some label in data.parameters.labels
	input.kind in object.get(label, "kinds", [input.kind])
}

value_of(key) := value if {
	value := input.metadata.labels[key]
	is_string(value)
	value != ""
}
