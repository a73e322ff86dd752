package k8scontainerlimits

missing(obj, field) = true {
	not obj[field]
}

missing(obj, field) = true {
	obj[field] == ""
}

canonify_cpu(orig) = new {
	is_number(orig)
	new := orig * 1000
}

canonify_cpu(orig) = new {
	not is_number(orig)
	endswith(orig, "m")
	new := to_number(replace(orig, "m", ""))
}

canonify_cpu(orig) = new {
	not is_number(orig)
	not endswith(orig, "m")
	regex.match("^[0-9]+(\\.[0-9]+)?$", orig)
	new := to_number(orig) * 1000
}

mem_multiple("Gi") = 1073741824

mem_multiple("Mi") = 1048576

mem_multiple("G") = 1000000000

mem_multiple("") = 1

get_suffix(mem) = suffix {
	is_string(mem)
	suffix := substring(mem, count(mem) - 2, -1)
	mem_multiple(suffix)
}

get_suffix(mem) = suffix {
	is_string(mem)
	suffix := substring(mem, count(mem) - 1, -1)
	mem_multiple(suffix)
}

canonify_mem(orig) = new {
	suffix := get_suffix(orig)
	raw := replace(orig, suffix, "")
	regex.match("^[0-9]+(\\.[0-9]+)?$", raw)
	new := to_number(raw) * mem_multiple(suffix)
}

violation[{"msg": msg}] {
	general_violation[{"msg": msg, "field": "containers"}]
}

violation[{"msg": msg}] {
	general_violation[{"msg": msg, "field": "initContainers"}]
}

general_violation[{"msg": msg, "field": field}] {
	container := input.review.object.spec[field][_]
	missing(container.resources.limits, "cpu")
	msg := sprintf("container <%v> has no cpu limit", [container.name])
}

general_violation[{"msg": msg, "field": field}] {
	container := input.review.object.spec[field][_]
	not container.resources
	msg := sprintf("container <%v> has no resource limits", [container.name])
}

general_violation[{"msg": msg, "field": field}] {
	container := input.review.object.spec[field][_]
	cpu := canonify_cpu(container.resources.limits.cpu)
	max_cpu := canonify_cpu(input.parameters.cpu)
	cpu > max_cpu
	msg := sprintf("container <%v> cpu limit <%v> is higher than the maximum allowed of <%v>", [container.name, container.resources.limits.cpu, input.parameters.cpu])
}

general_violation[{"msg": msg, "field": field}] {
	container := input.review.object.spec[field][_]
	mem := canonify_mem(container.resources.limits.memory)
	max_mem := canonify_mem(input.parameters.memory)
	mem > max_mem
	msg := sprintf("container <%v> memory limit <%v> is higher than the maximum allowed of <%v>", [container.name, container.resources.limits.memory, input.parameters.memory])
}
