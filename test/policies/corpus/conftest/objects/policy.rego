package main

deny contains finding if {
	some name, job in input.jobs
	some step in job.steps
	uses := step.uses
	not regex.match(`@[0-9a-f]{40}$`, uses)
	not startswith(uses, "./")
	finding := {"msg": sprintf("%s uses %s, which is not pinned", [name, uses]), "job": name, "severity": "high"}
}
