package k8sautomounttoken

violation[{"msg": msg}] {
	obj := input.review.object
	mounts_token(obj.spec)
	msg := sprintf("Automounting service account token is disallowed, pod: %v", [obj.metadata.name])
}

mounts_token(spec) {
	spec.automountServiceAccountToken == true
}

mounts_token(spec) {
	not has_key(spec, "automountServiceAccountToken")
	spec.containers[_].volumeMounts[_].mountPath == "/var/run/secrets/kubernetes.io/serviceaccount"
}

has_key(x, k) {
	_ = x[k]
}
