package main

import rego.v1

deny contains msg if {
	not input.license in {"MIT", "Apache-2.0"}
	msg := sprintf("the licence %v is not ours", [object.get(input, "license", "(none)")])
}

warn contains msg if {
	some field in ["dependencies", "devDependencies"]
	some name, version in input[field]
	regex.match(`^[\^~*]`, version)
	msg := sprintf("%s.%s is not pinned: %s", [field, name, version])
}
