package main

deny[msg] {
	service := input.services[name]
	service.privileged == true
	msg := sprintf("service %q is privileged", [name])
}

deny[msg] {
	service := input.services[name]
	volume := service.volumes[_]
	startswith(volume, "/var/run/docker.sock")
	msg := sprintf("service %q has the socket of Docker", [name])
}

warn[msg] {
	version := to_number(input.version)
	version < 3.5
	msg := sprintf("version %v is old", [input.version])
}
