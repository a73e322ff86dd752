package k8simagedigests

import rego.v1

violation contains {"msg": msg} if {
	some field in ["containers", "initContainers"]
	some container in input.review.object.spec[field]
	not is_exempt(container)
	not regex.match(`@[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+`, container.image)
	msg := sprintf("%s <%s> uses an image without a digest <%s>", [field, container.name, container.image])
}

is_exempt(container) if {
	some exempt in object.get(input.parameters, "exemptImages", [])
	startswith(container.image, trim_suffix(exempt, "*"))
}
