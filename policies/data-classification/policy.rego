package causeway.data_classification

deny contains sprintf("%v is no classification; there are: %s", [classification, concat(", ", known)]) if {
	not classification in known
}

deny contains sprintf("%s data may not be in %s, only in: %s", [classification, place, concat(", ", row.places)]) if {
	not fits_one(place, row.places)
}

deny contains sprintf("%s data may not be in the region %s, only in: %s", [classification, region, concat(", ", row.regions)]) if {
	not fits_one(region, row.regions)
}

known := sort(object.keys(data.parameters.allowed))

row := data.parameters.allowed[classification]

# What it says itself, else its label, else what counts when nothing is said.
classification := object.get(input, ["spec", "dataClassification"], labelled)

labelled := object.get(input, ["metadata", "labels", data.parameters.label], data.parameters.assumed)

# What it is for; else the environment. A service by itself is nowhere yet: its releases are judged.
place := first_text([["spec", "purpose"], ["spec", "environment"]]) if input.kind in {"EnvironmentRequest", "ReleaseEvidence"}

place := first_text([["spec", "purpose"], ["metadata", "name"]]) if input.kind == "Environment"

region := first_text([["spec", "region"], ["spec", "attributes", "region"]]) if place

first_text(paths) := texts(paths)[0] if {
	count(texts(paths)) > 0
} else := "(not said)"

texts(paths) := [text |
	some path in paths
	text := object.get(input, path, null)
	is_string(text)
	text != ""
]

fits_one(value, patterns) if {
	some pattern in patterns
	fits(value, pattern)
}

fits(value, pattern) if value == pattern

fits(value, pattern) if {
	endswith(pattern, "*")
	startswith(value, trim_suffix(pattern, "*"))
}
