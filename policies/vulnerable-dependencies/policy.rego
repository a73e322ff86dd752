package causeway.vulnerable_dependencies

deny contains sprintf("%s: %s", [dependency, concat(", ", ids)]) if {
	some dependency in dependencies
	ids := sort({told(finding) | some finding in counted; dependency == called(finding)})
}

deny contains "findings is not a list" if {
	input.spec.findings != null
	not is_array(input.spec.findings)
}

dependencies := {called(finding) | some finding in counted}

# Of dependencies, bad enough, not taken out by name, and such that something can be done.
counted := [finding |
	finding := input.spec.findings[_]
	is_string(finding.package)
	rank(finding) >= ranks[data.parameters.severity]
	not id(finding) in data.parameters.except
	can_be_mended(finding)
]

can_be_mended(_) if data.parameters.onlyWithFix == false

can_be_mended(finding) if object.get(finding, "fixedVersion", "") != ""

ranks := {"info": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}

# A severity that nobody knows is taken for the worst.
rank(finding) := object.get(ranks, severity(finding), 4)

severity(finding) := lower(finding.severity) if {
	is_string(finding.severity)
} else := "unknown"

id(finding) := finding.id if {
	is_string(finding.id)
} else := "no name"

called(finding) := sprintf("%s %s", [finding.package, finding.version]) if {
	is_string(finding.version)
} else := finding.package

told(finding) := sprintf("%v (%s), mended in %v", [id(finding), severity(finding), finding.fixedVersion]) if {
	object.get(finding, "fixedVersion", "") != ""
} else := sprintf("%v (%s)", [id(finding), severity(finding)])
