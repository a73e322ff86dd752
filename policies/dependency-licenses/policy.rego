package causeway.dependency_licenses

deny contains sprintf("%s: %s", [licence, listed(names)]) if {
	some licence, verdict in verdicts
	verdict == "no"
	names := under(licence)
}

deny contains sprintf("%s is no SPDX expression: %s", [licence, listed(names)]) if {
	data.parameters.unknown == "deny"
	some licence, verdict in verdicts
	verdict == "unknown"
	names := under(licence)
}

deny contains sprintf("no licence is known: %s", [listed(names)]) if {
	data.parameters.unknown == "deny"
	names := sort({name_of(one) | some one in judged; count(texts(one)) == 0})
	count(names) > 0
}

deny contains "components is not a list" if {
	input.spec.components != null
	not is_array(input.spec.components)
}

judged := [one |
	one := input.spec.components[_]
	not name_of(one) in data.parameters.except
]

texts(one) := [text |
	text := one.licenses[_]
	is_string(text)
	trim_space(text) != ""
]

name_of(one) := one.name if {
	is_string(one.name)
} else := "a dependency without a name"

under(licence) := sort({name_of(one) | some one in judged; licence in texts(one)})

# The first five: whoever has to act begins there.
listed(names) := concat(", ", names) if count(names) <= 5

listed(names) := sprintf("%s and %d more", [concat(", ", array.slice(names, 0, 5)), count(names) - 5]) if {
	count(names) > 5
}

# Each licence is judged once, however many dependencies have it.
verdicts := {licence: judgement(licence) |
	some one in judged
	some licence in texts(one)
}

# SPDX expressions: AND binds closer than OR, groups go first. Four groups within each other are enough for anybody.
judgement(licence) := flat(group(group(group(group(normal(licence))))))

normal(licence) := regex.replace(trim_space(lower(licence)), `\s+`, " ")

group(text) := strings.replace_n(
	{found: sprintf("#%s", [flat(trim(found, "() "))]) | some found in regex.find_n(`\([^()]*\)`, text, -1)},
	text,
)

# One way that is allowed is enough; of the parts of a way, all must be.
flat(text) := "yes" if {
	"yes" in ways(text)
} else := "unknown" if {
	"unknown" in ways(text)
} else := "no"

ways(text) := {way(part) | some part in split(text, " or ")}

way(text) := "no" if {
	"no" in parts(text)
} else := "unknown" if {
	"unknown" in parts(text)
} else := "yes"

parts(text) := {single(trim_space(part)) | some part in split(text, " and ")}

# A licence with an exception (GPL-2.0-only WITH Classpath-exception-2.0) may be allowed by its whole name.
single(text) := substring(text, 1, -1) if {
	text in {"#yes", "#no", "#unknown"}
} else := "unknown" if {
	not regex.match(`^[a-z0-9.+:-]+( with [a-z0-9.:-]+)?$`, text)
} else := "yes" if {
	listed_in(text, data.parameters.allowed)
} else := "no" if {
	listed_in(split(text, " with ")[0], data.parameters.denied)
} else := "yes" if {
	count(data.parameters.allowed) == 0
} else := "yes" if {
	listed_in(split(text, " with ")[0], data.parameters.allowed)
} else := "no"

listed_in(text, names) if {
	some name in names
	fits(text, lower(name))
}

fits(text, name) if text == name

fits(text, name) if {
	endswith(name, "*")
	startswith(text, trim_suffix(name, "*"))
}
