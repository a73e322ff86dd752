package k8suserranges

violation[{"msg": msg}] {
	container := input.review.object.spec.containers[_]
	user := get_user(container)
	not accepted(user)
	msg := sprintf("Container %v is attempting to run as disallowed user %v. Allowed runAsUser: %v", [container.name, user, input.parameters.runAsUser])
}

violation[{"msg": msg}] {
	input.parameters.runAsUser.rule == "MustRunAsNonRoot"
	container := input.review.object.spec.containers[_]
	not get_user(container)
	msg := sprintf("Container %v does not say which user it runs as", [container.name])
}

get_user(container) = user {
	user := container.securityContext.runAsUser
} else = user {
	user := input.review.object.spec.securityContext.runAsUser
}

accepted(user) {
	input.parameters.runAsUser.rule == "RunAsAny"
}

accepted(user) {
	input.parameters.runAsUser.rule == "MustRunAs"
	range := input.parameters.runAsUser.ranges[_]
	user >= range.min
	user <= range.max
}

accepted(user) {
	input.parameters.runAsUser.rule == "MustRunAsNonRoot"
	user != 0
}
