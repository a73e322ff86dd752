package k8sgroupofkind

violation[{"msg": msg, "details": {"kind": kind}}] {
	kind := input.review.kind
	forbidden := input.parameters.kinds[_]
	forbidden.group == kind.group
	forbidden.kind == kind.kind
	not allowed_user
	msg := sprintf("%v may not make a %v", [input.review.userInfo.username, kind.kind])
}

allowed_user {
	input.parameters.users[_] == input.review.userInfo.username
}
