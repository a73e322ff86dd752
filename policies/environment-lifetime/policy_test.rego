package causeway.environment_lifetime_test

import data.causeway.environment_lifetime as lifetime

test_durations_as_people_write_them if {
	every text, seconds in {"90m": 5400, "1h30m": 5400, "14d": 1209600, "2w": 1209600, "1.5h": 5400} {
		lifetime.seconds(text) == seconds
	}
}

test_what_is_no_duration if {
	every text in ["", "14", "d", "14 d", "-1d", "1y", "1d ", "P14D", "1e3s"] {
		not lifetime.seconds(text)
	}
}
