package causeway.no_secrets_in_variables

# No message holds the value.
deny contains sprintf("%s holds %s", [variable.at, form]) if {
	some variable in variables
	some form, pattern in forms
	regex.match(pattern, variable.value)
}

deny contains sprintf("%s holds a password in an address", [variable.at]) if {
	some variable in variables
	some found in regex.find_all_string_submatch_n(`://[^/\s:@]*:([^/\s@]+)@([^/\s:]*)`, variable.value, -1)
	not is_reference(found[1])
	not lower(found[1]) in data.parameters.placeholders
	not found[2] in data.parameters.localHosts
}

deny contains sprintf("%s is called like a secret and holds one", [variable.at]) if {
	some variable in variables
	regex.match(`(?i)(^|_)(password|passwd|passphrase|pwd)$`, variable.name)
	is_literal(variable.value)
}

deny contains sprintf("%s is called like a secret and holds one", [variable.at]) if {
	some variable in variables
	regex.match(`(?i)(^|_)(secret|token|api_?key|private_?key|access_?key|encryption_?key|signing_?key|credentials?)$`, variable.name)
	is_literal(variable.value)
	looks_random(variable.value)
}

# Forms that nothing but a secret has.
forms := {
	"a private key": `-----BEGIN [A-Z ]*PRIVATE KEY-----`,
	"an access key of AWS": `\b(AKIA|ASIA)[0-9A-Z]{16}\b`,
	"a token of GitHub": `\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50})`,
	"a token of GitLab": `\bglpat-[A-Za-z0-9_-]{20}`,
	"a token of Slack": `\bxox[abeprs]-[0-9A-Za-z-]{20}`,
	"a live key of Stripe": `\b[rs]k_live_[A-Za-z0-9]{16}`,
	"a key of Google": `\bAIza[0-9A-Za-z_-]{35}`,
	"a token of npm": `\bnpm_[A-Za-z0-9]{36}`,
	"a token of PyPI": `\bpypi-AgEI[A-Za-z0-9_-]{50}`,
	"a key of SendGrid": `\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`,
	"a token of Vault": `\bhvs\.[A-Za-z0-9_-]{24}`,
	"a key of Azure storage": `AccountKey=[A-Za-z0-9+/]{60,}={0,2}`,
	"a signed web token": `\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`,
}

# What stands there itself, and is not where it can be found, an example or a setting.
is_literal(value) if {
	value != ""
	not is_reference(value)
	not lower(value) in data.parameters.placeholders
	not regex.match(`^(/|\./|[a-z]+://)`, value)
	not regex.match(`^([0-9]{1,3}|true|false|yes|no|on|off|none|null)$`, lower(value))
}

# $NAME, ${NAME}, $(NAME), {{ name }}, <name>, ***, vault:secret/name, arn:aws:secretsmanager:…
is_reference(value) if regex.match(`^(\$.+|\{\{.*\}\}|<.*>|\*+|x{3,}|\.{3})$`, lower(value))

is_reference(value) if regex.match(`^(vault|ref\+[a-z]+|op|secret|secretref|arn|sops|env|file):.+$`, lower(value))

# Long, without spaces, of many different characters, letters and digits mixed.
looks_random(value) if {
	regex.match(`^[A-Za-z0-9+/=_.~-]{16,}$`, value)
	count(regex.find_n(`[0-9]`, value, -1)) >= 3
	count(regex.find_n(`[A-Za-z]`, value, -1)) >= 3
	count({one | some one in split(value, "")}) >= 9
}

# The variables of our services, of manifests, and the data of a ConfigMap.
variables contains {"at": sprintf("variable %s", [one.name]), "name": one.name, "value": one.value} if {
	one := input.spec.variables[_]
	readable(one)
}

variables contains {"at": sprintf("%s: variable %s", [at, one.name]), "name": one.name, "value": one.value} if {
	some list in lists
	some index
	container := pod[list][index]
	at := sprintf("%s[%v]", [list, index])
	one := container.env[_]
	readable(one)
}

variables contains {"at": sprintf("data.%s", [name]), "name": name, "value": value} if {
	input.kind == "ConfigMap"
	some name
	value := input.data[name]
	is_string(value)
}

readable(one) if {
	is_string(one.name)
	is_string(one.value)
}

deny contains sprintf("%s is not a text, so nobody can say what it holds", [unreadable]) if some unreadable in unreadables

unreadables contains sprintf("variables[%v]", [index]) if {
	some index
	one := input.spec.variables[index]
	not readable(one)
}

unreadables contains sprintf("%s[%v].env[%v]", [list, index, position]) if {
	some list in lists
	some index
	container := pod[list][index]
	is_array(container.env)
	some position, one in container.env
	not readable(one)
	not without_value(one)
}

deny contains sprintf("%s is not a list", [list]) if some list in not_lists

not_lists contains "variables" if {
	input.spec.variables != null
	not is_array(input.spec.variables)
}

not_lists contains list if {
	some list in lists
	pod[list] != null
	not is_array(pod[list])
}

not_lists contains sprintf("%s[%v].env", [list, index]) if {
	some list in lists
	some index
	container := pod[list][index]
	container.env != null
	not is_array(container.env)
}

# What comes from somewhere else, or is empty.
without_value(one) if {
	is_object(one)
	object.get(one, "value", null) == null
}

lists := ["initContainers", "containers", "ephemeralContainers"]

# The pod that a manifest makes.
pod := input.spec if input.kind == "Pod"

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

pod := input.spec.template.spec if not input.kind in {"Pod", "CronJob"}
