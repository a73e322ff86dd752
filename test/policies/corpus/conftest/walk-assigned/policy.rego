package main

deny contains msg if {
	[path, value] := walk(input)
	last := path[count(path) - 1]
	is_string(last)
	lower(last) == "password"
	is_string(value)
	msg := sprintf("there is a password at %s", [concat(".", [sprintf("%v", [part]) | some part in path])])
}
