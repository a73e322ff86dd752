package main

deny[msg] {
	input.spec.hostPID
	msg := "shares the machine"
} {
	input.spec.hostIPC
	msg := "shares the machine"
} {
	input.spec.hostNetwork
	msg := "shares the network of the machine"
}
