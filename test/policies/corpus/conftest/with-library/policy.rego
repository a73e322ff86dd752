package main

import data.lib.kubernetes

deny[msg] {
	kubernetes.is_workload
	container := kubernetes.containers[_]
	container.securityContext.allowPrivilegeEscalation
	msg := kubernetes.format(container, "may gain privileges")
}
