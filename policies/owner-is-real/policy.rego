package causeway.owner_is_real

deny contains sprintf("%s has no owner", [thing]) if not owner

deny contains sprintf("%s belongs to the team %s, which does not exist", [thing, owner]) if {
	not owner in object.get(data.request, ["context", "teams"], [owner])
}

deny contains sprintf("%s says it belongs to %s and stands in the team %s", [thing, owner, team]) if {
	owner != team
}

deny contains sprintf("the team of %s has no owner", [thing]) if {
	input.kind == "ReleaseEvidence"
	not has_owner
}

has_owner if {
	is_number(input.spec.team.owners)
	input.spec.team.owners > 0
}

# The team that it names, else the one that it stands in.
owner := input.spec.owner if {
	named(input.spec.owner)
} else := team if {
	object.get(input, ["spec", "owner"], null) == null
}

team := input.metadata.namespace if {
	named(input.metadata.namespace)
} else := data.request.team if {
	named(data.request.team)
}

named(value) if {
	is_string(value)
	trim_space(value) != ""
}

default thing := "it"

thing := sprintf("%s %s", [input.kind, input.metadata.name]) if is_string(input.metadata.name)
