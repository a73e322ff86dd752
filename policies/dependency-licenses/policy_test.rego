package causeway.dependency_licenses_test

import data.causeway.dependency_licenses as licenses

parameters := {"allowed": [], "denied": ["GPL-*", "AGPL-3.0-only"]}

test_expressions if {
	every text, judgement in {
		"MIT": "yes",
		"GPL-3.0-only": "no",
		"agpl-3.0-ONLY": "no",
		"MIT OR GPL-3.0-only": "yes",
		"MIT AND GPL-3.0-only": "no",
		"MIT OR ISC AND GPL-3.0-only": "yes",
		"(MIT OR ISC) AND GPL-3.0-only": "no",
		"((((GPL-3.0-only)))) OR MIT": "yes",
		"GPL-2.0-only WITH Classpath-exception-2.0": "no",
		"whatever it says": "unknown",
		"MIT AND whatever it says": "unknown",
		"GPL-3.0-only AND whatever it says": "no",
		"MIT OR whatever it says": "yes",
		"(MIT": "unknown",
	} {
		licenses.judgement(text) == judgement with data.parameters as parameters
	}
}
