package main

deny contains msg if {
	walk(input, [path, value])
	last := path[count(path) - 1]
	is_string(last)
	lower(last) == "password"
	is_string(value)
	msg := sprintf("there is a password at %s", [concat(".", [sprintf("%v", [part]) | some part in path])])
}
