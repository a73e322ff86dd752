package k8simmutableclass

violation[{"msg": msg}] {
	input.review.operation == "UPDATE"
	old := input.review.oldObject.spec.storageClassName
	new := input.review.object.spec.storageClassName
	old != new
	msg := sprintf("the storage class of %v/%v stays %v", [input.review.namespace, input.review.name, old])
}
