package k8snodelete

violation[{"msg": msg}] {
	input.review.operation == "DELETE"
	input.review.oldObject.metadata.labels.protected == "yes"
	msg := sprintf("%v is protected, and %v may not delete it", [input.review.name, input.review.userInfo.username])
}
